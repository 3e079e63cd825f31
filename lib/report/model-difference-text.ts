/** What a change does to the answers of a model, as Markdown for a pull request. */

import { percent } from '../model/units';
import type { Judged } from '../model-difference/judge';
import type { Metrics } from '../model-difference/metrics';
import type { ComparedRows, ModelDifference, PackageSide } from '../model-difference/model-difference';
import { code, markdownTable, plain } from './markdown';

const SHOWN_LARGEST = 5;
const SHOWN_PAIRS = 10;
const SHOWN_COLUMNS = 6;

const figure = (value: number) => `${Number(value.toPrecision(4))}`;

/**
 * @param title of the model, e.g. its stages
 * @returns without a heading of the whole
 */
export function modelDifferenceText(title: string, difference: ModelDifference): string {
  const { base, head, changes, compared } = difference;
  const name = (side: PackageSide) => `${code(side.name)} ${side.digest.slice(0, 12)}`;
  const lines = [
    base ? `**${plain(title)}**: ${name(base)} → ${name(head)}` : `**${plain(title)}**: ${name(head)}, a new model`,
    '',
    ...changes.map(({ text, breaking }) => `- ${plain(text)}${breaking ? ' **(clients may have to change)**' : ''}`),
    ...goldenLines(head, base),
  ];
  return [...lines, ...compared.flatMap((rows) => comparedLines(rows, base !== undefined))].join('\n');
}

function goldenLines({ goldenDiffering: head }: PackageSide, base: PackageSide | undefined): string[] {
  if (head === undefined) return ['- it has no golden rows: nothing says what it must answer'];
  const lines = head === 0 ? [] : [`- **${head} of its own golden rows do not hold: it would never be ready**`];
  const old = base?.goldenDiffering ?? 0;
  return old === 0 ? lines : [...lines, `- ${old} of the golden rows of the base do not hold in the base`];
}

const PLACES: Readonly<Record<ComparedRows['of'], string>> = {
  'golden rows': 'golden rows',
  'golden rows of the base': 'golden rows of the base',
  data: 'rows of the data',
};

function comparedLines(rows: ComparedRows, both: boolean): string[] {
  const { of, file, missing, refused, agreement, judged } = rows;
  const what = `${rows.rows} ${PLACES[of]}${file === undefined ? '' : ` in ${code(file)}`}`;
  const lines: string[] = [];
  for (const side of ['base', 'head'] as const) {
    const columns = missing?.[side] ?? [];
    if (columns.length > 0) lines.push(`- the ${side} cannot be run on them: they have no ${columnsText(columns)}`);
    if (refused[side] > 0) lines.push(`- the ${side} refuses ${refused[side]} of them`);
  }
  if (agreement) lines.push(...agreementLines(agreement, of));
  else if (both && !missing) lines.push('- no answer of the one can be compared with one of the other');
  if (judged) lines.push(...judgedLines(judged));
  if (!both && lines.length === 0) return [];
  return ['', `On ${what}:`, '', ...lines];
}

function columnsText(columns: readonly string[]): string {
  const more = columns.length - SHOWN_COLUMNS;
  return `column ${columns.slice(0, SHOWN_COLUMNS).map(code).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function agreementLines(agreement: NonNullable<ComparedRows['agreement']>, of: ComparedRows['of']): string[] {
  const { rows, agreeing, outputs, confusion, largest } = agreement;
  const lines = [
    `- **${percent(agreeing / rows, 2)} agree** (${agreeing} of ${rows})`,
    ...Object.entries(outputs).map(([method, one]) =>
      method === 'predict' && confusion.length > 0
        ? `- ${code(method)}: ${one.rows - one.agreeing} other labels`
        : `- ${code(method)}: ${percent(one.agreeing / one.rows, 2)} agree, mean difference ${figure(one.sumOfDifferences / one.rows)}, largest ${figure(one.largest)}`,
    ),
  ];
  const changed = [...confusion].filter(([was, is]) => was !== is).sort((a, b) => b[2] - a[2]);
  if (changed.length > 0) {
    const pairs = changed.slice(0, SHOWN_PAIRS).map(([was, is, many]) => [code(was), code(is), `${many}`]);
    lines.push('', ...markdownTable(['label of the base', 'of the head', 'rows'], pairs));
  }
  if (largest.length > 0) {
    const values = of === 'data' ? [] : ['the row'];
    lines.push(
      '',
      ...markdownTable(
        ['row, from 0', 'answer of', 'base', 'head', 'difference', ...values],
        largest
          .slice(0, SHOWN_LARGEST)
          .map((one) => [
            `${one.row}`,
            one.output,
            code(rounded(one.served)),
            code(rounded(one.shadow)),
            one.difference === null ? 'no number' : figure(one.difference),
            ...(one.values ? [rowText(one.values)] : []),
          ]),
      ),
    );
  }
  return lines;
}

const rounded = (answer: unknown): unknown =>
  Array.isArray(answer) ? answer.map(rounded) : typeof answer === 'number' ? Number(answer.toPrecision(4)) : answer;

function rowText(values: Readonly<Record<string, unknown>>): string {
  const all = Object.entries(values);
  const shown = all.slice(0, SHOWN_COLUMNS).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return shown.map(code).join(' ') + (all.length > SHOWN_COLUMNS ? ` and ${all.length - SHOWN_COLUMNS} more` : '');
}

const METRICS: readonly (readonly [string, (metrics: Metrics) => number | undefined])[] = [
  ['accuracy', (one) => (one.kind === 'classes' ? one.accuracy : undefined)],
  ['log loss', (one) => (one.kind === 'classes' ? one.logLoss : undefined)],
  ['AUC', (one) => (one.kind === 'classes' ? one.auc : undefined)],
  ['RMSE', (one) => (one.kind === 'numbers' ? one.rmse : undefined)],
  ['MAE', (one) => (one.kind === 'numbers' ? one.mae : undefined)],
  ['R²', (one) => (one.kind === 'numbers' ? one.r2 : undefined)],
];

function judgedLines({ rows, base, head, rightInHeadOnly, rightInBaseOnly, unknownLabels }: Judged): string[] {
  const known = METRICS.map(([name, of]) => [name, base && of(base), head && of(head)] as const).filter(
    ([, old, now]) => old !== undefined || now !== undefined,
  );
  const show = (value: number | undefined) => (value === undefined ? '-' : figure(value));
  const change = (old: number | undefined, now: number | undefined) =>
    old === undefined || now === undefined ? '-' : signed(now - old);
  const lines = [
    '',
    ...markdownTable(
      [`on ${rows} rows with the truth`, 'base', 'head', 'change'],
      known.map(([name, old, now]) => [name, show(old), show(now), change(old, now)]),
    ),
  ];
  if (rightInHeadOnly !== undefined) {
    lines.push('', `Right in the head only: ${rightInHeadOnly} rows; right in the base only: ${rightInBaseOnly}.`);
  }
  if (unknownLabels > 0) lines.push('', `${unknownLabels} labels of the data are none that the model has.`);
  return lines;
}

function signed(change: number): string {
  if (change === 0) return 'the same';
  return `${change > 0 ? '+' : '−'}${figure(Math.abs(change))}`;
}
