/** The runbooks and the tables of alarms: a section for each alarm, in the order of the table, which says what the table does. */
import { readFileSync } from 'node:fs';
import type { Severity } from '../../lib/sizing/alarms/alarm';
import { ALARM_TABLE } from '../../lib/sizing/alarms/alarms';
import { metricsOf, RUNBOOK } from '../../lib/sizing/alarms/planned-alarms';
import { DEFAULT_REGION, loadCatalogue } from '../../lib/sizing/catalogue/catalogue';
import { FUNCTION_ALARM_TABLE, FUNCTION_RUNBOOK, functionMetricsOf } from '../../lib/sizing/function/function-alarms';

const { alarmMonth } = loadCatalogue(DEFAULT_REGION).prices;

const SAYS: Readonly<Record<Severity, string>> = {
  page: 'Pages, but not while a deployment runs',
  'page always': 'Pages, also while a deployment runs',
  inform: 'Informs',
  note: 'Tells nobody',
};

const words = (text: string) => text.replaceAll(/\s+/g, ' ').trim();

interface Row {
  readonly name: string;
  readonly symptom: string;
  readonly severity?: Severity;
  readonly firstStep: string;
}

const INSTANCES = ALARM_TABLE.map((entry) => [entry, metricsOf(entry)] as const);
const FUNCTIONS = FUNCTION_ALARM_TABLE.map((entry) => [entry, functionMetricsOf(entry)] as const);
const TABLES: readonly (readonly [string, readonly (readonly [Row, number])[]])[] = [
  [RUNBOOK, INSTANCES],
  [FUNCTION_RUNBOOK, FUNCTIONS],
];

describe.each(TABLES)('%s', (page, table) => {
  const [, ...sections] = readFileSync(page, 'utf8').split(/^## /m);

  test('has the alarms of the table, in its order', () => {
    const headings = sections.map((section) => section.slice(0, section.indexOf('\n')));
    expect(headings).toEqual(table.map(([{ symptom }]) => `${symptom[0]!.toUpperCase()}${symptom.slice(1)}`));
  });

  test.each(table.map(([entry, metrics], i) => [entry.name, entry, metrics, sections[i] ?? ''] as const))(
    '%s: who is told, what it costs, and the first step are those of the table',
    (name, entry, metrics, section) => {
      const usd = (metrics * alarmMonth).toFixed(2);
      const each = name === 'EmptyZone' ? ' for each zone of the fleet' : '';
      const [, facts, first, ...further] = section.split(/\n+(?=First: )|\n\n|(?<=^[^\n]*)\n/);
      expect(words(facts ?? '')).toBe(
        `${SAYS[entry.severity ?? 'inform']}. Alarm \`${name}\`, ${usd} USD a month${each}.`,
      );
      expect(words(first ?? '')).toBe(`First: ${entry.firstStep}`);
      expect(further.join('').length).toBeGreaterThan(40);
    },
  );
});
