/**
 * Tables of what the example costs; `tsx scripts/cost-table.ts` writes them into docs/cost.md, and with `--check` it fails where
 * they are others. Not under Jest, whose catalogue is a fixed one.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readModelPackage, readProfile } from '../lib/model/package/model-package';
import { percent } from '../lib/model/units';
import { type Availability, functionPlan, type SizingPlan, sizingPlan } from '../lib/sizing';
import { loadCatalogue } from '../lib/sizing/catalogue/catalogue';
import type { Prices } from '../lib/sizing/catalogue/contents';
import { smoothDay } from '../lib/sizing/service-level/day';
import { type Schedule, WEEKDAYS } from '../lib/sizing/service-level/schedule';
import { AVAILABILITIES, type ServiceLevel } from '../lib/sizing/service-level/service-level';

const COST_PAGE = join(__dirname, '../docs/cost.md');
const MODEL = join(__dirname, '../models/breast-cancer');
const REGION = 'us-east-1';
const RATES = [1, 20, 120, 400, 5000];
const [START, END] = ['<!-- made by scripts/cost-table.ts -->\n', '<!-- end -->\n'];

/** What each price is for: the key of slipway.yaml that asks for it, or what always does. */
const PAID_FOR: Readonly<Record<keyof Prices, string>> = {
  loadBalancerHour: 'load balancer, an hour',
  loadBalancerCapacityUnitHour: 'capacity of a load balancer, a unit and hour',
  networkLoadBalancerHour: '`privateLink`, a network load balancer and hour',
  networkLoadBalancerCapacityUnitHour: '`privateLink`, a unit of its capacity and hour',
  publicAddressHour: 'public address, an hour',
  interfaceEndpointHour: '`egress: endpoints`, an endpoint and hour',
  interfaceEndpointGB: '`egress: endpoints`, a GB',
  natGatewayHour: '`egress: nat`, a gateway and hour',
  natGatewayGB: '`egress: nat`, a GB',
  volumeGiBMonth: 'root volume, a GiB and month',
  alarmMonth: 'alarm, a metric and month',
  metricMonth: 'custom metric, a month',
  dashboardMonth: 'dashboard, a month',
  logGiB: 'logs, a GiB',
  encryptionKeyMonth: '`encryptionKey`, the topic of alarms, a key and month',
  keyMillion: '`encryptionKey`, a million requests',
  storageGiBMonth: 'access logs, a GiB and month',
  dataOutGB: 'answers to the internet, a GB',
  hostedZoneMonth: '`domain.zone`, a month',
  firewallMonth: '`waf`, a month',
  firewallRuleMonth: '`waf`, a rule and month',
  firewallMillion: '`waf`, a million requests',
  trustStoreHour: '`mutualTls`, an hour',
  httpApiMillion: '`frontDoor: api`, a million requests',
  cloudFrontMillion: '`frontDoor: cloudfront`, a million requests',
  cloudFrontGB: '`frontDoor: cloudfront`, a GB of answers',
  cloudFrontOriginGB: '`frontDoor: cloudfront`, a GB of bodies',
  functionMillion: '`compute: lambda`, a million requests',
  functionGBSecond: '`compute: lambda`, a GB and second',
};

const NIGHTS: Schedule = { timeZone: 'UTC', periods: [{ days: [...WEEKDAYS], from: 22 * 60, to: 6 * 60, load: 0 }] };

/** When to pay, by the key of slipway.yaml; with the way out and the front door that a plan has where nothing is said. */
const PAID: readonly (readonly [string, (availability: Availability) => Partial<ServiceLevel>])[] = [
  ['all on demand, all day', () => ({})],
  ['`discounts: { all: 27 % }`', () => ({ discounts: { all: { share: 0.27 } } })],
  ['`schedule`, off from 22:00 to 06:00', () => ({ schedule: NIGHTS })],
  [
    '`purchase`, Spot',
    (availability) => ({ purchase: { onDemandBase: availability === 'single' ? 0 : 1, spotPercent: 100 } }),
  ],
  ['`traffic.day`, half as busy in the mean', () => ({ day: smoothDay(0.5) })],
  ['the same with `scaling.warmPool`', () => ({ day: smoothDay(0.5), warmPool: true })],
];

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;

function plansOf(availability: Availability, further: Partial<ServiceLevel> = {}): SizingPlan[] {
  const model = readModelPackage(MODEL);
  const measured = { profile: readProfile(model), manifest: model.manifest, region: REGION };
  return RATES.map((requestsPerSecond): SizingPlan => {
    const asked = { requestsPerSecond, rowsPerRequest: 1, p99Ms: 100, availability, hostedZone: true, ...further };
    return sizingPlan({ ...measured, serviceLevel: asked });
  });
}

/** What it costs where something else is paid than list prices all day. */
function whenToPay(availability: Availability): string {
  return [
    row(['when to pay', ...RATES.map((rate) => `${rate}/s`)]),
    row(Array<string>(1 + RATES.length).fill('---')),
    ...PAID.map(([name, level]) => {
      const plans = plansOf(availability, level(availability));
      return row([name, ...plans.map(({ cost }) => cost.usdPerMonth.toFixed(2))]);
    }),
    '\n',
  ].join('');
}

function combinations(availability: Availability): string {
  const plans = plansOf(availability);
  const [first] = plans as [SizingPlan, ...SizingPlan[]];
  const rows = first.waysOut.flatMap(({ egress }, i) =>
    first.frontDoors.map(({ frontDoor }, j) => ({
      names: [`\`${egress}\``, `\`${frontDoor}\``],
      // the two decide other lines of the bill, so that what they change adds up
      usd: plans.map(
        ({ cost, waysOut, frontDoors }) => waysOut[i]!.usdPerMonth + frontDoors[j]!.usdPerMonth - cost.usdPerMonth,
      ),
    })),
  );
  const least = RATES.map((_, column) => Math.min(...rows.map(({ usd }) => usd[column]!)));
  const cell = (usd: number, column: number) => {
    const text = usd.toFixed(2);
    return text === least[column]!.toFixed(2) ? `**${text}**` : text;
  };
  return [
    `### ${availability}\n`,
    row(['`egress`', '`frontDoor`', ...RATES.map((rate) => `${rate}/s`)]),
    row(Array<string>(2 + RATES.length).fill('---')),
    row(['the fleet', '', ...plans.map(({ choice }) => `${choice.instances} x ${choice.instanceType}`)]),
    ...rows.map(({ names, usd }) => row([...names, ...usd.map(cell)])),
    '\n',
    whenToPay(availability),
  ].join('');
}

/** Requests a second in the mean: one in a quarter of an hour, and so on. */
const FEW = [1 / 900, 1 / 60, 0.1, 1, 20];
const FEW_NAMES = ['4 an hour', '1 a minute', '6 a minute', '1/s', '20/s'];

function functions(): string {
  const model = readModelPackage(MODEL);
  const measured = { profile: readProfile(model), manifest: model.manifest, region: REGION };
  const rows = FEW.map((requestsPerSecond, i) => {
    const level = { requestsPerSecond, rowsPerRequest: 1, p99Ms: 2000, availability: 'single' as const };
    const { memoryMB, coldStart, p99Ms, cost, otherDoor } = functionPlan({ ...measured, serviceLevel: level });
    const named = functionPlan({ ...measured, serviceLevel: { ...level, ownName: true, hostedZone: true } }).cost;
    const instances = sizingPlan({ ...measured, serviceLevel: level }).choice;
    const many = coldStart.share < 1e-4 ? 'below 0.01 %' : percent(coldStart.share, 2);
    const bills = [cost.usdPerMonth, named.usdPerMonth, otherDoor.usdPerMonth, instances.usdPerMonth].map((usd) =>
      usd.toFixed(2),
    );
    return row([FEW_NAMES[i]!, `${memoryMB} MB`, many, `${p99Ms} ms`, ...bills]);
  });
  return [
    row([
      ...['requests', 'memory', 'meet a cold start', 'p99'],
      ...['the function', 'by a name of yours', 'behind CloudFront', 'one VM and its load balancer'],
    ]),
    row(Array<string>(8).fill('---')),
    ...rows,
  ].join('');
}

function priceTable(): string {
  const [here, there] = [REGION, 'eu-west-1'].map(loadCatalogue) as [
    ReturnType<typeof loadCatalogue>,
    ReturnType<typeof loadCatalogue>,
  ];
  const guessed = new Set(there.estimated);
  const rows = Object.entries(PAID_FOR).map(([name, what]) => {
    const price = name as keyof Prices;
    return row([what, `${here.prices[price]}`, `${there.prices[price]}${guessed.has(price) ? ', estimated' : ''}`]);
  });
  return row(['what', REGION, 'eu-west-1']) + row(['---', '---', '---']) + rows.join('');
}

/** The page with the tables of today. */
function withCosts(page: string): string {
  const tables = [AVAILABILITIES.map(combinations).join(''), functions(), priceTable()];
  let [result, from] = ['', 0];
  for (const table of tables) {
    const [start, end] = [page.indexOf(START, from) + START.length, page.indexOf(END, from)];
    result += `${page.slice(from, start)}${table}`;
    from = end;
    result += page.slice(from, from + END.length);
    from += END.length;
  }
  return result + page.slice(from);
}

if (require.main === module) {
  const page = readFileSync(COST_PAGE, 'utf8');
  const today = withCosts(page);
  if (!process.argv.includes('--check')) writeFileSync(COST_PAGE, today);
  else if (today !== page) {
    console.error('docs/cost.md is not what the plan says today; "npx tsx scripts/cost-table.ts" writes it');
    process.exitCode = 1;
  }
}
