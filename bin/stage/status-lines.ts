import type { StageStatus } from '../../lib/deployed/status';

/**
 * How a stage stands, in words.
 *
 * @param digest of the package in this folder, where it can be read
 */
export function statusLines(name: string, status: Omit<StageStatus, 'resources'>, digest?: string): string[] {
  const { stack, state, url, changed, package: deployed, failure, alarms, told } = status;
  const waiting = told.filter(({ confirmed }) => !confirmed);
  const same = deployed?.digest === digest ? 'as this folder has' : `this folder has ${digest?.slice(0, 12)}`;
  return [
    `${name}: ${stack} is ${state}${changed ? `, changed ${changed}` : ''}`,
    ...(url === undefined ? [] : [`address: ${url}`]),
    deployed
      ? `package: ${deployed.name} ${deployed.digest.slice(0, 12)}${digest === undefined ? '' : `, ${same}`}`
      : 'package: none yet',
    failure
      ? `the last deployment failed: ${failure.at} ${failure.resource}: ${failure.reason}`
      : 'the last deployment did not fail',
    ...(alarms.length === 0 ? ['no alarm is on'] : []),
    ...alarms.map((alarm) => `ALARM ${alarm.name} since ${alarm.since}: ${alarm.reason}`),
    ...(told.length > 0 && waiting.length === 0 ? ['who is to be told of alarms has confirmed it'] : []),
    ...waiting.map(
      ({ who }) => `NOT CONFIRMED: ${who} hears of no alarm until the message of AWS that asks for it is answered`,
    ),
  ];
}
