/** Names of alarms, as they stand in the subject of a mail. */
import { createHash } from 'node:crypto';

/** CloudWatch API, PutMetricAlarm. */
const LONGEST_ALARM_NAME = 255;

/**
 * Of one that is of a model of a fleet: the rule of the alarm that pages names five of each of twelve models, and has
 * 10,240 characters at most (CloudWatch API, PutCompositeAlarm).
 */
export const LONGEST_OF_MODEL = 120;

/** Characters of a digest that stand for what was cut off. */
const DIGEST = 8;

/**
 * What is wrong comes early, since a subject is cut: `prod titanic: no healthy instance (titanic.example.com)`. The name of
 * the endpoint tells it from all others of the account.
 *
 * @param of `stage` is empty outside of a stage of the CDK
 * @param longest characters of it
 */
export function alarmName(
  symptom: string,
  of: { readonly stage: string; readonly model: string; readonly domainName: string },
  longest = LONGEST_ALARM_NAME,
): string {
  const name = `${[of.stage, of.model].filter((word) => word !== '').join(' ')}: ${symptom} (${of.domainName})`;
  if (name.length <= longest) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, DIGEST);
  return `${name.slice(0, longest - DIGEST - 1)} ${digest}`;
}
