import { TESTED_RANGE, TESTED_RELEASES } from '../../../lib/packaging/estimator/version';
import { RELEASES } from '../../../testing/library-releases';
import { FAMILIES, releasesOf } from '../fixtures';

const minorOf = (text: string): string => /(\d+\.\d+)\.[^/]*$/.exec(text.replace(/-scipy.*/, ''))![1]!;

test.each(FAMILIES)(
  'the models of %s are of the oldest and the newest release that are converted, and of two between at least',
  (family) => {
    const minors = releasesOf(`sklearn/${family}`).map(minorOf);
    expect(new Set(minors).size).toBeGreaterThanOrEqual(4);
    expect(`${minors[0]} to ${minors.at(-1)}`).toBe(TESTED_RANGE);
  },
);

test('every release that is converted is one that the proof of parity compares with', () => {
  expect([...new Set(RELEASES.map(({ version }) => minorOf(version)))]).toEqual(TESTED_RELEASES);
});
