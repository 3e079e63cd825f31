/** A sizing plan as plain text of at most 100 columns. */

import { gibOf, percent, usd } from '../model/units';
import { burstsText } from '../sizing';
import { HOURS_PER_MONTH } from '../sizing/bill/fixed-parts';
import type {
  Candidate,
  CostLine,
  DoorOffer,
  GpuVerdict,
  PlannedGpu,
  PlannedShadow,
  PlannedWeek,
  Restriction,
  RunnerUp,
  SizingPlan,
} from '../sizing/plan/plan';
import { steepestRise } from '../sizing/service-level/day';
import { discountsText } from '../sizing/service-level/discounts';
import { REACHES } from '../sizing/service-level/egress';
import { DOORS } from '../sizing/service-level/front-door';
import { purchaseText as boughtText } from '../sizing/service-level/purchase';
import { choiceText } from '../sizing/service-level/restriction';
import { awakeShare, type Schedule, scheduleText, WEEKDAYS } from '../sizing/service-level/schedule';
import { meanRate, type ServiceLevel } from '../sizing/service-level/service-level';
import { doorOptionsText } from './door-options-text';
import { priceSourcesText } from './price-sources-text';
import { purchaseText } from './purchase-text';
import { servedVersionsText } from './served-versions-text';
import { table, wrapped } from './table';
import { adviceText, standInText, unsureLines } from './unsure';
import { warmPoolText } from './warm-pool-text';

/** Cheaper types whose reasons are printed; all of them are in the JSON form. */
const REASONS = 10;

const count = (amount: number) => Number(amount.toFixed(amount < 10 ? 2 : 0)).toString();

const LOSS: Record<ServiceLevel['availability'], string> = {
  single: 'no loss has to be borne',
  instance: 'any one instance may be lost',
  zone: 'any one zone may be lost',
};

export function serviceLevelText(level: ServiceLevel): string {
  const [mean, day] = [meanRate(level), dayText(level)];
  const rows = level.rowsPerRequest === 1 ? '1 row' : `${level.rowsPerRequest} rows`;
  return [
    `${level.requestsPerSecond} requests/s at the peak`,
    ...(mean === undefined ? [] : [`${count(mean)} in the mean`]),
    ...(day ? [day] : []),
    ...(level.schedule ? [`on schedule: ${scheduleText(level.schedule)}`] : []),
    `${rows} a request`,
    burstsText(level.bursts),
    ...(level.balancerNodes === undefined ? [] : [`through a load balancer of at most ${level.balancerNodes} nodes`]),
    `p99 within ${level.p99Ms} ms`,
    LOSS[level.availability],
    ...(level.purchase ? [boughtText(level.purchase)] : []),
    ...(level.instances === undefined ? [] : [choiceText(level.instances)]),
    ...(level.budgetUsdPerMonth === undefined ? [] : [`at most ${level.budgetUsdPerMonth} USD/month`]),
  ].join(', ');
}

/** How the rate goes over a day, as a phrase; undefined where that is not known. */
export function dayText({ day, risePerMinute, requestsPerSecond }: ServiceLevel): string | undefined {
  if (!day) return undefined;
  const rise = Math.max(risePerMinute ?? 0, steepestRise(day) * requestsPerSecond);
  const [least, most] = [Math.min(...day) * requestsPerSecond, requestsPerSecond];
  return `over the day ${count(least)} to ${count(most)}, rising by at most ${count(rise)} in a minute`;
}

/** What a forecast adds: nothing that the plan could count on. */
function predictiveText({ predictive }: ServiceLevel): string {
  if (!predictive) return '';
  return predictive === 'scale'
    ? '. EC2 also forecasts the load, and starts instances by that, from a day after the first requests on; it costs nothing by itself, and nothing is counted on it'
    : '. EC2 also forecasts the load, to be looked at: no instance is started by that';
}

/** How the group follows the day and what that saves, in a sentence; undefined where nothing is known of the day. */
export function dailyText({ daily, serviceLevel, choice }: SizingPlan): string | undefined {
  if (!serviceLevel.day) return undefined;
  if (!daily) return 'no group that shrinks at night would cost less';
  const { instancesByHour, meanInstances, growSeconds, rise, steady } = daily;
  const saves = steady
    ? `; as many all day, ${steady.instances} x ${steady.instanceType}, would cost ${usd(steady.usdPerMonth - choice.usdPerMonth)} USD/month more`
    : '';
  return (
    `instances by the hour ${instancesByHour.join(' ')}, ${meanInstances} in the mean. A group grows in ${growSeconds} s; ` +
    `until then those that are there carry ${count(rise)} requests/s more${saves}${predictiveText(serviceLevel)}`
  );
}

/** Instances while fewest are there, 0 where it is off at times. */
export const fewestOfWeek = ({ offHours, fewest }: PlannedWeek) => (offHours > 0 ? 0 : fewest);

/** Until an alarm has seen a request: its minute, and one or two until CloudWatch has it. */
const WAKE_MINUTES = 3;

const WEEKS_PER_MONTH = HOURS_PER_MONTH / (7 * 24);

const awakeHours = (offHours: number, schedule: Schedule) => WEEKS_PER_MONTH * offHours * awakeShare(schedule);

/** How the schedule changes the group and what that saves, in sentences; undefined where there is none. */
export function weeklyText({
  weekly,
  choice,
  serviceLevel,
}: Pick<SizingPlan, 'weekly' | 'choice' | 'serviceLevel'>): string | undefined {
  if (!weekly) return undefined;
  const { changes, meanInstances, offHours, earlyMinutes, readySeconds, steady } = weekly;
  const each = changes.map(({ days, at, instances }) => {
    const when = days.length === WEEKDAYS.length ? 'daily' : days.join(' ');
    return `${when} ${at} ${instances === 0 ? 'off' : `${instances} at the least`}`;
  });
  const woken = serviceLevel.schedule?.wake
    ? ` until a request has woken it, some ${Math.ceil(readySeconds / 60) + WAKE_MINUTES} minutes later; the bill has it awake for ${percent(awakeShare(serviceLevel.schedule))} of that time, some ${Math.round(awakeHours(offHours, serviceLevel.schedule))} hours a month`
    : '';
  const off =
    offHours > 0 ? `. It is off for ${offHours} hours of a week, in which the front door answers 503${woken}` : '';
  const saves = steady
    ? `. As many all week, ${steady.instances} x ${steady.instanceType}, would cost ${usd(steady.usdPerMonth - choice.usdPerMonth)} USD/month more`
    : '';
  return `${each.join(', ')}; ${meanInstances} instances in the mean. It grows ${earlyMinutes} minutes before it has to${off}${saves}`;
}

/** How many requests a run of the fleet joins, in a word. */
export const joinedWords = ({ requestsPerRun }: Pick<Candidate, 'requestsPerRun'>) =>
  requestsPerRun === undefined ? '' : `, ${requestsPerRun} joined`;

/** How many requests a run answers and what that saves, in a sentence; undefined where each has a run of its own. */
export function joinedText({ requestsPerRun, withoutJoining, choice }: SizingPlan): string | undefined {
  if (requestsPerRun === 1) return undefined;
  const what = `requests that wait are answered together, up to ${requestsPerRun} in a run, which takes less than as many runs`;
  if (!withoutJoining) return `${what}; no fleet keeps the service level with a run for each`;
  const { instances, instanceType, usdPerMonth } = withoutJoining;
  const saved = usd(usdPerMonth - choice.usdPerMonth);
  return `${what}; with a run for each it would be ${instances} x ${instanceType}, so that it saves ${saved} USD/month`;
}

/** What is chosen, and what is predicted of it. */
export function fleetText(plan: SizingPlan): string[] {
  const { choice, instances, zones, predicted, likely } = plan;
  const threads = plan.threadsPerWorker === 1 ? '' : ` of ${plan.threadsPerWorker} threads`;
  const workers = `${plan.workersPerInstance === 1 ? '1 worker' : `${plan.workersPerInstance} workers`}${threads}`;
  const where = zones === 1 ? 'in one zone' : `over ${zones} zones`;
  const kind =
    instances.maximum === 1
      ? 'a single VM, replaced by itself'
      : `an autoscaling group ${where}, ${instances.minimum} to ${instances.maximum} instances`;
  const fewest = plan.daily ? instances.minimum : plan.weekly && fewestOfWeek(plan.weekly);
  const number = fewest === undefined ? `${choice.instances}` : `${fewest} to ${choice.instances}`;
  return [
    `${number} x ${choice.instanceType} (${choice.architecture}, ${choice.vCpus} vCPU, ${gibOf(choice.memoryMiB)} GiB), ${workers} each: ${kind}`,
    ...table([
      [
        'p99',
        `${predicted.p99Ms.toFixed(1)} ms of ${plan.serviceLevel.p99Ms} ms, ${likely.p99Ms.toFixed(1)} ms likely`,
      ],
      [
        'busy',
        `${percent(predicted.utilisation, 1)} of the workers${plan.requestsPerRun > 1 ? ' if runs are full' : ''}${plan.serviceLevel.availability === 'single' ? '' : ', with the loss'}`,
      ],
      ['memory', `${predicted.memoryMiB} MiB an instance, limit ${plan.memoryLimitMiB} MiB`],
      ...(plan.shadow ? [['shadow', shadowText(plan.shadow)]] : []),
    ]),
  ];
}

/** What runs beside the model, and what of all that is counted it takes. */
export function shadowText({ name, share, memoryMiB, utilisation, group, reason }: PlannedShadow): string {
  const takes = group
    ? `${group.choice.instances} x ${group.choice.instanceType}${group.changes ? ' on the same schedule' : ''} for ${usd(group.choice.usdPerMonth)} USD/month`
    : `${memoryMiB} MiB and ${percent(utilisation, 1)} of the above`;
  return `${name} on ${percent(share)} of the requests: ${takes}; ${reason}`;
}

/** How far the traffic may grow, what then stands in the way, and what comes next. */
export function growthText({ growth, serviceLevel }: Pick<SizingPlan, 'growth' | 'serviceLevel'>): string {
  const { upToRequestsPerSecond, bound, next } = growth;
  const mean = meanRate(serviceLevel) === undefined ? '' : ' if the mean grows alike';
  const limit = bound ? `; one more fails on ${bound}` : '';
  const then = next
    ? `${next.instances} x ${next.instanceType}${joinedWords(next)}, for ${usd(next.usdPerMonth)} USD/month with that traffic`
    : 'nothing that keeps it';
  return `carries up to ${upToRequestsPerSecond} requests/s within the service level${mean}${limit}. Beyond: ${then}`;
}

/** Where instances get to, and what the other ways out would cost and open, in sentences. */
export function waysOutText({ waysOut, serviceLevel }: Pick<SizingPlan, 'waysOut' | 'serviceLevel'>): string {
  const chosen = waysOut.find(({ egress }) => egress === (serviceLevel.egress ?? 'endpoints'))!;
  const others = waysOut
    .filter((one) => one !== chosen)
    .map(({ egress, usdPerMonth }) => {
      const more = usdPerMonth - chosen.usdPerMonth;
      return `${egress} would cost ${usd(Math.abs(more))} USD/month ${more < 0 ? 'less' : 'more'}, and reach ${REACHES[egress]}`;
    });
  return [`${chosen.egress}: instances reach ${REACHES[chosen.egress]}`, ...others].join('. ');
}

/** What clients call, and what the other front doors would cost, in sentences. */
export const EXISTING_DOOR =
  'a load balancer of yours, on another bill; the capacity that this traffic takes of it is counted here. What it answers itself, and its own certificates, have no alarm here';

export function frontDoorsText({ frontDoors, serviceLevel }: Pick<SizingPlan, 'frontDoors' | 'serviceLevel'>): string {
  const chosen = frontDoors.find(({ frontDoor }) => frontDoor === (serviceLevel.frontDoor ?? 'alb'))!;
  const below = ({ cheaperBelow }: DoorOffer) =>
    cheaperBelow === undefined ? '' : `, cheaper than alb below ${cheaperBelow} requests/s`;
  const others = frontDoors
    .filter((one) => one !== chosen)
    .map((one) => {
      const more = one.usdPerMonth - chosen.usdPerMonth;
      return `${one.frontDoor} would cost ${usd(Math.abs(more))} USD/month ${more < 0 ? 'less' : 'more'}${below(one)}`;
    });
  return [`${chosen.frontDoor}: ${DOORS[chosen.frontDoor]}${below(chosen)}`, ...others].join('. ');
}

/** Abbreviations (GB, GiB) have no plural. */
const plural = (unit: string) => (/^[a-z ]+$/.test(unit) ? `${unit}${unit.endsWith('s') ? 'es' : 's'}` : unit);

const billLine = ({ item, quantity, unit, usdPerUnitMonth, usdPerMonth }: CostLine) => [
  item,
  `${count(quantity)} ${count(quantity) === '1' ? unit : plural(unit)}`,
  usdPerUnitMonth.toFixed(3), // two digits would make the gigabyte of an access log, 0.023, another price
  usd(usdPerMonth),
];

/** USD a month of a line by the price list. */
const listUsd = ({ quantity, usdPerMonth, listUsdPerUnitMonth }: CostLine) =>
  listUsdPerUnitMonth === undefined ? usdPerMonth : quantity * listUsdPerUnitMonth;

/** The lines of a bill; where instances are discounted, with what each would be by the price list. */
export function billTable(lines: readonly CostLine[]): string[] {
  const head = ['item', 'quantity', 'USD/unit', 'USD/month'];
  if (lines.every((line) => line.listUsdPerUnitMonth === undefined)) return table([head, ...lines.map(billLine)]);
  return table([[...head, 'by list'], ...lines.map((line) => [...billLine(line), usd(listUsd(line))])]);
}

/** What is off the price list, in a sentence; undefined where nothing is. */
export function discountText({ cost, serviceLevel }: Pick<SizingPlan, 'cost' | 'serviceLevel'>): string | undefined {
  const { discounts } = serviceLevel;
  if (!discounts) return undefined;
  const listed = cost.lines.reduce((sum, line) => sum + listUsd(line), 0);
  return `${discountsText(discounts)}. By the price list this would be ${usd(listed)} USD/month`;
}

/** The total, and what it is between where a price is estimated: then cents would say more than is known. */
export function totalText({ cost }: Pick<SizingPlan, 'cost'>): string {
  const { range, usdPerMonth } = cost;
  if (!range) return usd(usdPerMonth);
  return `${Math.round(usdPerMonth)} (${Math.floor(range.low)} to ${Math.ceil(range.high)})`;
}

/**
 * What is chosen and why, what is predicted, the whole bill, the runners-up and why the cheaper types do not do.
 *
 * @param orFunction what a function would cost, in a sentence. @default - nobody asked
 */
export function planText(plan: SizingPlan, orFunction?: string): string {
  const { cost, rejected, runnersUp } = plan;
  const rate = meanRate(plan.serviceLevel) === undefined ? 'peak' : 'mean';
  const daily = dailyText(plan);
  const joined = joinedText(plan);
  const [discount, weekly] = [discountText(plan), weeklyText(plan)];
  const [bought, pool] = [purchaseText(plan), warmPoolText(plan)];
  const [versions, options] = [servedVersionsText(plan), doorOptionsText(plan.serviceLevel)];
  const [advice, standIn] = [adviceText(plan), standInText(plan)];
  const lines = [
    ...wrapped(`${serviceLevelText(plan.serviceLevel)}; ${plan.region}`, 'Asked    '),
    ...fleetText(plan).flatMap((line, i) => (i === 0 ? wrapped(line, 'Chosen   ') : [`         ${line.trimStart()}`])),
    ...wrapped(plan.binding, 'Because  '),
    ...(daily ? wrapped(daily, 'Day      ') : []),
    ...(weekly ? wrapped(weekly, 'Week     ') : []),
    ...(bought ? wrapped(bought, 'Bought   ') : []),
    ...(pool ? wrapped(pool, 'Pool     ') : []),
    ...(versions ? wrapped(versions, 'Versions ') : []),
    ...wrapped(growthText(plan), 'Growth   '),
    ...(joined ? wrapped(joined, 'Joined   ') : []),
    ...(plan.waysOut.length > 0 ? wrapped(waysOutText(plan), 'Way out  ') : []),
    ...(plan.frontDoors.length > 0 ? wrapped(frontDoorsText(plan), 'Door     ') : []),
    ...(plan.serviceLevel.existingListener ? wrapped(EXISTING_DOOR, 'Door     ') : []),
    ...(options ? wrapped(options, 'Options  ') : []),
    ...(orFunction ? wrapped(orFunction, 'Or       ') : []),
    ...(plan.restriction ? wrapped(restrictionText(plan.restriction, plan.choice), 'Allowed  ') : []),
    ...unsureLines(plan).flatMap((line, i) => wrapped(line, i === 0 ? 'Unsure   - ' : '         - ')),
    ...(plan.gpuVerdict ? wrapped(gpuText(plan.gpuVerdict, plan.gpu), 'GPU      ') : []),
    '',
    ...(advice ? [...wrapped(advice, 'Lever    '), ''] : []),
    `Bill: ${totalText(plan)} USD/month, ${cost.usdPerMillionPredictions.toFixed(4)} USD per million predictions, at the ${rate} rate all month`,
    ...(standIn ? wrapped(standIn, '  ') : []),
    ...(discount ? wrapped(discount, '  ') : []),
    ...billTable(cost.lines),
    ...wrapped(pricesText(plan), '  '),
    ...wrapped(priceSourcesText(cost.lines), '  '),
  ];
  if (runnersUp.length > 0) {
    lines.push(
      '',
      'Runners-up',
      ...table([
        ['instances', 'vCPU', 'memory', 'p99 ms', 'busy', 'requests/s', 'USD/month'],
        ...runnersUp.map((one) => [
          `${one.instances} x ${one.instanceType}${joinedWords(one)}`,
          `${one.vCpus}`,
          `${gibOf(one.memoryMiB)} GiB`,
          one.predicted.p99Ms.toFixed(1),
          percent(one.predicted.utilisation, 1),
          `${one.predicted.maximumRequestsPerSecond}`,
          usd(one.usdPerMonth),
        ]),
      ]),
    );
  }
  if (rejected.length > 0) {
    const shown = rejected.slice(0, REASONS);
    const heads = table(shown.map((one) => [`${one.instances} x ${one.instanceType}`, usd(one.usdPerMonth), '']));
    lines.push('', 'Cheaper, but', ...shown.flatMap(({ reason }, i) => wrapped(reason, `${heads[i]}  `)));
    if (rejected.length > shown.length)
      lines.push(`  and ${rejected.length - shown.length} more; --json lists them all`);
  }
  return `${lines.join('\n')}\n`;
}

/** What it costs that not all types are allowed, in a sentence. */
export function restrictionText({ types, without }: Restriction, choice: Candidate): string {
  const left = `${types} types are not allowed`;
  if (!without) return `${left}, which costs nothing`;
  const more = usd(choice.usdPerMonth - without.usdPerMonth);
  return `${left}, which costs ${more} USD/month: without that it would be ${without.instances} x ${without.instanceType} for ${usd(without.usdPerMonth)}`;
}

function gpuText({ types, withGpu, withoutGpu }: GpuVerdict, gpu: PlannedGpu | undefined): string {
  const fleet = ({ instances, instanceType, usdPerMonth, predicted }: RunnerUp) =>
    `${instances} x ${instanceType}, would cost ${usd(usdPerMonth)} USD/month with a p99 of ${predicted.p99Ms.toFixed(1)} ms`;
  const searched = `${types} types with a GPU were searched`;
  if (gpu) {
    const without = withoutGpu
      ? `the cheapest without, ${fleet(withoutGpu)}`
      : 'no fleet without one keeps the service level';
    const memory = `${gpu.needMiB} of the ${gpu.memoryMiB} MiB of its memory`;
    return `an NVIDIA ${gpu.name} in each instance, ${memory}, with ${gpu.library} on the image ${gpu.machineImage}; ${without}. ${searched}`;
  }
  if (!withGpu) return `none: no fleet with a GPU keeps the service level. ${searched}`;
  return `none: processors are cheaper and fast enough; the cheapest fleet with one, ${fleet(withGpu)}. ${searched}`;
}

function pricesText({ catalogue, choice, offeredIn, serviceLevel, spotUsdPerMonth, part }: SizingPlan): string {
  const { capturedAt, spotCapturedAt, priceRegion, types, leftOut } = catalogue;
  const all = Object.values(leftOut).reduce((sum, count) => sum + count, types);
  const offered =
    offeredIn.length > 0
      ? `${choice.instanceType} is offered in ${offeredIn.join(', ')}.`
      : `In which zones ${choice.instanceType} is offered is not known.`;
  const spot =
    spotUsdPerMonth === undefined
      ? ''
      : ` As spot the instances were ${usd(spotUsdPerMonth)} USD/month${spotCapturedAt ? ` on ${spotCapturedAt}` : ''}, and may be taken away.`;
  const network =
    serviceLevel.egress === 'existing'
      ? ' The endpoints or NAT gateways of the network that is named are not in the bill.'
      : serviceLevel.sharedDoor
        ? ` ${part === 'model' ? 'Instances, network and front door' : 'Network and front door'} are of other models, too, and not in this bill.`
        : '';
  const missing = (
    [
      [leftOut.withoutPrice, 'have no price here'],
      [leftOut.withoutFactors, 'have a processor of unknown speed'],
      [leftOut.accelerated, 'have accelerators'],
    ] as const
  ).flatMap(([number, what]) => (number > 0 ? [`${number} ${what}`] : []));
  const searched = `${types} of ${all} instance types were searched`;
  return (
    `List prices of ${capturedAt} in ${priceRegion}. ${[searched, missing.join(', ')].filter(Boolean).join('; ')}. ` +
    `${offered}${spot}${network} Traffic between zones${serviceLevel.discounts ? ' and taxes' : ', taxes and discounts'} are not in the bill.`
  );
}
