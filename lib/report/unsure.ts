/** What a plan is not sure of, each with what would make it better, and where one lever moves most of the bill. */
import { percent, usd } from '../model/units';
import { REQUESTS_PER_CONNECTION } from '../sizing/bill/endpoint-lines';
import type { Candidate, CostLine, SizingPlan } from '../sizing/plan/plan';
import { spotDoubt } from './purchase-text';

/** Names of lines without what stands in parentheses after them. */
const named = (lines: readonly CostLine[]) => lines.map(({ item }) => item.replace(/ \(.*\)$/, '')).join(', ');

/** Lines of the bill whose price nobody has seen in the region. */
const estimated = ({ cost }: SizingPlan) => cost.lines.filter(({ source }) => source.startsWith('estimated'));

/** Whose prices these are, where they are not the region's own; undefined where all of them are. */
export function standInText(plan: SizingPlan): string | undefined {
  const { catalogue, region } = plan;
  if (catalogue.priceRegion !== region) return `prices of ${catalogue.priceRegion} stand in for ${region}`;
  const guessed = estimated(plan);
  return guessed.length > 0 ? `estimated for ${region}: ${named(guessed)}` : undefined;
}

function borderText({ off, less, between = [], more }: NonNullable<SizingPlan['uncertainty']['border']>): string {
  const text = (fleet: Candidate) => `${fleet.instances} x ${fleet.instanceType}, ${usd(fleet.usdPerMonth)} USD/month`;
  const side = (what: string, fleet: Candidate | undefined) =>
    fleet ? [`${percent(off)} ${what}: ${text(fleet)}`] : [];
  const sides = [
    ...side('less', less),
    ...(between.length > 0 ? [`in between: ${between.map(text).join('; ')}`] : []),
    ...side('more', more),
  ];
  return `near a border, so that another profile may give another fleet; with CPU time of ${sides.join('; ')}. Better: keep this profile`;
}

/** Each a phrase, the largest doubt first. */
export function unsureLines(plan: SizingPlan): string[] {
  const { uncertainty, catalogue, region, offeredIn, choice, serviceLevel } = plan;
  const { factor, reason, doubts = [], border, balancer, matrixUnits = [], profileOn } = uncertainty;
  const better = profileOn
    ? `a profile made on ${profileOn.instanceType} ("slipway profile --on ${profileOn.instanceType}", ${profileOn.usdPerHour} USD an hour) may show that ` +
      `${profileOn.next.instances} x ${profileOn.next.instanceType} for ${usd(profileOn.next.usdPerMonth)} USD/month will do`
    : undefined;
  const renew = `"slipway catalog refresh --region ${region}"`;
  const standIn = standInText(plan);
  const spot = spotDoubt(plan);
  return [
    `CPU time raised ${factor} times: ${reason}. ${better ? `Better: ${better}` : 'No profile would make it cheaper'}`,
    ...doubts.map((doubt) => `of the profile, ${doubt}`), // each says itself what to do
    ...(border ? [borderText(border)] : []),
    ...(balancer
      ? [
          `how many nodes the load balancer has, so that routing counts as random. With ${balancer.nodes} at the most ` +
            `${balancer.next.instances} x ${balancer.next.instanceType} for ${usd(balancer.next.usdPerMonth)} USD/month would do. ` +
            'Better: count them under load, and say it (traffic.balancerNodes)',
        ]
      : []),
    ...matrixUnits.map(
      ({ units, cpu, instanceType }) =>
        `matrix units are not counted: ${instanceType} (${cpu}) has ${units}. A model that uses them, in 8 or 16 bits, ` +
        `is faster there, and slower elsewhere if it was profiled there. Better: "slipway profile --on ${instanceType}"`,
    ),
    ...(spot ? [spot] : []),
    ...(standIn ? [`${standIn}. Better: ${renew} has the region's own`] : []),
    ...(offeredIn.length === 0 && catalogue.priceRegion === region
      ? [`in which zones ${choice.instanceType} is offered is not known. Better: ${renew} with credentials`]
      : []),
    ...(serviceLevel.requestsPerConnection === undefined
      ? [
          `clients are taken to send ${REQUESTS_PER_CONNECTION} requests over one connection. ` +
            'Better: say how many (traffic.requestsPerConnection)',
        ]
      : []),
  ];
}

/** Share of the bill from which on a lever is worth a word. */
const MUCH = 0.35;
const SOME = 0.2;

const FIXED_NETWORK = /^(load balancer$|public addresses|interface endpoints)/;
const CONNECTIONS = /^(TLS handshakes|load balancer capacity)/;

/** What would save most, in a sentence; undefined where no single lever moves much. */
export function adviceText({ cost, serviceLevel }: SizingPlan): string | undefined {
  const sum = (pattern: RegExp) =>
    cost.lines.filter(({ item }) => pattern.test(item)).reduce((total, { usdPerMonth }) => total + usdPerMonth, 0);
  const ofBill = (amount: number) => `${Math.round((100 * amount) / cost.usdPerMonth)} %`;
  const [network, endpoints, connections] = [sum(FIXED_NETWORK), sum(/^interface endpoints/), sum(CONNECTIONS)];
  if (connections > SOME * cost.usdPerMonth && connections > network) {
    return (
      `new connections are ${ofBill(connections)} of the bill (${usd(connections)} USD/month): clients that keep theirs open ` +
      'for more requests save most of it'
    );
  }
  if (network <= MUCH * cost.usdPerMonth) return undefined;
  const own =
    serviceLevel.egress === 'existing'
      ? ''
      : `; in a network that has the endpoints already (\`network\` in slipway.yaml) ${usd(endpoints)} of it fall away`;
  return `the fixed parts of the network are ${ofBill(network)} of the bill (${usd(network)} USD/month), whatever the traffic${own}`;
}
