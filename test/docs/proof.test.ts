/** The table of results of the proofs: what stood once must stand, and what a proof shows must be there. */
import { readFileSync } from 'node:fs';
import { PROOF_RESULTS, PROVED, rowsOf, sectionOf, withRows, withSection } from '../../testing/proof-results';

const page = readFileSync(PROOF_RESULTS, 'utf8');

test('no row of the recorded results fell', () => {
  expect(page.split('\n').filter((line) => line.endsWith('| FELL |'))).toEqual([]);
});

test.each(Object.entries(PROVED))('the section of proof:%s has every row, once it was recorded', (proof, rows) => {
  const [, section] = page.split(`<!-- proof:${proof} -->`);
  if (section === undefined) return; // not recorded yet: the page says so
  for (const what of rows) expect(section).toContain(`| ${what} |`);
});

describe('a section', () => {
  const row = { what: 'a | b', bound: '0 lost', found: '0 of 20,000', holds: true };
  const section = sectionOf('traffic', [row], { HAProxy: '2.6.12' }, '2026-11-29');

  test('says when and with what it ran, and each row', () => {
    expect(section).toMatch(/^2026-11-29; Slipway .*,\nNode\.js .*,\nHAProxy 2\.6\.12\.$/m);
    expect(section).toContain('| a \\| b | 0 lost | 0 of 20,000 | holds |');
    expect(sectionOf('traffic', [{ ...row, holds: false }], {}, '2026-11-29')).toContain('| FELL |');
  });

  test('tells what stood', () => {
    expect(rowsOf(`# Page\n\n${section}`, 'traffic')).toEqual(['a | b']);
    expect(rowsOf(section, 'soak')).toEqual([]);
  });

  test('takes rows of a run of a part, on its day alone', () => {
    const page = `# Page\n\n${section}`;
    const again = withRows(page, 'traffic', [{ ...row, found: '1 $& of 20' }], '2026-11-29');
    expect(again).toBe(page.replace('0 of 20,000', () => '1 $& of 20'));
    expect(() => withRows(page, 'traffic', [row], '2026-11-30')).toThrow(/not of today/);
    expect(() => withRows(page, 'traffic', [{ ...row, what: 'c' }], '2026-11-29')).toThrow(/has no row c/);
  });

  test('takes the place of the one before it, and leaves others alone', () => {
    const other = sectionOf('soak', [row], {}, '2026-11-28');
    const first = withSection(withSection('# Page\n', 'traffic', section), 'soak', other);
    const again = withSection(first, 'traffic', sectionOf('traffic', [row, row], {}, '2026-11-30'));
    expect(again).toContain(other);
    expect(again.match(/## proof:traffic/g)).toHaveLength(1);
    expect(again).toContain('2026-11-30');
    expect(withSection(again, 'traffic', section)).toBe(first);
  });
});
