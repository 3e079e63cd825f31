import { configuration, mistakes, read, withLine } from './configuration';

test('discounts are shares of the list price, or what is paid for an hour', () => {
  const line = 'discounts: { m7g: 27 %, c7g.large: 0.052 USD/hour, all: 9% }';
  expect(read(withLine(line)).stages[0]!.serviceLevel.discounts).toEqual({
    m7g: { share: 0.27 },
    'c7g.large': { usdPerHour: 0.052 },
    all: { share: 0.09 },
  });
  expect(read(configuration({})).stages[0]!.serviceLevel.discounts).toBeUndefined();
});

test.each([
  ['discounts: {}', /discounts must name a family/],
  ['discounts: { m7g: 100 % }', /discounts\.m7g must be what is off the list price/],
  ['discounts: { m7g: 0.27 }', /discounts\.m7g must be what is off the list price/],
  ['discounts: { m7g: 0.05 USD/hour }', /discounts\.m7g is a price an hour, which is of one type/],
  ['discounts: { "7": 5 % }', /discounts\.7 is no family/],
])('%s is one mistake, with its line', (line, message) => {
  expect(mistakes(withLine(line))).toEqual([expect.stringMatching(/^10: /)]);
  expect(mistakes(withLine(line))[0]).toMatch(message);
});

test('a schedule has times of a week and shares of the peak', () => {
  const periods =
    '[{ days: mon-fri, from: "08:30", to: "10:00", load: 100 % }, { days: [sat, sun], from: "00:00", to: "24:00", load: off }]';
  const line = `schedule: { timeZone: Europe/Berlin, otherwise: 40 %, periods: ${periods} }`;
  expect(read(withLine(line)).stages[0]!.serviceLevel.schedule).toEqual({
    timeZone: 'Europe/Berlin',
    otherwise: 0.4,
    periods: [
      { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: 510, to: 600, load: 1 },
      { days: ['sat', 'sun'], from: 0, to: 1440, load: 0 },
    ],
  });
});

describe('the mean of a day beside a schedule', () => {
  const schedule = 'schedule: { timeZone: UTC, periods: [{ from: "18:00", to: "06:00", load: off }] }';
  const told = (traffic: string) => mistakes(withLine(`${schedule}\n    traffic: ${traffic}`));

  test('is at most that of the week', () => {
    expect(told('{ requestsPerSecond: 20, meanRequestsPerSecond: 10, p99: 100ms }')).toEqual([]);
    expect(told('{ requestsPerSecond: 20, meanRequestsPerSecond: 10.1, p99: 100ms }')).toEqual([
      expect.stringContaining('is 10.1, above the 10 that schedule has in the mean of a week'),
    ]);
  });

  test('is not held against a peak that is missing, or lower', () => {
    const peakless = withLine(`${schedule}\n    traffic: { meanRequestsPerSecond: 5 }`).replace(
      'requestsPerSecond: 20, ',
      '',
    );
    expect(mistakes(peakless)).toEqual([expect.stringContaining('requestsPerSecond is missing')]);
    expect(told('{ requestsPerSecond: 4, meanRequestsPerSecond: 5, p99: 100ms }')).toEqual([
      expect.stringContaining('is 5, above the peak of 4'),
    ]);
  });
});

test.each([
  [
    '[{ from: "20:00", to: "06:00", load: off }, { days: fri, from: "05:00", to: "07:00", load: 50 % }]',
    /periods\.1 is fri 05:00-07:00 50 %, which overlaps daily 20:00-06:00 off/,
  ],
  ['[{ from: "20:01", to: "06:00", load: off }]', /periods\.0\.from must be a time in quotes/],
  ['[{ days: moon, from: "20:00", to: "06:00", load: off }]', /periods\.0\.days must be days/],
  ['[{ from: "20:00", to: "06:00", load: 0 % }]', /periods\.0\.load must be off, or a share/],
])('a schedule with %s is one mistake, with its line', (periods, message) => {
  const found = mistakes(withLine(`schedule: { timeZone: UTC, periods: ${periods} }`));
  expect(found).toEqual([expect.stringMatching(/^10: /)]);
  expect(found[0]).toMatch(message);
});

test('a purchase has a base on demand, and a share of the others as Spot', () => {
  const bought = (line: string) => read(withLine(`purchase: ${line}`)).stages[0]!.serviceLevel.purchase;
  expect(bought('{ onDemandBase: 2, spot: true }')).toEqual({ onDemandBase: 2, spotPercent: 100 });
  expect(bought('{ onDemandBase: 1, spot: 70 % }')).toEqual({ onDemandBase: 1, spotPercent: 70 });
  expect(read(configuration({})).stages[0]!.serviceLevel.purchase).toBeUndefined();
});

test.each([
  ['{ spot: false }', /purchase\.spot must be true, or the share/],
  ['{ onDemandBase: 2 }', /purchase\.spot must be true, or the share/],
  ['{ onDemandBase: 1, spot: 0 % }', /purchase\.spot must be true, or the share/],
  ['{ onDemandBase: 1, spot: 12.5 % }', /purchase\.spot must be true, or the share .* in whole percent/],
  ['{ onDemandBase: -1, spot: true }', /purchase\.onDemandBase must be a whole number of instances from 0 to 64/],
  ['{ onDemandBase: 1, spot: true, types: [c7g] }', /types/],
])('purchase: %s is one mistake, with its line', (purchase, message) => {
  const found = mistakes(withLine(`purchase: ${purchase}`));
  expect(found).toEqual([expect.stringMatching(/^10: /)]);
  expect(found[0]).toMatch(message);
});

test.each(['{ spot: true }', '{ onDemandBase: 0, spot: 50 % }'])(
  'availability: zone with purchase: %s is one mistake: all Spot may go at once',
  (purchase) => {
    const zoned = withLine(`purchase: ${purchase}`).replace(/availability: \w+/, 'availability: zone');
    expect(mistakes(zoned)).toEqual([
      expect.stringMatching(/^10: .*purchase\.onDemandBase must be at least 1 with availability: zone/),
    ]);
  },
);

test('a forecast is of a group that follows the day', () => {
  const day = withLine('scaling: { predictive: forecastOnly }').replace(
    'traffic: {',
    'traffic: { day: [1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9, 9, 9, 9, 9, 9, 8, 7, 6, 5, 4, 3, 2],',
  );
  expect(read(day).stages[0]!.serviceLevel.predictive).toBe('forecastOnly');
  expect(mistakes(withLine('scaling: { predictive: true }'))).toEqual([
    expect.stringMatching(
      /^10: .*scaling\.predictive is for a group that follows the day, and nothing is known of the day/,
    ),
  ]);
  expect(mistakes(withLine('scaling: { predictive: sometimes }'))[0]).toMatch(/must be true or forecastOnly/);
});

const stageWith = (...more: string[]) => configuration({ more });

test('a warm pool is of a group that grows, and not of Spot', () => {
  const pool = 'scaling: { warmPool: true }';
  const week = 'schedule: { timeZone: UTC, periods: [{ from: "20:00", to: "06:00", load: off }] }';
  const { serviceLevel } = read(stageWith(pool, week)).stages[0]!;
  expect(serviceLevel).toMatchObject({ warmPool: true, schedule: { timeZone: 'UTC' } });
  expect(serviceLevel).not.toHaveProperty('predictive');
  expect(mistakes(withLine(pool))).toEqual([
    expect.stringMatching(/^10: .*scaling\.warmPool is for a group that grows/),
  ]);
  expect(mistakes(stageWith(pool, week, 'purchase: { onDemandBase: 1, spot: true }'))).toEqual([
    expect.stringMatching(/^10: .*scaling\.warmPool stands beside purchase: Spot instances .* leave one of both out/),
  ]);
  expect(mistakes(withLine('scaling: {}'))).toEqual([
    expect.stringMatching(/^10: .*scaling must have predictive or warmPool/),
  ]);
  expect(mistakes(withLine('scaling: { warmPool: false }'))[0]).toMatch(/warmPool must be one of true, got false/);
});

test('an endpoint that is off is woken by those who are named, and by nobody else', () => {
  const week = 'schedule: { timeZone: UTC, wake: true, periods: [{ from: "20:00", to: "06:00", load: off }] }';
  const named = stageWith(week, 'allowFrom: [203.0.113.0/24]');
  expect(read(named).stages[0]!.serviceLevel.schedule).toMatchObject({ wake: true });
  const unsaid = week.replace('wake: true, ', '');
  expect(read(withLine(unsaid)).stages[0]!.serviceLevel.schedule).not.toHaveProperty('wake');
  expect(mistakes(withLine(week))).toEqual([
    expect.stringMatching(
      /^10: .*schedule\.wake is for an endpoint whose callers are named: .* set internal or allowFrom/,
    ),
  ]);
  expect(mistakes(withLine(week.replace('load: off', 'load: 50 %')))).toEqual([
    expect.stringMatching(/^10: .*schedule\.wake is for times that are off, and there are none/),
  ]);
  const share = named.replace('wake: true', 'wake: 25 %');
  expect(read(share).stages[0]!.serviceLevel.schedule).toMatchObject({ wake: 0.25 });
  for (const wrong of ['0 %', '120 %', '"often"', '3', 'false']) {
    expect(mistakes(named.replace('wake: true', `wake: ${wrong}`))).toEqual([
      expect.stringMatching(/^10: .*schedule\.wake must be true, or the share of the time off/),
    ]);
  }
});
