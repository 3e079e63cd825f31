import type { Drift } from '../../lib/deployed/drift';
import { percent, usd } from '../../lib/model/units';
import type { Load, PlannedLoad, StageView, VersionView } from './stage-view';
import { statusLines } from './status-lines';

/** A screen of one endpoint, a thing a line. */
export function viewLines(view: StageView): string[] {
  return [
    ...statusLines(view.stage, view, view.folder?.digest),
    ...(view.held === undefined ? [] : [`NEXT DEPLOYMENT: ${view.held}`]),
    ...groupLines(view),
    ...(view.plan?.memoryMB === undefined ? [] : [`function: the plan has ${view.plan.memoryMB} MB`]),
    ...(view.load ? loadLines(view.load, view.plan) : []),
    ...(view.versions ?? []).map(versionLine),
    ...driftLines(view.drift),
    ...billLines(view),
    ...view.unknown.map((what) => `NOT KNOWN: ${what}`),
  ];
}

function groupLines({ groups = [], plan }: StageView): string[] {
  return groups.flatMap(({ of, desired, fewest, most, inService, outOfService }) => [
    `${of === 'endpoint' ? 'instances' : `${of}'s instances`}: ${inService} in service, ${outOfService.length} not; ` +
      `${desired} wanted of ${fewest} to ${most}` +
      (of === 'endpoint' && plan ? `; the plan has ${plan.instances} x ${plan.instanceType} at the peak` : ''),
    ...outOfService.map(
      ({ instance, state, reason }) => `  ${instance} is ${state}${reason === undefined ? '' : `: ${reason}`}`,
    ),
  ]);
}

const ms = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const share = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} %`;
const rate = (value: number) => (value < 10 ? value.toFixed(1) : value.toFixed(0));

function loadLines({ requests, failed, latest, slowestP99Ms = 0 }: Load, plan: PlannedLoad | undefined): string[] {
  if (requests === 0) return ['load: no request in the last hour'];
  const errors = `errors: ${percent(failed / requests, 2)} in the last hour, ${failed} of ${requests} requests`;
  if (!latest) return ['load: CloudWatch has not measured what came in the last hour yet', errors];
  const { p99Ms, cpuPercent, requestsPerSecond } = latest;
  const { expected } = plan ?? {};
  const planned = (text: string | undefined) => (text === undefined ? '' : `; the plan ${text}`);
  return [
    `load: ${rate(requestsPerSecond)} requests/s in the five minutes from ${latest.at}` +
      planned(plan && `is for ${rate(plan.requestsPerSecond)}`),
    `p99: ${ms(p99Ms)}, ${ms(slowestP99Ms)} at most in the last hour` +
      planned(
        expected && plan
          ? `says ${ms(expected.p99Ms.cautious)} at most of this load, and promises ${ms(plan.p99Ms)}`
          : plan && `promises ${ms(plan.p99Ms)}`,
      ),
    errors,
    ...(cpuPercent === undefined
      ? []
      : [
          `CPU: ${share(cpuPercent)}` +
            planned(
              expected &&
                `says ${share(expected.cpuPercent.likely)} to ${share(expected.cpuPercent.cautious)} of this load`,
            ),
        ]),
  ];
}

/** So that two versions can be compared over each other. */
function versionLine({ version, weight, requests, failed, slowestP99Ms, meanAnswer }: VersionView): string {
  return [
    `version ${version}: ${percent(weight)} of the requests by its weight, ${requests} for predictions in the last hour`,
    `errors ${requests === 0 ? 'none' : percent(failed / requests, 2)}`,
    ...(slowestP99Ms === undefined ? [] : [`p99 ${ms(slowestP99Ms)} at most`]),
    ...(meanAnswer === undefined ? [] : [`mean answer ${Number(meanAnswer.toPrecision(4))}`]),
  ].join(', ');
}

const IN_WORDS: Readonly<Record<string, string>> = {
  IN_SYNC: 'none',
  DRIFTED: 'the stack is not as its template says',
  NOT_CHECKED: 'nobody has looked; --drift does',
  UNKNOWN: 'CloudFormation cannot tell',
};

function driftLines({ state, at, resources = [] }: Drift): string[] {
  return [
    `drift: ${IN_WORDS[state] ?? state}${at === undefined ? '' : `, looked for at ${at}`}`,
    ...resources.map(
      ({ resource, type, state: how, properties }) =>
        `  ${resource} (${type}) was ${how.toLowerCase()}${properties.length > 0 ? `: ${properties.join(', ')}` : ''}`,
    ),
  ];
}

function billLines({ bill }: StageView): string[] {
  if (!bill) return [];
  const { usdThisMonth, usdSinceCreation, usdPerMonth } = bill;
  return [
    `bill: about ${usd(usdThisMonth)} USD this month so far, ${usd(usdSinceCreation)} since the stack was made, by the ` +
      `${usd(usdPerMonth)} USD a month of this folder's plan and not by AWS`,
  ];
}
