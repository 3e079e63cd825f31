import { requestCost } from '../../../lib/sizing/demand/service';
import { HTTP_MS, joiningProfile, steadyProfile } from '../../../testing/sizing/examples';

describe('the cost of a request', () => {
  test.each([
    ['that was measured', 1, 3],
    ['between two that were measured', 3, 9],
    ['beyond the largest', 8, 24],
  ])('of a batch size %s', (_, rows, ms) => {
    const profile = steadyProfile(3);
    const batches = [...profile.batches, { ...profile.batches[0]!, rows: 4, cpuMs: 12 }].map((batch) => ({
      ...batch,
      wallMsQuantiles: Array.from({ length: 21 }, () => batch.cpuMs),
    }));
    const [{ service }] = requestCost({ ...profile, batches }, rows).modes;
    expect(service.meanMs).toBeCloseTo(ms + HTTP_MS, 10);
    expect(service.variation).toBeCloseTo(0, 10);
  });

  test('counts bytes by the row, and headers by the request', () => {
    const { requestBytes, answerBytes } = requestCost(steadyProfile(1), 10);
    expect(requestBytes).toBe(10 * 200 + 500);
    expect(answerBytes).toBe(10 * 20 + 300);
  });

  test('a single slow run among thousands does not count as one in forty', () => {
    const quantiles = [...Array.from({ length: 20 }, () => 1), 50];
    const batch = { rows: 1, samples: 5000, cpuMs: 1.1, wallMsQuantiles: quantiles };
    const [{ service }] = requestCost(steadyProfile(1, { batches: [batch] }), 1).modes;
    expect(service.meanMs).toBeCloseTo(1.1 + HTTP_MS, 1);
    expect(service.samplesMs.at(-1)).toBeGreaterThan(10);
  });

  test('is raised where the engine used more CPU time than wall time', () => {
    const batch = { rows: 1, samples: 600, cpuMs: 4, wallMsQuantiles: [2, 2, 2] };
    expect(requestCost(steadyProfile(1, { batches: [batch] }), 1).modes[0].service.meanMs).toBeCloseTo(4 + HTTP_MS, 10);
  });
});

describe('more threads', () => {
  const scan = [
    { threads: 1, rows: 1, cpuMs: 3, wallMs: 3 },
    { threads: 2, rows: 1, cpuMs: 3.3, wallMs: 1.8 },
    { threads: 4, rows: 1, cpuMs: 3.9, wallMs: 2.95 },
  ];

  test('shorten what the engine does by the share that was measured, and not HTTP', () => {
    const { modes } = requestCost(steadyProfile(3, { threads: scan }), 1);
    expect(modes.map(({ threads }) => threads)).toEqual([1, 2]); // four bring nothing over one
    expect(modes[0]!.cpuMs).toBeCloseTo(3 + HTTP_MS, 10);
    expect(modes[1]!.service.meanMs).toBeCloseTo(1.8 + HTTP_MS, 10);
    expect(modes[1]!.cpuMs).toBeCloseTo(3.3 + HTTP_MS, 10);
  });

  test('are taken as measured at the nearest batch size below', () => {
    const large = [
      { threads: 1, rows: 64, cpuMs: 100, wallMs: 100 },
      { threads: 2, rows: 64, cpuMs: 100, wallMs: 50 },
    ];
    const profile = steadyProfile(3, { threads: [scan[0]!, ...large] });
    expect(requestCost(profile, 63).modes).toHaveLength(1);
    expect(requestCost(profile, 64).modes).toHaveLength(2);
  });
});

describe('joined requests', () => {
  const joined = (profile: ReturnType<typeof steadyProfile>, rows: number) =>
    requestCost(profile, rows).modes.map(({ service }) => service.requests);

  test('are as many as are measured in one run, up to 16', () => {
    expect(joined(joiningProfile(4, 0.01), 1)).toEqual([1, 2, 4, 8, 16]);
    expect(joined(joiningProfile(4, 0.01), 5)).toEqual([1, 2, 4]);
    expect(joined(joiningProfile(4, 0.01), 17)).toEqual([1]);
  });

  test('are no more than the handler puts into a run', () => {
    const [first] = joiningProfile(4, 0.01).batches;
    const batches = [1, 300, 600, 1200, 2400].map((rows) => ({ ...first!, rows }));
    expect(joined(steadyProfile(4, { batches }), 300)).toEqual([1, 2]);
  });

  test('are never joined where a request is a run of its own', () => {
    expect(requestCost(joiningProfile(4, 0.01), 1, 'whole').modes.map(({ service }) => service.requests)).toEqual([1]);
  });

  test('are left alone where they hardly save time', () => {
    expect(joined(steadyProfile(4), 1)).toEqual([1]);
    expect(joined(joiningProfile(1, 9), 1)).toEqual([1]);
  });

  test('take the time of that many rows, and HTTP for each', () => {
    const [alone, two] = requestCost(joiningProfile(4, 0.5), 3).modes;
    expect(two!.service.meanMs).toBeCloseTo(4 + 6 * 0.5 + 2 * HTTP_MS, 10);
    expect(two!.cpuMs).toBe(alone.cpuMs); // while there are none to join with
  });
});

test.each([
  [1, 0.1],
  [5, 0.12],
  [9, 0.14],
  [17, 0.3],
  [25, 0.46],
])('what HTTP adds to a request of %d rows lies on the lines through what was measured', (rows, ms) => {
  const http = [
    { rows: 0, cpuMs: 0.05 },
    { rows: 1, cpuMs: 0.1 },
    { rows: 9, cpuMs: 0.14 },
    { rows: 17, cpuMs: 0.3 },
  ];
  expect(requestCost(steadyProfile(1, { http }), rows).modes[0].service.meanMs).toBeCloseTo(rows + ms, 10);
});

test('TLS to the instances costs half of a request that predicts nothing, each time', () => {
  const profile = steadyProfile(1);
  const cost = (backendTls: boolean) => requestCost(profile, 1, 'rows', { backendTls });
  const more = profile.http[0]!.cpuMs / 2;
  expect(cost(true).modes[0].cpuMs - cost(false).modes[0].cpuMs).toBeCloseTo(more, 10);
  expect(cost(true).httpMs - cost(false).httpMs).toBeCloseTo(more, 10);
});

test('of more rows than were measured HTTP never takes less than of those', () => {
  const http = [
    { rows: 1, cpuMs: 0.2 },
    { rows: 9, cpuMs: 0.1 },
  ];
  expect(requestCost(steadyProfile(1, { http }), 64).modes[0].service.meanMs).toBeCloseTo(64 + 0.1, 10);
});
