/** The drawings of a plan's page. */
import { usd } from '../model/units';
import type { FunctionPlan } from '../sizing';
import type { CostLine, SizingPlan } from '../sizing/plan/plan';
import type { Survey, SurveyedFleet } from '../sizing/search/survey';
import { across, axisBelow, axisLeft, type Frame, linear, logarithmic, upwards } from './drawing/axes';
import { apart, type Label } from './drawing/labels';
import { element, type Point, path, picture, text } from './drawing/svg';

const WIDTH = 860;
/** Told apart by eyes that do not tell red from green, and by a printer without colours. */
const COLOURS = { choice: '#b3440a', frontier: '#14508c', other: '#9aa5b1', limit: '#555555' } as const;

const framed = (height: number): Frame => ({ left: 64, right: WIDTH - 40, top: 28, bottom: height - 56 });

const CHOSEN_RADIUS = 7;
const DIAMOND = 4.5;

const dot = ({ x, y }: Point, r: number, fill: string) => element('circle', { cx: x, cy: y, r, fill });

const diamond = ({ x, y }: Point, fill: string) =>
  element('path', { d: `M${x} ${y - DIAMOND}L${x + DIAMOND} ${y}L${x} ${y + DIAMOND}L${x - DIAMOND} ${y}Z`, fill });

const LIMIT = { stroke: COLOURS.limit, 'stroke-dasharray': '5 4' } as const;
const LIMIT_LABEL = { colour: COLOURS.limit, halo: true } as const;

/** A limit of the values of the axis on the left. */
const limitAcross = ({ left, right }: Frame, y: number, words: string) => [
  path(
    [
      { x: left, y },
      { x: right, y },
    ],
    LIMIT,
  ),
  text(words, { x: right - 6, y: y - 10 }, { ...LIMIT_LABEL, anchor: 'end' }),
];

/** What a line of a limit upwards and the letters beside it take of the width. */
const LIMIT_WIDTH = 16;

/** Limits of the values of the axis below, named along their lines; of two that are close the second is named on its other side. */
function limitsUpwards(
  { top, bottom }: Frame,
  limits: readonly { readonly words: string; readonly x: number }[],
): string[] {
  const [first] = limits;
  return limits.flatMap(({ words, x }, i) => {
    const crowded = i > 0 && x >= first!.x && x - first!.x < 2 * LIMIT_WIDTH;
    const beside = crowded ? x + LIMIT_WIDTH / 2 : x - LIMIT_WIDTH / 2;
    const line = path(
      [
        { x, y: bottom },
        { x, y: top },
      ],
      LIMIT,
    );
    return [line, text(words, { x: beside, y: top + 6 }, { ...LIMIT_LABEL, anchor: 'end', turned: -90 })];
  });
}

/** A line that stays at a value until the next one. */
const stepped = (points: readonly Point[]) =>
  points.flatMap((point, i) => (i === 0 ? [point] : [{ x: point.x, y: points[i - 1]!.y }, point]));

/** Bill against p99 of every type's cheapest fleet; the frontier joined by a line. */
export function costChart(plan: SizingPlan, { fleets }: Survey): string {
  const [choice] = fleets;
  const limit = plan.serviceLevel.p99Ms;
  const latencies = fleets.map(({ p99Ms }) => p99Ms);
  const [fastest, slowest] = [Math.min(...latencies), Math.max(...latencies)];
  const near = limit <= 2 * slowest; // a limit far above would press all fleets onto the axis
  const frame = framed(420);
  // room for names, left of the frontier, where no fleet is
  const costs = logarithmic((fleets[0]?.usdPerMonth ?? 1) * 0.35, Math.ceil((fleets.at(-1)?.usdPerMonth ?? 10) * 1.1));
  const times = linear(
    Number((0.9 * fastest).toPrecision(2)),
    Number((near ? 1.05 * limit : 1.1 * slowest).toPrecision(2)),
  );
  const [x, y] = [across(frame, costs), upwards(frame, times)];
  const at = ({ usdPerMonth, p99Ms }: SurveyedFleet) => ({ x: x(usdPerMonth), y: y(p99Ms) });
  const frontier = fleets.filter((fleet) => fleet.onFrontier);
  const named = ({ instances, instanceType }: SurveyedFleet) => `${instances} x ${instanceType}`;
  const beside = (fleet: SurveyedFleet, distance: number) => ({ x: at(fleet).x - distance, y: at(fleet).y });
  const labels: Label[] = [
    ...(choice
      ? [{ words: named(choice), at: beside(choice, 12), style: { colour: COLOURS.choice, bold: true } }]
      : []),
    ...frontier
      .filter((fleet) => fleet !== choice)
      .map((fleet) => ({ words: named(fleet), at: beside(fleet, 9), style: { colour: COLOURS.frontier, size: 11 } })),
  ];
  return picture(
    `Monthly bill against p99 latency of ${fleets.length} fleets. The chosen one costs ${choice && usd(choice.usdPerMonth)} USD a month at ${choice?.p99Ms.toFixed(1)} ms.`,
    WIDTH,
    420,
    [
      ...axisBelow(frame, costs, 'USD per month (logarithmic)'),
      ...axisLeft(frame, times, 'p99, ms'),
      ...fleets
        .filter((fleet) => !fleet.onFrontier && fleet !== choice)
        .map((fleet) => dot(at(fleet), 3, COLOURS.other)),
      ...(near ? limitAcross(frame, y(limit), `the service level: ${limit} ms`) : []),
      path(stepped(frontier.map(at)), { stroke: COLOURS.frontier, 'stroke-width': 1.5 }),
      ...frontier.filter((fleet) => fleet !== choice).map((fleet) => diamond(at(fleet), COLOURS.frontier)),
      ...(choice ? [dot(at(choice), CHOSEN_RADIUS, COLOURS.choice)] : []),
      ...apart(labels, frame.left),
    ],
  );
}

/** The part of a line that is not above the frame. @param points from below */
function clipped(points: readonly Point[], { top }: Frame): Point[] {
  const out = points.findIndex(({ y }) => y < top);
  if (out <= 0) return out < 0 ? [...points] : [];
  const before = points[out - 1]!;
  const { x, y } = points[out]!;
  const part = (before.y - top) / (before.y - y);
  return [...points.slice(0, out), { x: before.x + part * (x - before.x), y: top }];
}

/** p99 of the chosen fleet against the load, the tolerated loss included. */
export function loadChart(plan: SizingPlan, { load }: Survey): string {
  const { serviceLevel, predicted } = plan;
  const highest = serviceLevel.p99Ms * 1.25;
  const frame = framed(340);
  // beyond the first point above the frame there is nothing to see
  const last = load.find(({ p99Ms }) => p99Ms > highest) ?? load.at(-1);
  const rates = linear(0, Math.max(last?.requestsPerSecond ?? 0, 1.05 * predicted.maximumRequestsPerSecond));
  const times = linear(0, highest);
  const [x, y] = [across(frame, rates), upwards(frame, times)];
  const line = load.map(({ requestsPerSecond, p99Ms }) => ({ x: x(requestsPerSecond), y: y(p99Ms) }));
  return picture(
    `p99 latency of the chosen fleet against its load: ${predicted.p99Ms.toFixed(1)} ms at the asked ${serviceLevel.requestsPerSecond} requests per second, within the service level up to ${predicted.maximumRequestsPerSecond}.`,
    WIDTH,
    340,
    [
      ...axisBelow(frame, rates, 'requests per second'),
      ...axisLeft(frame, times, 'p99, ms'),
      ...limitAcross(frame, y(serviceLevel.p99Ms), `p99 asked: ${serviceLevel.p99Ms} ms`),
      ...limitsUpwards(frame, [
        { words: 'peak asked', x: x(serviceLevel.requestsPerSecond) },
        { words: 'carries', x: x(predicted.maximumRequestsPerSecond) },
      ]),
      path(clipped(line, frame), { stroke: COLOURS.choice, 'stroke-width': 2 }),
    ],
  );
}

/** The bill of a function against the mean rate, and that of instances that do the same. */
export function rateChart(plan: Pick<FunctionPlan, 'rates' | 'cost' | 'limit'>, beside?: InstancesBeside): string {
  const { rates, cost } = plan;
  const instances = beside?.plan.choice;
  const last = rates.at(-1)!;
  const frame = framed(340);
  const scale = linear(0, last.requestsPerSecond);
  const costs = linear(0, Math.max(last.usdPerMonth, 1.15 * (instances?.usdPerMonth ?? 0)));
  const [x, y] = [across(frame, scale), upwards(frame, costs)];
  const words = instances
    ? ` ${instances.instances} x ${instances.instanceType} cost ${usd(instances.usdPerMonth)} USD a month, and the function less below ${Number(beside!.cheaperBelow.toPrecision(2))} requests per second.`
    : '';
  return picture(
    `The monthly bill of the function against its mean rate: ${usd(cost.usdPerMonth)} USD as asked, ${usd(last.usdPerMonth)} USD at ${last.requestsPerSecond} requests per second.${words}`,
    WIDTH,
    340,
    [
      ...axisBelow(frame, scale, 'requests per second in the mean'),
      ...axisLeft(frame, costs, 'USD per month'),
      ...(instances
        ? limitAcross(frame, y(instances.usdPerMonth), `${instances.instances} x ${instances.instanceType}`)
        : []),
      path(
        rates.map(({ requestsPerSecond, usdPerMonth }) => ({ x: x(requestsPerSecond), y: y(usdPerMonth) })),
        { stroke: COLOURS.choice, 'stroke-width': 2 },
      ),
    ],
  );
}

/** What a function is held against. */
interface InstancesBeside {
  readonly plan: Pick<SizingPlan, 'choice'>;
  readonly cheaperBelow: number;
}

const BAR = { height: 16, distance: 30 } as const;
/** Of the names of parts, in pixels. */
const LETTER_WIDTH = 6.4;

/** The bill by part, dearest first. */
export function billChart(lines: readonly CostLine[]): string {
  const parts = lines.filter(({ usdPerMonth }) => usdPerMonth >= 0.005).sort((a, b) => b.usdPerMonth - a.usdPerMonth);
  const height = 64 + BAR.distance * parts.length;
  const frame = {
    left: 16 + LETTER_WIDTH * Math.max(...parts.map(({ item }) => item.length)),
    right: WIDTH - 72,
    top: 8,
    bottom: height - 56,
  };
  const costs = linear(0, parts[0]?.usdPerMonth ?? 1);
  const x = across(frame, costs);
  return picture(
    `The monthly bill by part: ${parts.map((part) => `${part.item} ${usd(part.usdPerMonth)} USD`).join(', ')}.`,
    WIDTH,
    height,
    [
      ...axisBelow(frame, costs, 'USD per month'),
      ...parts.flatMap(({ item, usdPerMonth }, i) => {
        const middle = frame.top + BAR.distance * (i + 0.5);
        const end = x(usdPerMonth);
        return [
          text(item, { x: frame.left - 8, y: middle }, { anchor: 'end' }),
          element('rect', {
            ...{ x: frame.left, y: middle - BAR.height / 2 },
            ...{ width: end - frame.left, height: BAR.height, fill: COLOURS.frontier },
          }),
          text(usd(usdPerMonth), { x: end + 6, y: middle }),
        ];
      }),
    ],
  );
}
