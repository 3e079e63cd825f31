import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alarmedMetrics } from '../../../lib/sizing/alarms/planned-alarms';
import { bill, billTotal } from '../../../lib/sizing/bill/bill';
import { parseCatalogue } from '../../../lib/sizing/catalogue/catalogue';
import { requestCost } from '../../../lib/sizing/demand/service';
import { FIXED_CATALOGUE, serviceLevel, steadyProfile, typeNamed } from '../../../testing/sizing/examples';

const catalogue = FIXED_CATALOGUE;
/** Not the fixed ones of tests. */
const SHIPPED = join(__dirname, '../../../lib/sizing/catalogue/regions');

describe('the monthly bill', () => {
  const cost = bill({
    catalogue,
    type: typeNamed('c7g.medium'),
    instances: 2,
    zones: 2,
    volumeGiB: 8,
    serviceLevel: serviceLevel({ requestsPerSecond: 400, meanRequestsPerSecond: 100 }),
    request: requestCost(steadyProfile(1), 1),
  });
  const amount = (start: string) => cost.lines.find(({ item }) => item.startsWith(start))!.usdPerMonth;

  test.each([
    ['2 x c7g.medium', 52.93], // 2 x 0.03625 x 730
    ['root volumes', 1.28], // 16 GiB x 0.08
    ['load balancer', 16.43], // 0.0225 x 730
    ['load balancer capacity', 2.34], // 100/s / 10 a connection / 25 = 0.4 LCU; 0.3672 GB/h is less; x 0.008 x 730
    ['public addresses', 7.3], // 2 x 0.005 x 730
    ['interface endpoints', 14.6], // 1 in 2 zones x 0.01 x 730
    ['data through the endpoints', 0.01], // 2 x 0.3 GB x 0.01
    ['answers', 7.57], // 100/s x 320 bytes x 2,628,000 s = 84.096 GB x 0.09
    ['TLS handshakes', 11.35], // 10/s x 4,800 bytes x 2,628,000 s = 126.144 GB x 0.09
    ['access logs', 1.69], // 100/s x 100 bytes x 2,628,000 s x 3 months = 73.43 GiB x 0.023
    ['detailed monitoring', 4.2], // 2 x 7 metrics x 0.30
    ['memory and disk metrics', 0.6], // 2 for the fleet, x 0.30
    ['metrics of the handler', 1.5], // 4 metrics, and one by release, x 0.30
    ['composite alarm', 0.5],
    ['dashboard', 3],
    ['encryption key', 1],
    ['logs', 0.2],
  ])('%s costs %d USD', (item, expected) => {
    expect(amount(item)).toBe(expected);
  });

  test('has each metric of the alarms, and of the two by which a group grows and shrinks', () => {
    const metrics = 2 + alarmedMetrics({ grows: true, lean: false, zones: 2, requestsPerRun: 1, watchesData: false });
    expect(amount('alarms')).toBeCloseTo(metrics * 0.1, 10);
  });

  test('is the sum of its lines', () => {
    const sum = cost.lines.reduce((total, { usdPerMonth }) => total + usdPerMonth, 0);
    expect(cost.usdPerMonth).toBeCloseTo(sum, 10);
    expect(cost.usdPerMillionPredictions).toBeCloseTo((sum / (100 * 2_628_000)) * 1e6, 10);
  });

  test('has four metrics and an alarm more where drift is measured', () => {
    const asked = {
      catalogue,
      type: typeNamed('c7g.medium'),
      instances: 2,
      zones: 2,
      volumeGiB: 8,
      serviceLevel: serviceLevel(),
      request: requestCost(steadyProfile(1), 1),
    };
    const [plain, watched] = [bill(asked), bill({ ...asked, watchesData: true })];
    expect(watched.usdPerMonth - plain.usdPerMonth).toBeCloseTo(4 * 0.3 + 0.1, 6);
  });

  test('is computed at the peak when the mean is not known', () => {
    const { lines } = bill({
      catalogue,
      type: typeNamed('c7g.medium'),
      instances: 1,
      zones: 1,
      volumeGiB: 8,
      serviceLevel: serviceLevel({ requestsPerSecond: 400, availability: 'single' }),
      request: requestCost(steadyProfile(1), 1),
    });
    expect(lines.find(({ item }) => item.startsWith('answers'))!.quantity).toBeCloseTo(336.384, 6);
    expect(lines.find(({ unit }) => unit === 'address')!.quantity).toBe(2); // the load balancer still has two zones
    expect(lines.find(({ unit }) => unit === 'endpoint')!.quantity).toBe(1);
  });

  const asked = {
    catalogue,
    type: typeNamed('t4g.small'),
    instances: 2,
    zones: 2,
    volumeGiB: 8,
    serviceLevel: serviceLevel({ requestsPerSecond: 400 }),
    request: requestCost(steadyProfile(1), 1),
  };
  const lineOf = (of: ReturnType<typeof bill>, start: string) => of.lines.find(({ item }) => item.startsWith(start));

  test('clients that open a connection for each request pay for handshakes and capacity', () => {
    const each = bill({ ...asked, serviceLevel: { ...asked.serviceLevel, requestsPerConnection: 1 } });
    expect(lineOf(each, 'load balancer capacity')!.quantity).toBe(16); // 400/s / 25
    expect(lineOf(each, 'TLS handshakes')!.usdPerMonth).toBeCloseTo(454.12, 2); // 400/s x 4,800 bytes x 2,628,000 s
    const ten = bill(asked);
    expect(each.usdPerMonth - ten.usdPerMonth).toBeGreaterThan(400);
  });

  test('the free tier is lines of its own, and never more than what is used', () => {
    const [paid, free] = [bill(asked), bill({ ...asked, serviceLevel: { ...asked.serviceLevel, freeTier: true } })];
    const off = free.lines.filter(({ item }) => item.startsWith('free tier'));
    // 100 GB, 10 alarms, 10 metrics, the dashboard, 0.4 GiB of logs
    expect(off.map(({ usdPerMonth }) => usdPerMonth)).toEqual([-9, -1, -3, -3, -0.2]);
    expect(free.usdPerMonth).toBeCloseTo(paid.usdPerMonth - 16.2, 6);
  });

  test('a hosted zone is in it where there is one', () => {
    const zone = bill({ ...asked, serviceLevel: { ...asked.serviceLevel, hostedZone: true } });
    expect(lineOf(zone, 'hosted zone')!.usdPerMonth).toBe(0.5);
    expect(lineOf(bill(asked), 'hosted zone')).toBeUndefined();
  });

  test('a group that may not grow has no alarms that make it', () => {
    expect(bill(asked).usdPerMonth - bill({ ...asked, scales: false }).usdPerMonth).toBeCloseTo(0.3, 6);
  });

  test('every line names its source, and estimated prices make a range', () => {
    const guessed = { ...catalogue, region: 'eu-west-1', estimated: ['loadBalancerHour'] };
    const { lines, range, usdPerMonth } = bill({ ...asked, catalogue: guessed });
    expect(lines.every(({ source }) => source.includes('eu-west-1'))).toBe(true);
    expect(lineOf({ lines } as ReturnType<typeof bill>, 'load balancer')!.source).toBe('estimated, eu-west-1');
    expect(range!.high - usdPerMonth).toBeCloseTo(0.3 * 16.43, 1);
    expect(usdPerMonth - range!.low).toBeCloseTo(0.3 * 16.43, 1);
    expect(bill(asked).range).toBeUndefined();
  });

  test('a reader can follow the source of every line: the page of AWS, the region, and a date', () => {
    const level = { ...asked.serviceLevel, ...{ freeTier: true, hostedZone: true, mutualTls: true, firewallRules: 2 } };
    for (const region of ['us-east-1', 'eu-west-1', 'ap-northeast-2']) {
      const shipped = parseCatalogue(readFileSync(join(SHIPPED, `${region}.json`), 'utf8'), region);
      const { lines } = bill({ ...asked, catalogue: shipped, serviceLevel: level });
      const wrong = lines.filter(({ source }) => {
        if (source.startsWith('estimated')) return !source.startsWith(`estimated, ${region}: `);
        return !/^aws\.amazon\.com\/\S+, /.test(source) || !source.includes(region) || !/\d{4}-\d{2}/.test(source);
      });
      expect(wrong).toEqual([]);
      const store = lineOf({ lines } as ReturnType<typeof bill>, 'trust store')!.source;
      expect(store).toMatch(region === 'eu-west-1' ? /^estimated/ : /elasticloadbalancing.*AWS price list.*2026/);
    }
  });

  test('CPU that is bought may turn out to be less, and no more', () => {
    const { range, usdPerMonth } = bill({ ...asked, surplusVcpus: 1, likelySurplusVcpus: 0.5 });
    expect(range).toEqual({ low: expect.closeTo(usdPerMonth - 14.6, 6), high: usdPerMonth }); // half of 0.04 x 730
  });

  test('the total is that of the search', () => {
    expect(billTotal(asked)).toBe(bill(asked).usdPerMonth);
  });
});
