import type { HostKind } from '../../lib/model/package/profile';
import { compareProfiles, staysAsItWas } from '../../lib/report/profile-agreement';
import { steadyProfile } from '../../testing/sizing/examples';

const before = steadyProfile(4);

test('two runs that differ by less than the windows of one may agree', () => {
  expect(compareProfiles(before, steadyProfile(4.2))).toEqual({
    kind: 'same machine',
    moved: [],
    largest: expect.closeTo(0.05, 6),
  });
});

test('what moved is named, with both values', () => {
  const slower = steadyProfile(5, { memory: { ...before.memory, loadedMiB: 150 } });
  expect(compareProfiles(before, slower)).toMatchObject({
    moved: [
      'memory 100 MiB -> 150 MiB (+50 %)',
      'CPU of 1 row 4000 us -> 5000 us (+25 %)',
      'CPU of 2 rows 8000 us -> 10000 us (+25 %)',
    ],
  });
});

test.each([
  ['another model', { modelSha256: 'b'.repeat(64) }, 'of another model'],
  [
    'another processor',
    { machine: { ...before.machine, cpuModel: 'Xeon' } },
    'of another processor (AMD EPYC 9R14, now Xeon)',
  ],
  [
    'another engine',
    { machine: { ...before.machine, engine: 'x 2' } },
    'of another engine (onnxruntime 1.30.0, now x 2)',
  ],
])('a profile of %s is not compared', (_, change, why) => {
  expect(compareProfiles(before, { ...before, ...change })).toEqual({ kind: 'other', why });
});

describe('a profile that was there stays', () => {
  const disturbed = (spread: number) => ({ machine: { ...before.machine, spread } });

  test('where the new one says the same', () => {
    expect(staysAsItWas(before, steadyProfile(4.2))).toBe(true);
  });

  test('not where a request or its HTTP takes another time', () => {
    expect(staysAsItWas(before, steadyProfile(5))).toBe(false);
    const http = before.http.map((cost) => ({ ...cost, cpuMs: 1.2 * cost.cpuMs }));
    expect(staysAsItWas(before, steadyProfile(4, { http }))).toBe(false);
  });

  test('where others share the processors, and are busier some minutes later', () => {
    const on = (host: HostKind) => ({ machine: { ...before.machine, host } });
    expect(staysAsItWas(steadyProfile(4, on('shared')), steadyProfile(5.5, on('shared')))).toBe(true);
    expect(staysAsItWas(steadyProfile(4, on('shared')), steadyProfile(5.7, on('shared')))).toBe(false);
    expect(staysAsItWas(steadyProfile(4, on('shared')), steadyProfile(5, on('dedicated')))).toBe(false); // known better
    expect(staysAsItWas(steadyProfile(4, on('dedicated')), steadyProfile(5, on('dedicated')))).toBe(false);
    const larger = { ...on('shared'), memory: { ...before.memory, loadedMiB: 130 } };
    expect(staysAsItWas(steadyProfile(4, on('shared')), steadyProfile(4, larger))).toBe(false); // no neighbour takes memory
  });

  test('not where it was disturbed and the new one is not', () => {
    expect(staysAsItWas(steadyProfile(4, disturbed(0.3)), before)).toBe(false);
    expect(staysAsItWas(before, steadyProfile(5, disturbed(0.3)))).toBe(true); // within the noise of the new one
  });

  test('not where it knows less', () => {
    const { lightCpuMs: _, ...unlit } = before.http[1]!;
    expect(staysAsItWas(steadyProfile(4, { http: [before.http[0]!, unlit] }), before)).toBe(false);
  });
});
