/** Names of alarms, as they stand in the subject of a mail. */
import { createHash } from 'node:crypto';

/** CloudWatch API, PutMetricAlarm. */
const LONGEST_ALARM_NAME = 255;

/** Characters of a digest that stand for what was cut off. */
const DIGEST = 8;

/**
 * What is wrong comes early, since a subject is cut: `prod titanic: no healthy instance (titanic.example.com)`. The name of
 * the endpoint tells it from all others of the account.
 *
 * @param of `stage` is empty outside of a stage of the CDK
 */
export function alarmName(
  symptom: string,
  of: { readonly stage: string; readonly model: string; readonly domainName: string },
): string {
  const name = `${[of.stage, of.model].filter((word) => word !== '').join(' ')}: ${symptom} (${of.domainName})`;
  if (name.length <= LONGEST_ALARM_NAME) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, DIGEST);
  return `${name.slice(0, LONGEST_ALARM_NAME - DIGEST - 1)} ${digest}`;
}
