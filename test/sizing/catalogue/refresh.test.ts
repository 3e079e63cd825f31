import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SlipwayError } from '../../../lib/model/error';
import { replaceFile } from '../../../lib/model/files/replace-file';
import { cataloguePath } from '../../../lib/sizing/catalogue/catalogue';
import type { CatalogueFile, TypeRow } from '../../../lib/sizing/catalogue/contents';
import { catalogueText, parseCatalogueFile } from '../../../lib/sizing/catalogue/file';
import {
  accountError,
  PublicPrices,
  publicPriceList,
  refreshCatalogue,
  SpotAdvisor,
} from '../../../lib/sizing/catalogue/refresh';
import { changesBetween } from '../../../lib/sizing/catalogue/refresh/changes';
import { type Offer, offerOf, type PriceList } from '../../../lib/sizing/catalogue/refresh/offers';
import { INSTANCES } from '../../../lib/sizing/catalogue/refresh/wanted';
import { temporaryFolder } from '../../../testing/temporary-folder';

const shipped = readFileSync(cataloguePath('us-east-1'), 'utf8');
const before = parseCatalogueFile(shipped, 'us-east-1.json');
const priced = before.types.filter(({ usdPerHour }) => usdPerHour !== undefined);

let folder: string;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => jest.restoreAllMocks());

/** A price list that sells these types at these prices. */
function listOf(types: readonly TypeRow[], raise = 1, after: () => void = () => {}): PriceList {
  return {
    source: 'a list',
    publishedOn: () => '2026-11-02',
    offers: async (_, service) => {
      after();
      return service === 'AmazonEC2'
        ? types.map(
            ({ name, usdPerHour }): Offer => ({
              productFamily: 'Compute Instance',
              attributes: { ...INSTANCES.attributes, instanceType: name },
              usd: Number((usdPerHour! * raise).toFixed(6)),
            }),
          )
        : [];
    },
  };
}

test('a region without a file of its own gets one with the prices of the list', async () => {
  const path = join(folder, 'zz-none-1.json');
  const result = await refreshCatalogue({ region: 'zz-none-1', path, prices: listOf(priced.slice(0, 300), 1.1) });
  const after = parseCatalogueFile(readFileSync(path, 'utf8'), path);
  expect(after).toMatchObject({ region: 'zz-none-1', capturedAt: '2026-11-02', prices: before.prices });
  expect(after.types).toHaveLength(300);
  expect(after.types.every(({ zones }) => zones.length === 0)).toBe(true);
  expect(result.comparedWith).toBe('us-east-1');
  expect(result.notes.filter((note) => note.includes('not in the price list'))).toHaveLength(21);
  // and those that no list is asked for and that differ between regions: CloudFront
  expect(after.estimated).toHaveLength(21 + 3);
});

test('a copy of the file of another region has no zones of this one', async () => {
  const path = join(folder, 'zz-none-1.json');
  writeFileSync(path, shipped);
  const result = await refreshCatalogue({ region: 'zz-none-1', path, prices: listOf(priced) });
  expect(result.comparedWith).toBe('us-east-1');
  const { types } = parseCatalogueFile(readFileSync(path, 'utf8'), path);
  expect(types.filter(({ zones }) => zones.length > 0)).toEqual([]);
});

/** What the Spot Instance Advisor answers. */
function advised(answer: unknown): SpotAdvisor {
  jest.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response(JSON.stringify(answer)));
  return new SpotAdvisor('https://advisor.example.com/data.json');
}

test('without credentials spot prices come from what spot saves', async () => {
  const path = join(folder, 'us-east-1.json');
  writeFileSync(path, shipped);
  const spot = advised({
    spot_advisor: { 'us-east-1': { Linux: { 'm5.large': { s: 60, r: 1 }, 'zz.large': { s: 9 } } } },
  });
  const now = new Date('2026-11-03T00:00:00Z');
  const { notes } = await refreshCatalogue({ region: 'us-east-1', path, prices: listOf(priced), spot, now });
  const after = parseCatalogueFile(readFileSync(path, 'utf8'), path);
  expect(after.spotCapturedAt).toBe('2026-11-03');
  expect(after.types.filter(({ spotUsdPerHour }) => spotUsdPerHour !== undefined)).toMatchObject([
    { name: 'm5.large', spotUsdPerHour: 0.0384, zones: expect.arrayContaining(['use1-az1']) },
  ]);
  expect(notes).toContain('zones: those of the old catalogue; refresh with credentials to renew them');
});

test.each([
  ['says nothing', null, /advisor.example.com.*it has no spot_advisor\); .*--spot none/],
  [
    'is of another form',
    { spot_advisor: { 'us-east-1': { Linux: { 'm5.large': { s: 'a lot' } } } } },
    /savings of m5.large are "a lot"/,
  ],
])('a Spot Instance Advisor that %s changes nothing', async (_, answer, message) => {
  const path = join(folder, 'us-east-1.json');
  writeFileSync(path, shipped);
  const request = { region: 'us-east-1', path, prices: listOf(priced), spot: advised(answer) };
  await expect(refreshCatalogue(request)).rejects.toMatchObject({
    code: 'E_REFRESH',
    message: expect.stringMatching(message),
  });
  expect(readFileSync(path, 'utf8')).toBe(shipped);
});

test.each([[2], [0.14]])('a list whose prices are all %d times what they were changes nothing', async (times) => {
  const path = join(folder, 'us-east-1.json');
  writeFileSync(path, shipped);
  const request = { region: 'us-east-1', path, prices: listOf(priced, times) };
  await expect(refreshCatalogue(request)).rejects.toThrow(/in the middle, prices are .* times what they were/);
  expect(readFileSync(path, 'utf8')).toBe(shipped);
});

test('a renewal keeps the types of the region, and what was estimated is no more', async () => {
  const path = join(folder, 'us-east-2.json');
  const old = readFileSync('lib/sizing/catalogue/regions/us-east-2.json', 'utf8');
  writeFileSync(path, old);
  const types = parseCatalogueFile(old, '').types.filter(({ usdPerHour }) => usdPerHour !== undefined);
  const { comparedWith } = await refreshCatalogue({ region: 'us-east-2', path, prices: listOf(types, 1.01) });
  expect(comparedWith).toBe('us-east-2');
  const after = parseCatalogueFile(readFileSync(path, 'utf8'), path);
  expect(after.estimated).toEqual([
    'loadBalancerCapacityUnitHour',
    'networkLoadBalancerHour',
    'networkLoadBalancerCapacityUnitHour',
    'trustStoreHour',
    'natGatewayHour',
    'natGatewayGB',
  ]);
  expect(after.types.map(({ name, zones }) => [name, zones])).toEqual(types.map(({ name, zones }) => [name, zones]));
});

test('what no list is asked for keeps its source, and stays estimated where it was', async () => {
  const path = join(folder, 'eu-west-1.json');
  const old = readFileSync('lib/sizing/catalogue/regions/eu-west-1.json', 'utf8');
  for (const text of [old, undefined]) {
    if (text !== undefined) writeFileSync(path, text); // then what is written is renewed once more
    const types = parseCatalogueFile(old, '').types.filter(({ usdPerHour }) => usdPerHour !== undefined);
    await refreshCatalogue({ region: 'eu-west-1', path, prices: listOf(types) });
    const after = parseCatalogueFile(readFileSync(path, 'utf8'), path);
    expect(after.estimated).toEqual(expect.arrayContaining(['httpApiMillion', 'cloudFrontMillion']));
    expect(after.sources.filter((source) => /^(HTTP APIs|hosted zones, WAF)/.test(source))).toHaveLength(2);
  }
});

test('requests to functions and to HTTP APIs are renewed, by the million, and say so', async () => {
  const path = join(folder, 'eu-west-1.json');
  const old = readFileSync('lib/sizing/catalogue/regions/eu-west-1.json', 'utf8');
  writeFileSync(path, old);
  const types = parseCatalogueFile(old, '').types.filter(({ usdPerHour }) => usdPerHour !== undefined);
  const instances = listOf(types);
  const sold = (usagetype: string, usd: number): Offer => ({ productFamily: '', attributes: { usagetype }, usd });
  const others: Readonly<Record<string, readonly Offer[]>> = {
    AWSLambda: [
      sold('EU-Request', 0.0000009),
      sold('EU-Request-ARM', 0.00000021),
      sold('EU-Lambda-GB-Second', 0.0000166667),
      sold('EU-Lambda-GB-Second-ARM', 0.0000133335),
    ],
    AmazonApiGateway: [sold('EU-ApiGatewayRequest', 0.0000035), sold('EU-ApiGatewayHttpRequest', 0.00000112)],
  };
  const prices: PriceList = {
    ...instances,
    offers: async (region, service, wanted) => [
      ...(others[service] ?? (await instances.offers(region, service, wanted))),
    ],
  };
  await refreshCatalogue({ region: 'eu-west-1', path, prices });
  const after = parseCatalogueFile(readFileSync(path, 'utf8'), path);
  expect(after.prices).toMatchObject({ functionMillion: 0.21, functionGBSecond: 0.0000133335, httpApiMillion: 1.12 });
  for (const name of ['functionMillion', 'functionGBSecond', 'httpApiMillion']) {
    expect(after.estimated ?? []).not.toContain(name);
  }
  expect(after.sources.filter((source) => /HTTP APIs|Lambda/.test(source))).toEqual([]);
  expect(after.sources.filter((source) => source.startsWith('CloudFront: '))).toHaveLength(1);
});

test('the hour of a trust store is not taken for that of a load balancer, in us-east-1 neither, which has no prefix', async () => {
  const path = join(folder, 'us-east-1.json');
  writeFileSync(path, shipped);
  const instances = listOf(priced);
  const sold = (usagetype: string, usd: number): Offer => ({
    productFamily: 'Load Balancer-Application',
    attributes: { usagetype },
    usd,
  });
  const prices: PriceList = {
    ...instances,
    offers: async (region, service, wanted) =>
      service === 'AWSELB'
        ? [sold('LoadBalancerUsage', 0.0225), sold('TS-LoadBalancerUsage', 0.024)]
        : instances.offers(region, service, wanted),
  };
  await refreshCatalogue({ region: 'us-east-1', path, prices });
  const { prices: after } = parseCatalogueFile(readFileSync(path, 'utf8'), path);
  expect(after).toMatchObject({ loadBalancerHour: 0.0225, trustStoreHour: 0.024 });
});

test('prices in yuan become dollars', () => {
  const terms = { term: { priceDimensions: { rate: { pricePerUnit: { CNY: '7.1' } } } } };
  expect(offerOf({}, terms).usd).toBeCloseTo(1, 9);
  expect(publicPriceList('cn-north-1')).toContain('.amazonaws.com.cn');
});

test('what fails midway leaves the old file and nothing beside it', async () => {
  const path = join(folder, 'us-east-1.json');
  writeFileSync(path, shipped);
  let asked = 0;
  const breaks = listOf(priced, 2, () => {
    if (++asked === 3) throw new SlipwayError('E_REFRESH', 'cut off');
  });
  await expect(refreshCatalogue({ region: 'us-east-1', path, prices: breaks })).rejects.toThrow('cut off');
  const few = listOf(priced.slice(0, 9));
  await expect(refreshCatalogue({ region: 'us-east-1', path, prices: few })).rejects.toMatchObject({
    code: 'E_REFRESH',
  });
  expect(readFileSync(path, 'utf8')).toBe(shipped);
  expect(readdirSync(folder)).toEqual(['us-east-1.json']);
});

test('a file that cannot be written is said to be so', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => replaceFile(join(folder, 'file', 'below.json'), 'x')).toThrow(/below.json: cannot be written/);
});

test('without credentials the account is not asked, which is no fault of Slipway', () => {
  const cause = Object.assign(new Error('Could not load credentials from any providers'), {
    name: 'CredentialsProviderError',
  });
  const error = accountError(cause) as SlipwayError;
  expect(error).toMatchObject({ code: 'E_REFRESH' });
  expect(error.message).toMatch(/^there are no AWS credentials \(Could not load .*sign in, .* or use --source public/);
});

test('a mirror may have the price list in a folder', async () => {
  const asked: string[] = [];
  const get = jest.spyOn(globalThis, 'fetch').mockImplementation(async (url) => {
    asked.push(String(url));
    throw new Error('no network');
  });
  const list = new PublicPrices('https://mirror.example.com/aws/');
  await expect(list.offers('eu-west-1', 'AmazonEC2', [])).rejects.toThrow(`${asked[0]} cannot be read (no network)`);
  expect(asked).toEqual(['https://mirror.example.com/aws/offers/v1.0/aws/AmazonEC2/current/region_index.json']);
  get.mockRestore();
});

test('a price list that says nothing is no fault of Slipway', async () => {
  const get = jest.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response('null'));
  const offers = new PublicPrices().offers('eu-west-1', 'AmazonEC2', []);
  await expect(offers).rejects.toMatchObject({ code: 'E_REFRESH', message: expect.stringMatching(/it has none$/) });
  get.mockRestore();
});

describe('what changed', () => {
  const [first, second, third] = priced as [TypeRow, TypeRow, TypeRow];
  const catalogue = (types: readonly TypeRow[], prices = before.prices): CatalogueFile => ({
    ...before,
    types,
    prices,
  });

  test('is nothing for the same content', () => {
    expect(changesBetween(before, parseCatalogueFile(catalogueText(before), ''))).toEqual([]);
  });

  test('is said by kind', () => {
    const { usdPerHour: _, ...unpriced } = third;
    const dearer = { ...second, usdPerHour: second.usdPerHour! * 1.5, memoryMiB: second.memoryMiB * 2 };
    const after = catalogue([dearer, unpriced, { ...first, name: 'zz9.large' }], {
      ...before.prices,
      dashboardMonth: 4,
    });
    expect(changesBetween(catalogue([first, second, third]), after)).toEqual([
      'added 1 type: zz9.large',
      `removed 1 type: ${first.name}`,
      `other specs or zones for 1 type: ${second.name}`,
      `no price any more for 1 type: ${third.name}`,
      'other price for 1 type, the largest changes first:',
      `  ${second.name}: ${second.usdPerHour} -> ${dearer.usdPerHour} USD (+50.0 %) an hour`,
      'dashboardMonth: 3 -> 4 USD (+33.3 %)',
    ]);
  });
});
