/**
 * The catalogue proof: what ships is what AWS describes, and `slipway catalog refresh` renews it from moto's EC2 and from
 * servers that answer in the shapes of AWS's price lists; whatever goes wrong midway, the old file stays.
 *
 *     npm run proof:catalog [-- --write]
 *
 * `--write` writes specs and zones of the catalogues that ship instead of comparing them.
 */

import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { EC2Client } from '@aws-sdk/client-ec2';
import { TYPESCRIPT } from '../../lib/model/process/typescript';
import { cataloguePath, catalogueRegions, parseCatalogue } from '../../lib/sizing/catalogue/catalogue';
import type { CatalogueFile, TypeRow } from '../../lib/sizing/catalogue/contents';
import { catalogueText, parseCatalogueFile, SHARED_SPECS, sharedSpecsText } from '../../lib/sizing/catalogue/file';
import { familyOf, isKnown } from '../../lib/sizing/catalogue/processors';
import { describeTypes } from '../../lib/sizing/catalogue/refresh/specs';
import { Emulator } from '../deploy/emulator';
import { ProofProblem } from '../problem';
import { endAll, type Finished, run, serve } from '../process';
import { virtualEnvironment } from '../python/environment';
import { Report } from '../report';
import { OTHER_PRICES } from './documents';
import { images } from './images';
import { type Fault, Stubs } from './stubs';

const ROOT = resolve(__dirname, '../..');
const REGION = 'eu-west-1';
/** Twice this, products and terms, is what the refresh must read without holding it. */
const LIST_MEGABYTES = 120;
const HEAP_MEGABYTES = 96;

const SHIPPED = readFileSync(cataloguePath(REGION), 'utf8');

class Refresh {
  readonly file: string;

  constructor(
    private readonly folder: string,
    private readonly environment: Readonly<Record<string, string>>,
    private readonly priceList: string,
  ) {
    this.file = join(folder, `${REGION}.json`);
  }

  private get spot(): string[] {
    return ['--spot', `${this.priceList}/spot-advisor.json`];
  }

  get text(): string {
    return readFileSync(this.file, 'utf8');
  }

  get catalogue(): CatalogueFile {
    return parseCatalogueFile(this.text, this.file);
  }

  command(more: readonly string[] = []): string[] {
    const options = ['--region', REGION, '--out', this.file, '--price-list', this.priceList, ...this.spot, ...more];
    return [
      process.execPath,
      `--max-old-space-size=${HEAP_MEGABYTES}`,
      ...TYPESCRIPT,
      join(__dirname, 'command.ts'),
      'catalog',
      'refresh',
      ...options,
    ];
  }

  env(credentials: boolean): NodeJS.ProcessEnv {
    const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...without } = { ...process.env, ...this.environment };
    return credentials ? { ...process.env, ...this.environment } : without;
  }

  run(more: readonly string[] = [], credentials = true): Promise<Finished> {
    return run(this.command(more), { cwd: ROOT, env: this.env(credentials) });
  }

  leftovers(): string[] {
    return readdirSync(this.folder).filter((name) => name.endsWith('.tmp'));
  }
}

/** What EC2 says of each region; the shipped files have the same types, specs and zones. */
async function shipped(report: Report, emulator: Emulator, write: boolean): Promise<void> {
  report.section('the catalogues that ship');
  const credentials = { accessKeyId: 'emulator', secretAccessKey: 'emulator' };
  const specs = new Map<string, TypeRow>();
  for (const region of catalogueRegions()) {
    const text = readFileSync(cataloguePath(region), 'utf8');
    const file = parseCatalogueFile(text, region);
    if (file.types.every(({ zones }) => zones.length === 0)) continue; // moto does not know the region
    const ec2 = new EC2Client({ region, endpoint: emulator.url, credentials });
    const described = await describeTypes(ec2, (name) => isKnown(familyOf(name)));
    const prices = new Map(
      file.types.map(({ name, usdPerHour, spotUsdPerHour }) => [name, { usdPerHour, spotUsdPerHour }]),
    );
    const types = described.map((type) => ({ ...type, ...prices.get(type.name) }));
    for (const type of described) if (!specs.has(type.name)) specs.set(type.name, type);
    const renewed = catalogueText({ ...file, types });
    if (write) writeFileSync(cataloguePath(region), renewed);
    else report.check(renewed === text, `${region} is what EC2 describes`, `${types.length} types`);
  }
  if (write) writeFileSync(SHARED_SPECS, sharedSpecsText([...specs.values()], SPEC_SOURCE));
  const unknown = parseSharedNames().filter((name) => !specs.has(name));
  report.equal(unknown, [], 'and the shared specs are of no other types');
}

const SPEC_SOURCE = 'EC2 DescribeInstanceTypes, as moto 5.2.5 has it';

function parseSharedNames(): string[] {
  const { specs } = JSON.parse(readFileSync(SHARED_SPECS, 'utf8')) as { specs: [string][] };
  return specs.map(([name]) => name);
}

async function fromAccount(report: Report, refresh: Refresh, stubs: Stubs): Promise<void> {
  report.section('from an account');
  const first = await refresh.run();
  report.equal(first.code, 0, 'the first refresh of a region ends well');
  if (first.code !== 0) throw new ProofProblem(first.output);
  console.log(first.output.trim().replace(/^/gm, '     '));
  const { types, prices, capturedAt } = refresh.catalogue;
  report.check(/Compared with before/.test(first.output), 'says what it is compared with');
  report.equal(prices, OTHER_PRICES, 'other prices are those of the list; an absurd one and one of no region stay');
  report.equal(capturedAt, stubs.market.publishedOn, 'is dated as the price list');
  const wrong = types.filter(({ name, usdPerHour }) => usdPerHour !== stubs.market.hourly.get(name));
  report.equal(
    wrong.map(({ name }) => name),
    [],
    'every instance price is that of Linux, shared, on demand',
  );
  const zones = new Set(types.flatMap((type) => type.zones));
  report.equal([...zones].sort(), ['euw1-az1', 'euw1-az2', 'euw1-az3'], 'zones are those of the region, by id');
  report.check(types.length > 900, 'all types that moto offers there', `${types.length}`);
  report.equal(
    types.filter(({ spotUsdPerHour }) => spotUsdPerHour !== undefined).length,
    0,
    "moto's made-up spot price is not taken for one",
  );
  report.check(
    stubs.asked.filter((text) => text.startsWith('GetProducts AmazonEC2')).length > 5,
    'GetProducts was read page by page',
  );
  const again = await refresh.run();
  report.check(again.output.includes('Nothing changed, compared with before.'), 'a second refresh changes nothing');

  const hourly = new Map(stubs.market.hourly);
  hourly.set('m7i.large', 0.2);
  hourly.delete('c7a.large');
  stubs.market = { ...stubs.market, hourly };
  stubs.spot = new Map([['m7i.large', 0.04]]);
  const third = await refresh.run();
  report.check(
    /other price for 1 type, .*\n {4}m7i.large: [\d.]+ -> 0.2 USD \(\+[\d.]+ %\)/.test(third.output),
    'a price that moved is named',
  );
  report.check(/no price any more for 1 type: c7a.large/.test(third.output), 'and so is a type that lost its price');
  const row = refresh.catalogue.types.find(({ name }) => name === 'm7i.large')!;
  report.equal(row.spotUsdPerHour, 0.048, 'the spot price is that of the dearest zone, over two pages');
  report.check(
    parseCatalogue(refresh.text, '').types.length > 250,
    'plans can choose from it',
    `${parseCatalogue(refresh.text, '').types.length} types`,
  );
}

async function publicly(report: Report, refresh: Refresh, stubs: Stubs): Promise<void> {
  report.section('from the public price list');
  rmSync(refresh.file);
  stubs.idleMegabytes = LIST_MEGABYTES;
  const { code, output } = await refresh.run([], false);
  report.equal(code, 0, `without credentials, ${2 * LIST_MEGABYTES} MB read with a heap of ${HEAP_MEGABYTES} MB`);
  if (code !== 0) throw new ProofProblem(output);
  report.check(/no AWS credentials .*public price list/.test(output), 'it says where the prices come from');
  const { types, prices } = refresh.catalogue;
  report.equal(prices, OTHER_PRICES, 'other prices are those of the list');
  const shippedNames = new Set(parseCatalogueFile(SHIPPED, '').types.map(({ name }) => name));
  const expected = [...stubs.market.hourly.keys()].filter((name) => shippedNames.has(name)).sort();
  report.equal(
    types.map(({ name }) => name),
    expected,
    'the types are those with a price there and known specs',
  );
  report.equal(types.filter(({ zones }) => zones.length === 0).length, 0, 'zones are those that were known');
  report.equal(
    types.filter(({ spotUsdPerHour }) => spotUsdPerHour !== undefined).map(({ name }) => name),
    ['m5.large'],
    'spot prices are what the Spot Instance Advisor says that spot saves',
  );
  stubs.idleMegabytes = 0;
}

async function faults(report: Report, refresh: Refresh, stubs: Stubs, emulator: Emulator): Promise<void> {
  report.section('when it goes wrong the old file stays');
  copyFileSync(cataloguePath(REGION), refresh.file);
  const stays = async (
    what: string,
    fault: Fault | undefined,
    message: RegExp,
    options: string[] = [],
    credentials = true,
    env = {},
  ) => {
    stubs.fault = fault;
    const { code, output } = await run(refresh.command(options), {
      cwd: ROOT,
      env: { ...refresh.env(credentials), ...env },
    });
    stubs.fault = undefined;
    report.check(
      code === 1 && message.test(output) && !/\n\s+at /.test(output),
      what,
      output.trim().split('\n').at(-1),
    );
    report.check(refresh.text === SHIPPED && refresh.leftovers().length === 0, '  and the file is as it was');
  };
  await stays('refused', 'refuse', /E_REFRESH: .*AccessDenied.*pricing:GetProducts.*--source public/);
  await stays('an error on the second page', 'fail on the second page', /E_REFRESH: .*InternalError/);
  await stays('a price list service that is none', undefined, /E_REFRESH: /, [], true, {
    AWS_ENDPOINT_URL_PRICING: emulator.url,
  });
  await stays('a public list that is cut off', 'truncate', /E_REFRESH: .*ends in the middle/, ['--source', 'public']);
  await stays('a public list that is not there', undefined, /E_REFRESH: .*cannot be read/, [
    '--source',
    'public',
    '--price-list',
    'http://127.0.0.1:9',
  ]);
  const { market } = stubs;
  stubs.market = { ...market, hourly: new Map([...market.hourly].slice(0, 20)) };
  stubs.spotAdvice = '{"spot_advisor": {"eu-west-1": {"Linux": {"m5.large": {"s": "much"}}}}}';
  await stays('a Spot Instance Advisor of another form', undefined, /E_REFRESH: .*savings of m5.large are "much"/, [
    '--source',
    'public',
  ]);
  stubs.spotAdvice = undefined;
  await stays('a list with few prices', undefined, /E_REFRESH: only \d+ types have a price, \d+ had one before/);
  stubs.market = market;

  stubs.fault = 'hang';
  stubs.asked.length = 0;
  const child = serve(refresh.command(), join(ROOT, '.slipway', 'proof-catalog.log'), {
    cwd: ROOT,
    env: refresh.env(true),
  });
  while (!stubs.asked.some((text) => text.startsWith('GetProducts')) && child.exitCode === null) {
    await new Promise((done) => setTimeout(done, 50));
  }
  process.kill(-child.pid!, 'SIGINT');
  await new Promise((done) => child.once('exit', done));
  stubs.fault = undefined;
  report.check(
    refresh.text === SHIPPED && refresh.leftovers().length === 0,
    'interrupted by Ctrl-C while it asks for prices',
  );
  const good = await refresh.run();
  report.equal(good.code, 0, 'and the next refresh ends well');
}

async function main(): Promise<number> {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'; // of later releases than the pinned one
  const report = new Report(console.log);
  const folder = mkdtempSync(join(tmpdir(), 'slipway-catalog-'));
  const directory = join(ROOT, '.slipway/catalogue-venv');
  const requirements = join(__dirname, 'requirements.txt');
  await virtualEnvironment({ requirements, directory, contents: 'moto' }, (text) => console.log(`  ${text}`));
  const python = join(directory, 'bin/python');
  const emulator = await Emulator.start(python, folder);
  const types = parseCatalogueFile(SHIPPED, '').types;
  const hourly = new Map(
    types.flatMap(
      ({ name, vCpus, memoryMiB }) => [[name, Number((vCpus * 0.03 + memoryMiB * 4e-6).toFixed(6))]] as const,
    ),
  );
  const stubs = new Stubs({ hourly, publishedOn: '2026-11-01' }, emulator.url);
  try {
    const url = await stubs.start();
    const environment = {
      ...emulator.environment,
      AWS_ENDPOINT_URL: url,
      AWS_ENDPOINT_URL_PRICING: url,
      AWS_ENDPOINT_URL_EC2: url,
    };
    const refresh = new Refresh(folder, environment, url);
    await shipped(report, emulator, process.argv.includes('--write'));
    await fromAccount(report, refresh, stubs);
    await publicly(report, refresh, stubs);
    await faults(report, refresh, stubs, emulator);
    await images(report, folder, emulator);
  } finally {
    stubs.stop();
    await emulator.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return report.close().failed === 0 ? 0 : 1;
}

process.once('exit', endAll);
main().then(
  (status) => process.exit(status),
  (error) => {
    console.error(error instanceof ProofProblem ? error.message : error);
    process.exit(2);
  },
);
