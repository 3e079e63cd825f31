/** The plan of a function of AWS Lambda, for a terminal. */
import { percent, usd } from '../model/units';
import { FUNCTION_PRICE_REGION, type FunctionPlan, type SizingPlan } from '../sizing';
import { billTable, serviceLevelText } from './plan-text';
import { table, wrapped } from './table';

/** Instances that do the same, and the mean rate below which the function costs less. */
export interface Beside {
  readonly plan: Pick<SizingPlan, 'choice'>;
  readonly cheaperBelow: number;
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

function coldText({ coldStart: { share, milliseconds, decides }, p99Ms }: FunctionPlan): string {
  const so = decides
    ? `more than one in a hundred, so p99 is the cold start, ${p99Ms} ms`
    : `fewer than one in a hundred, so p99 does not have it`;
  const many = share < 1e-4 ? 'fewer than 0.01 %' : percent(share, 2);
  return `${many} of the requests meet a cold start of ${seconds(milliseconds)}: ${so}`;
}

function besideText({ plan: { choice }, cheaperBelow }: Beside, { cost }: FunctionPlan): string {
  const fleet = `${choice.instances} x ${choice.instanceType}`;
  const off = choice.usdPerMonth - cost.usdPerMonth;
  const now = off > 0 ? `${usd(off)} USD/month more` : `${usd(-off)} USD/month less`;
  return `${fleet} with what it needs costs ${usd(choice.usdPerMonth)} USD/month, ${now}. A function is cheaper below ${Number(cheaperBelow.toPrecision(2))} requests/s in the mean, as far as these instances carry them`;
}

/** @param beside undefined where no instances keep the service level */
export function functionText(plan: FunctionPlan, beside?: Beside): string {
  const { memoryMB, durationMs, p99Ms, reservedConcurrency, mostUsdPerMonth, cost, rejected, serviceLevel } = plan;
  const lines = [
    ...wrapped(`${serviceLevelText(serviceLevel)}; ${plan.region}`, 'Asked    '),
    ...wrapped(`a function of AWS Lambda with ${memoryMB} MB (arm64, Node.js 24) behind an HTTP API`, 'Chosen   '),
    ...table(
      [
        ['p99', `${p99Ms} ms of ${serviceLevel.p99Ms} ms`],
        ['each', `${durationMs} ms in the function`],
      ],
      '         ',
    ),
    ...wrapped(coldText(plan), 'Start    '),
    ...wrapped(
      `${reservedConcurrency} requests at a time, reserved: others are refused, and no month costs more than ${mostUsdPerMonth} USD`,
      'Bound    ',
    ),
    ...(beside ? wrapped(besideText(beside, plan), 'Or       ') : []),
    ...wrapped('- how long an environment idles, and what Lambda needs to make one: AWS does not say', 'Unsure   '),
    ...wrapped('- its processor: the profile is carried over to Graviton2', '         '),
    ...(plan.region === FUNCTION_PRICE_REGION
      ? []
      : wrapped(`- the prices of Lambda: those of ${FUNCTION_PRICE_REGION} are counted`, '         ')),
    '',
    `Bill: ${usd(cost.usdPerMonth)} USD/month at the mean rate all month, without alarms and metrics of your own`,
    ...billTable(cost.lines),
  ];
  if (rejected.length > 0) {
    const shown = rejected.map(({ memoryMB: size, reason }) => [`${size} MB`, reason]);
    lines.push('', 'Other sizes', ...table(shown));
  }
  return `${lines.join('\n')}\n`;
}
