import { compareProfiles } from '../../lib/report/profile-agreement';
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
