/** The drawings of a plan's page: SVG text, made without a browser, with no script in it. */
import { type EChartsOption, init } from 'echarts';
import { usd } from '../model/units';
import type { CostLine, SizingPlan } from '../sizing/plan/plan';
import type { Survey, SurveyedFleet } from '../sizing/search/survey';

const WIDTH = 860;
const FONT = 'system-ui, sans-serif';
/** Told apart by eyes that do not tell red from green, and by a printer without colours. */
const COLOURS = { choice: '#b3440a', frontier: '#14508c', other: '#9aa5b1', limit: '#555555' } as const;

/**
 * @param id of the drawing, unlike the others of its page
 * @param label what the drawing shows, for those who do not see it
 * @param height in pixels of a drawing 860 wide
 */
function draw(id: string, label: string, height: number, option: EChartsOption): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily: FONT }, ...option });
    const svg = chart.renderToSVGString({ useViewBox: true });
    return svg
      .replace('<svg ', `<svg role="img" aria-label="${label.replaceAll('"', '&quot;')}" `)
      .replace(/<style >.*?<\/style>/s, '') // what happens under a pointer, and its classes
      .replaceAll(/ class="[^"]*"/g, '')
      .replaceAll(/\bzr\d+-/g, `${id}-`); // the library numbers the drawings of its process, and the page would differ each time
  } finally {
    chart.dispose();
  }
}

const axis = <const T extends object>(name: string, more: T) => ({
  name,
  nameLocation: 'middle' as const,
  nameGap: 32,
  splitLine: { lineStyle: { color: '#e6e9ed' } },
  ...more,
});

/** A drawing of which nothing moves when it is pointed at. */
const STILL = { silent: true, emphasis: { disabled: true } } as const;

/** Letters that stay readable over lines and points. */
const HALO = { textBorderColor: '#ffffff', textBorderWidth: 3 } as const;

const limitLine = (points: { name: string; xAxis?: number; yAxis?: number }[]) => ({
  silent: true,
  symbol: 'none',
  lineStyle: { color: COLOURS.limit, type: 'dashed' as const },
  label: { formatter: '{b}', position: 'insideEndTop' as const, color: COLOURS.limit, ...HALO },
  data: points,
});

const point = ({ usdPerMonth, p99Ms }: SurveyedFleet) => [usdPerMonth, p99Ms];

/** Bill against p99 of every type's cheapest fleet; the frontier joined by a line. */
export function costChart(plan: SizingPlan, { fleets }: Survey): string {
  const [choice] = fleets;
  const frontier = fleets.filter((fleet) => fleet.onFrontier);
  const others = fleets.filter((fleet) => !fleet.onFrontier && fleet !== choice);
  const limit = plan.serviceLevel.p99Ms;
  const latencies = fleets.map(({ p99Ms }) => p99Ms);
  const [fastest, slowest] = [Math.min(...latencies), Math.max(...latencies)];
  const near = limit <= 2 * slowest; // a limit far above would press all fleets onto the axis
  const named = (list: readonly SurveyedFleet[]) =>
    list.map((fleet) => ({ name: `${fleet.instances} x ${fleet.instanceType}`, value: point(fleet) }));
  return draw(
    'cost',
    `Monthly bill against p99 latency of ${fleets.length} fleets. The chosen one costs ${choice && usd(choice.usdPerMonth)} USD a month at ${choice?.p99Ms.toFixed(1)} ms.`,
    420,
    {
      grid: { left: 64, right: 40, top: 28, bottom: 56 },
      xAxis: axis('USD per month (logarithmic)', {
        type: 'log',
        min: Math.floor((fleets[0]?.usdPerMonth ?? 1) * 0.35), // room for names, left of the frontier, where no fleet is
        max: Math.ceil((fleets.at(-1)?.usdPerMonth ?? 10) * 1.1),
        axisLabel: {
          formatter: (value: number) => `${Math.round(value)}`,
          showMinLabel: false,
          showMaxLabel: false,
        },
      }),
      yAxis: axis('p99, ms', {
        type: 'value',
        nameGap: 40,
        min: Number((0.9 * fastest).toPrecision(2)),
        max: Number((near ? 1.05 * limit : 1.1 * slowest).toPrecision(2)),
      }),
      series: [
        { type: 'scatter', ...STILL, symbolSize: 6, itemStyle: { color: COLOURS.other }, data: named(others) },
        {
          type: 'line',
          ...STILL,
          step: 'end',
          symbol: 'diamond',
          symbolSize: 9,
          z: 3,
          lineStyle: { color: COLOURS.frontier, width: 1.5 },
          itemStyle: { color: COLOURS.frontier },
          label: { show: true, formatter: '{b}', position: 'left', fontSize: 11, color: COLOURS.frontier, ...HALO },
          labelLayout: { hideOverlap: true },
          // the line begins at the choice, which has its own mark and name
          data: named(frontier).map((one, i) =>
            frontier[i] === choice ? { ...one, symbol: 'none', label: { show: false } } : one,
          ),
          ...(near && { markLine: limitLine([{ name: `the service level: ${limit} ms`, yAxis: limit }]) }),
        },
        {
          type: 'scatter',
          ...STILL,
          symbol: 'circle',
          symbolSize: 14,
          z: 4,
          itemStyle: { color: COLOURS.choice },
          label: { show: true, formatter: '{b}', position: 'left', fontWeight: 'bold', color: COLOURS.choice, ...HALO },
          labelLayout: { hideOverlap: true },
          data: named(choice ? [choice] : []),
        },
      ],
    },
  );
}

/** p99 of the chosen fleet against the load, the tolerated loss included. */
export function loadChart(plan: SizingPlan, { load }: Survey): string {
  const { serviceLevel, predicted } = plan;
  const highest = serviceLevel.p99Ms * 1.25;
  return draw(
    'load',
    `p99 latency of the chosen fleet against its load: ${predicted.p99Ms.toFixed(1)} ms at the asked ${serviceLevel.requestsPerSecond} requests per second, within the service level up to ${predicted.maximumRequestsPerSecond}.`,
    340,
    {
      grid: { left: 64, right: 40, top: 28, bottom: 56 },
      xAxis: axis('requests per second', {
        type: 'value',
        max: Math.ceil(load.at(-1)?.requestsPerSecond ?? 1),
        axisLabel: { showMaxLabel: false },
      }),
      yAxis: axis('p99, ms', { type: 'value', nameGap: 40, min: 0, max: Math.ceil(highest) }),
      series: [
        {
          type: 'line',
          ...STILL,
          showSymbol: false,
          lineStyle: { color: COLOURS.choice, width: 2 },
          data: load
            .filter(({ p99Ms }) => p99Ms <= highest * 4) // one point outside, so that the line leaves the drawing
            .map(({ requestsPerSecond, p99Ms }) => [requestsPerSecond, p99Ms]),
          clip: true,
          markLine: limitLine([
            { name: `p99 asked: ${serviceLevel.p99Ms} ms`, yAxis: serviceLevel.p99Ms },
            { name: 'peak asked', xAxis: serviceLevel.requestsPerSecond },
            { name: 'carries', xAxis: predicted.maximumRequestsPerSecond },
          ]),
        },
      ],
    },
  );
}

/** The bill by part, dearest first. */
export function billChart(lines: readonly CostLine[]): string {
  const parts = lines.filter(({ usdPerMonth }) => usdPerMonth >= 0.005).sort((a, b) => a.usdPerMonth - b.usdPerMonth);
  return draw(
    'bill',
    `The monthly bill by part: ${[...parts]
      .reverse()
      .map((part) => `${part.item} ${usd(part.usdPerMonth)} USD`)
      .join(', ')}.`,
    48 + 30 * parts.length,
    {
      grid: { left: 16 + 6.4 * Math.max(...parts.map(({ item }) => item.length)), right: 72, top: 8, bottom: 40 },
      xAxis: axis('USD per month', { type: 'value' }),
      yAxis: { type: 'category', data: parts.map(({ item }) => item), axisTick: { show: false } },
      series: [
        {
          type: 'bar',
          ...STILL,
          barWidth: 16,
          itemStyle: { color: COLOURS.frontier },
          label: { show: true, position: 'right', formatter: ({ value }) => usd(Number(value)) },
          data: parts.map(({ usdPerMonth }) => usdPerMonth),
        },
      ],
    },
  );
}
