/** The plan of a function of AWS Lambda, for a terminal. */
import { percent, usd } from '../model/units';
import type { FunctionPlan, SizingPlan } from '../sizing';
import type { Edge } from '../sizing/service-level/front-door';
import { meanRate } from '../sizing/service-level/service-level';
import { billTable, serviceLevelText, totalText } from './plan-text';
import { priceSourcesText } from './price-sources-text';
import { table, wrapped } from './table';

/** Instances that do the same, and the mean rate below which the function costs less. */
export interface Beside {
  readonly plan: Pick<SizingPlan, 'choice'>;
  readonly cheaperBelow: number;
}

/** What a stage of instances has, and a function has not. */
export const GIVES_UP =
  'bodies and answers above 6 MB (4.5 MB where they are binary), answers after 29 s, answers in parts, requests that share a run, a shadow, several versions, who may call by address, WAF';

function estimatedText({ cost }: FunctionPlan): string {
  const estimated = cost.lines.filter(({ source }) => source.startsWith('estimated')).map(({ item }) => item);
  return estimated.length === 0 ? '' : ` Estimated there: ${estimated.join(', ')}.`;
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

export function coldText({ coldStart: { share, milliseconds, decides }, p99Ms }: FunctionPlan): string {
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
  return `${fleet} with what it needs costs ${usd(choice.usdPerMonth)} USD/month, ${now}. ${cheaperText(cheaperBelow)}`;
}

const cheaperText = (cheaperBelow: number) =>
  `A function is cheaper below ${Number(cheaperBelow.toPrecision(2))} requests/s in the mean, as far as these instances carry them`;

/** Beside a plan of instances: what a function would cost, or why there is none. */
export type OrFunction =
  | { readonly plan: Pick<FunctionPlan, 'memoryMB' | 'cost' | 'p99Ms'>; readonly cheaperBelow: number }
  | { readonly refused: string };

/** A sentence of a plan of instances. */
export function orFunctionText(beside: OrFunction, { choice }: Pick<SizingPlan, 'choice'>): string {
  if ('refused' in beside) return beside.refused;
  const { plan, cheaperBelow } = beside;
  const off = choice.usdPerMonth - plan.cost.usdPerMonth;
  const now = off > 0 ? `${usd(off)} USD/month less` : `${usd(-off)} USD/month more`;
  return `a function of AWS Lambda with ${plan.memoryMB} MB (compute: lambda) would cost ${usd(plan.cost.usdPerMonth)} USD/month, ${now}, with a p99 of ${plan.p99Ms} ms. ${cheaperText(cheaperBelow)}`;
}

/** Environments of a new account; an older one has 1000 (AWS Lambda quotas, 2026-11). */
const OF_A_NEW_ACCOUNT = 10;

export function boundText({ limit, concurrency, mostUsdPerMonth }: FunctionPlan): string {
  const account =
    concurrency > OF_A_NEW_ACCOUNT ? `, and a new account has ${OF_A_NEW_ACCOUNT}: ask for more first` : '';
  return `the HTTP API lets ${limit.requestsPerSecond} requests/s through in the long run and ${limit.burst} at once, others are answered 429: a month of that costs ${mostUsdPerMonth} USD with requests like these. The peak needs ${concurrency} environments at a time${account}`;
}

const DOORS: Readonly<Record<Edge, string>> = {
  api: 'an HTTP API',
  cloudfront: 'CloudFront and an HTTP API',
};

const doorOf = ({ serviceLevel: { frontDoor, ownName } }: Pick<FunctionPlan, 'serviceLevel'>) =>
  `${DOORS[frontDoor === 'cloudfront' ? frontDoor : 'api']}, by a name of ${ownName ? 'yours' : 'AWS'}`;

/** What the other front door would cost. */
export function otherDoorsText({ otherDoor: { frontDoor, usdPerMonth }, cost }: FunctionPlan): string {
  const more = usdPerMonth - cost.usdPerMonth;
  const then = `${usd(usdPerMonth)} USD/month (${more < 0 ? '-' : '+'}${usd(Math.abs(more))})`;
  return frontDoor === 'cloudfront'
    ? `CloudFront before the HTTP API ${then}: clients end TLS near them, over HTTP/2 and 3 and IPv6, by a name of AWS`
    : `the HTTP API alone ${then}, by a name of yours or of AWS`;
}

/** @param beside undefined where no instances keep the service level */
export function functionText(plan: FunctionPlan, beside?: Beside): string {
  const { memoryMB, durationMs, p99Ms, cost, rejected, serviceLevel, catalogue } = plan;
  const rate = meanRate(serviceLevel) === undefined ? 'peak' : 'mean';
  const lines = [
    ...wrapped(`${serviceLevelText(serviceLevel)}; ${plan.region}`, 'Asked    '),
    ...wrapped(`a function of AWS Lambda with ${memoryMB} MB (arm64, Node.js 24) behind ${doorOf(plan)}`, 'Chosen   '),
    ...table(
      [
        ['p99', `${p99Ms} ms of ${serviceLevel.p99Ms} ms`],
        ['each', `${durationMs} ms in the function`],
      ],
      '         ',
    ),
    ...wrapped(coldText(plan), 'Start    '),
    ...wrapped(boundText(plan), 'Bound    '),
    ...wrapped(otherDoorsText(plan), 'Door     '),
    ...wrapped(GIVES_UP, 'Gives up '),
    ...(beside ? wrapped(besideText(beside, plan), 'Or       ') : []),
    ...wrapped('- how long an environment idles, and what Lambda needs to make one: AWS does not say', 'Unsure   '),
    ...wrapped('- its processor: the profile is carried over to Graviton2', '         '),
    '',
    `Bill: ${totalText(plan)} USD/month, ${cost.usdPerMillionPredictions.toFixed(4)} USD per million predictions, at the ${rate} rate all month`,
    ...billTable(cost.lines),
    ...wrapped(`List prices of ${catalogue.capturedAt} in ${catalogue.priceRegion}.${estimatedText(plan)}`, '  '),
    ...wrapped(priceSourcesText(cost.lines), '  '),
  ];
  if (rejected.length > 0) {
    const shown = rejected.map(({ memoryMB: size, reason }) => [`${size} MB`, reason]);
    lines.push('', 'Other sizes', ...table(shown));
  }
  return `${lines.join('\n')}\n`;
}
