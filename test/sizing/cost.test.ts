import { loadCatalogue } from '../../lib/sizing';
import { bill } from '../../lib/sizing/cost';
import { requestCost } from '../../lib/sizing/demand/service';
import { alarmedMetrics } from '../../lib/sizing/planned-alarms';
import { serviceLevel, steadyProfile, typeNamed } from '../../testing/sizing/examples';

const { prices } = loadCatalogue('us-east-1');

describe('the monthly bill', () => {
  const cost = bill({
    prices,
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
    ['interface endpoints', 43.8], // 3 in 2 zones x 0.01 x 730
    ['data out', 7.57], // 100/s x 320 bytes x 2,628,000 s = 84.096 GB x 0.09
    ['access logs', 1.69], // 100/s x 100 bytes x 2,628,000 s x 3 months = 73.43 GiB x 0.023
    ['detailed monitoring', 4.2], // 2 x 7 metrics x 0.30
    ['memory and disk metrics', 1.8], // 2 for each instance and 2 for the fleet, x 0.30
    ['metrics of the handler', 1.5], // 4 metrics, and one by release, x 0.30
    ['composite alarm', 0.5],
    ['dashboard', 3],
    ['encryption key', 1],
    ['logs', 0.2],
  ])('%s costs %d USD', (item, expected) => {
    expect(amount(item)).toBe(expected);
  });

  test('has each metric of the alarms, and of the two by which a group grows and shrinks', () => {
    const metrics = 2 + alarmedMetrics({ grows: true, requestsPerRun: 1, watchesData: false });
    expect(amount('alarms')).toBeCloseTo(metrics * 0.1, 10);
  });

  test('is the sum of its lines', () => {
    const sum = cost.lines.reduce((total, { usdPerMonth }) => total + usdPerMonth, 0);
    expect(cost.usdPerMonth).toBeCloseTo(sum, 10);
    expect(cost.usdPerMillionPredictions).toBeCloseTo((sum / (100 * 2_628_000)) * 1e6, 10);
  });

  test('has four metrics and an alarm more where drift is measured', () => {
    const asked = {
      prices,
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
      prices,
      type: typeNamed('c7g.medium'),
      instances: 1,
      zones: 1,
      volumeGiB: 8,
      serviceLevel: serviceLevel({ requestsPerSecond: 400, availability: 'single' }),
      request: requestCost(steadyProfile(1), 1),
    });
    expect(lines.find(({ unit }) => unit === 'GB')!.quantity).toBeCloseTo(336.384, 6);
    expect(lines.find(({ unit }) => unit === 'address')!.quantity).toBe(2); // the load balancer still has two zones
    expect(lines.find(({ unit }) => unit === 'endpoint')!.quantity).toBe(3);
  });
});
