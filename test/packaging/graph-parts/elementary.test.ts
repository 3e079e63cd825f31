import { expm1, log1p } from '../../../lib/packaging/graph-parts/elementary';
import { evaluate } from '../evaluate';

const POINTS = [
  ...[0, 5e-324, 1e-300, 1e-17, 1e-16, 2.3e-16, 1e-12, 1e-9, 1.5e-9, 1e-8, 1e-5, 1e-3, 0.1, 0.5, 0.69, 0.999999, 1],
  ...[1.0000001, 2, 10, 700, 709, 1e10, 1e300],
];

test.each([
  ['log1p', log1p, Math.log1p],
  ['expm1', expm1, Math.expm1],
] as const)('%s keeps the last digits, near 0 and far from it', async (_name, build, exact) => {
  const rows = POINTS.map((point) => [point, -point]);
  const got = Array.from((await evaluate(build, rows, 2)).data, Number);
  rows.flat().forEach((x, i) => {
    const expected = exact(x);
    if (!Number.isFinite(expected)) expect([x, got[i]]).toEqual([x, expected]);
    else expect(Math.abs(got[i]! - expected)).toBeLessThanOrEqual(4e-15 * Math.abs(expected));
  });
});
