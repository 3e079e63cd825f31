import { HTTP_MS, requestCost } from '../../lib/sizing/service';
import { steadyProfile } from './fixtures';

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
    const { service } = requestCost({ ...profile, batches }, rows);
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
    const { service } = requestCost(steadyProfile(1, { batches: [batch] }), 1);
    expect(service.meanMs).toBeCloseTo(1.1 + HTTP_MS, 1);
    expect(service.samplesMs.at(-1)).toBeGreaterThan(10);
  });

  test('is raised where the engine used more CPU time than wall time', () => {
    const batch = { rows: 1, samples: 600, cpuMs: 4, wallMsQuantiles: [2, 2, 2] };
    expect(requestCost(steadyProfile(1, { batches: [batch] }), 1).service.meanMs).toBeCloseTo(4 + HTTP_MS, 10);
  });
});
