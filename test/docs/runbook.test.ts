/** docs/runbook.md and the table of alarms: a section for each, in its order, which says what the table does. */
import { readFileSync } from 'node:fs';
import type { Severity } from '../../lib/sizing/alarms/alarm';
import { ALARM_TABLE } from '../../lib/sizing/alarms/alarms';
import { metricsOf } from '../../lib/sizing/alarms/planned-alarms';
import { DEFAULT_REGION, loadCatalogue } from '../../lib/sizing/catalogue/catalogue';

const { alarmMonth } = loadCatalogue(DEFAULT_REGION).prices;

const SAYS: Readonly<Record<Severity, string>> = {
  page: 'Pages, but not while a deployment runs',
  'page always': 'Pages, also while a deployment runs',
  inform: 'Informs',
  note: 'Tells nobody',
};

const [, ...sections] = readFileSync('docs/runbook.md', 'utf8').split(/^## /m);
const words = (text: string) => text.replaceAll(/\s+/g, ' ').trim();

test('has the alarms of the table, in its order', () => {
  const headings = sections.map((section) => section.slice(0, section.indexOf('\n')));
  expect(headings).toEqual(ALARM_TABLE.map(({ symptom }) => `${symptom[0]!.toUpperCase()}${symptom.slice(1)}`));
});

test.each(ALARM_TABLE.map((entry, i) => [entry.name, entry, sections[i] ?? ''] as const))(
  '%s: who is told, what it costs, and the first step are those of the table',
  (name, entry, section) => {
    const usd = (metricsOf(entry) * alarmMonth).toFixed(2);
    const each = name === 'EmptyZone' ? ' for each zone of the fleet' : '';
    const [, facts, first, ...further] = section.split(/\n+(?=First: )|\n\n|(?<=^[^\n]*)\n/);
    expect(words(facts ?? '')).toBe(
      `${SAYS[entry.severity ?? 'inform']}. Alarm \`${name}\`, ${usd} USD a month${each}.`,
    );
    expect(words(first ?? '')).toBe(`First: ${entry.firstStep}`);
    expect(further.join('').length).toBeGreaterThan(40);
  },
);
