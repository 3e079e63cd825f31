/** The error for golden rows that do not hold: which, by how much, and what they have in common. */
import { SlipwayError } from '../../model/error';
import type { GoldenRows } from '../../model/package/golden-file';
import type { GoldenDifference, Replay } from '../../model/package/golden-replay';

/** Differences that are shown. */
const SHOWN = 5;

/** Magnitude from which on float32 no longer holds every integer. */
const LARGE = 2 ** 24;

/**
 * @param origin where the differences start, as far as that is known
 * @param warnings what was said of the model, which may be why
 */
export function parityError(
  file: string,
  golden: GoldenRows,
  { differences }: Replay,
  { origin, warnings }: { readonly origin?: string | undefined; readonly warnings: readonly string[] },
): SlipwayError {
  const rows = [...new Set(differences.map((difference) => difference.row))];
  const hidden = differences.length - SHOWN;
  const shared = inCommon(golden, rows);
  return new SlipwayError(
    'E_PARITY',
    `${file}: ${rows.length} of ${golden.inputs.length} golden rows do not hold, so nothing was written; check that the golden rows were made with this very file, and with X in float64`,
    {
      problems: [
        ...differences.slice(0, SHOWN).map(describeDifference),
        ...(hidden > 0 ? [`... and ${hidden} more`] : []),
        ...(shared ? [shared] : []),
        ...warnings,
        ...(origin === undefined ? [] : [origin]),
      ],
    },
  );
}

/**
 * What sets the rows that differ apart from those that hold. It is said only where it holds for every row:
 * which estimator is at fault cannot be seen from outside.
 */
export function inCommon(golden: GoldenRows, differing: readonly number[]): string | undefined {
  const wrong = new Set(differing);
  if (wrong.size === golden.inputs.length) return undefined;
  const traits: readonly [string, (value: unknown) => boolean][] = [
    ['a missing value', (value) => value === null],
    [
      `a number beyond ${LARGE}, where float32 loses digits`,
      (value) => typeof value === 'number' && Math.abs(value) > LARGE,
    ],
  ];
  for (const [name, has] of traits) {
    const separates = golden.inputs.every((row, i) => values(row).some(([, value]) => has(value)) === wrong.has(i));
    if (!separates) continue;
    const columns = new Set(
      differing.flatMap((i) => values(golden.inputs[i]).flatMap(([column, value]) => (has(value) ? [column] : []))),
    );
    return `all rows that differ, and none that hold, have ${name} (in ${[...columns].slice(0, SHOWN).join(', ')})`;
  }
  return undefined;
}

function values(row: unknown): [string, unknown][] {
  if (Array.isArray(row)) return row.map((value, i) => [`column ${i}`, value]);
  return typeof row === 'object' && row !== null
    ? Object.entries(row).map(([name, value]) => [`"${name}"`, value])
    : [];
}

function describeDifference({ row, method, expected, got }: GoldenDifference): string {
  const text = `row ${row}, ${method}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`;
  const by = largestDifference(expected, got);
  return by === undefined ? text : `${text}, off by ${by.toExponential(1)}`;
}

function largestDifference(expected: unknown, got: unknown): number | undefined {
  const wanted = [expected].flat();
  const given = [got].flat();
  const by = wanted.map((value, i) =>
    typeof value === 'number' ? Math.abs(value - (given[i] as number)) : Number.NaN,
  );
  return by.every(Number.isFinite) ? Math.max(...by) : undefined;
}
