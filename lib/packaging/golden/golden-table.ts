/**
 * Golden rows from a table: the columns of the model by their names, and beside them what it must answer.
 *
 * - `predict`: the label or number; for several targets `predict_0`, `predict_1`, ...
 * - `predict_proba_<class>`: one column for each class, e.g. `predict_proba_1`, `predict_proba_yes`
 * - `decision_function`, or `decision_function_<class>` for more than two classes
 */
import { SlipwayError } from '../../model/error';
import type { GoldenRows } from '../../model/package/golden-file';
import { type Column, type Label, outputOf, type Signature } from '../../model/rows/signature';
import { type Cell, isMissing, numberOf, truthOf } from './cell';
import type { Table } from './table';

type TableColumn = Table['columns'][number];

/** @throws SlipwayError E_GOLDEN listing everything that is wrong */
export function goldenFromTable(table: Table, signature: Signature): GoldenRows {
  const problems: string[] = [];
  const answers = table.columns.filter(({ name }) =>
    /^(predict(_\d+)?|predict_proba_.*|decision_function(_.*)?)$/s.test(name),
  );
  const inputs = inputColumns(table, signature, answers, problems);
  const targets = outputOf(signature, 'predict')?.width ?? 1;
  const names = targets === 1 ? ['predict'] : Array.from({ length: targets }, (_, i) => `predict_${i}`);
  const predict = names.map((name) => answers.find((column) => column.name === name));
  names.forEach((name, i) => {
    if (!predict[i]) problems.push(`there is no column "${name}": the labels or numbers that the model gave`);
  });

  const { classes } = signature;
  const probabilities = perClass(answers, 'predict_proba_', classes, problems);
  const several = perClass(answers, 'decision_function_', classes, problems);
  const single = answers.find(({ name }) => name === 'decision_function');
  const fields = {
    inputs: inputRows(table, signature, inputs),
    predict: predictions(predict, signature, table.rows, problems),
    ...(probabilities && { predict_proba: numberRows(probabilities, table.rows, problems) }),
    ...(several && { decision_function: numberRows(several, table.rows, problems) }),
    ...(single && { decision_function: numberRows([single], table.rows, problems).map(([value]) => value ?? null) }),
  };
  if (problems.length > 0) {
    const shown = problems.slice(0, 10);
    throw new SlipwayError('E_GOLDEN', `${table.file}: the golden rows are not usable`, { problems: shown });
  }
  return fields;
}

/** The table's column for each column of the model; undefined where a column of the model is not looked at. */
function inputColumns(
  table: Table,
  signature: Signature,
  answers: readonly TableColumn[],
  problems: string[],
): readonly (TableColumn | undefined)[] {
  const others = table.columns.filter((column) => !answers.includes(column));
  const { found, inOrder, missing } = columnsFor(signature, others);
  const known = new Set(signature.columns.map(({ name }) => name));
  for (const { name } of inOrder ? [] : others) {
    if (!known.has(name)) problems.push(`the column "${name}" is neither one of the model nor an answer of it`);
  }
  problems.push(...missing.map((name) => `there is no column "${name}", which the model takes`));
  return found;
}

/** The column for each column of the model: by their names, or in their order where neither knows the other's names. */
export function columnsFor({ columns, namedColumns }: Signature, given: readonly TableColumn[]) {
  const byName = new Map(given.map((column) => [column.name, column]));
  const inOrder = !namedColumns && given.length === columns.length && !columns.some(({ name }) => byName.has(name));
  const found = inOrder ? given : columns.map(({ name }) => byName.get(name));
  const missing = columns.filter(({ unused }, i) => !found[i] && !unused).map(({ name }) => name);
  return { found, inOrder, missing };
}

/** Rows as JSON would carry them. */
export function inputRows(
  table: Pick<Table, 'rows' | 'untyped'>,
  { columns, namedColumns }: Signature,
  found: readonly (TableColumn | undefined)[],
) {
  return Array.from({ length: table.rows }, (_, row) => {
    const values = columns.map((column, i) => (found[i] ? inputValue(found[i].cells[row]!, column, table) : null));
    return namedColumns ? Object.fromEntries(columns.map(({ name }, i) => [name, values[i]])) : values;
  });
}

/** A cell as the value that JSON would carry. What does not fit the column is left as it is: the replay refuses it by its place. */
function inputValue(cell: Cell, column: Column, { untyped }: Pick<Table, 'untyped'>): Cell {
  if (column.type === 'string') {
    if (cell === null || (untyped && cell === '')) return null;
    return String(cell);
  }
  if (isMissing(cell)) return null;
  return numberOf(cell) ?? cell;
}

function predictions(
  columns: readonly (TableColumn | undefined)[],
  signature: Signature,
  rows: number,
  problems: string[],
): GoldenRows['predict'] {
  const found = columns.filter((column) => column !== undefined);
  const answers = Array.from({ length: rows }, (_, row) =>
    found.map(({ name, cells }) => answer(cells[row]!, signature, `row ${row}, ${name}`, problems)),
  );
  return columns.length === 1 ? answers.map(([only]) => only ?? null) : answers;
}

/** @param place to begin a message with */
function answer(cell: Cell, signature: Signature, place: string, problems: string[]): Label | null {
  const type = outputOf(signature, 'predict')?.type;
  if (type !== 'string' && type !== 'bool') return number(cell, place, problems);
  const value = type === 'bool' ? truthOf(cell) : cell === null ? undefined : String(cell);
  if (value !== undefined) return value;
  problems.push(`${place}: ${JSON.stringify(cell)} is no ${type === 'string' ? 'label' : 'True or False'}`);
  return '';
}

/** A number that the model gave; null where it gave NaN, which is an empty cell. */
function number(cell: Cell, place: string, problems: string[]): number | null {
  if (isMissing(cell)) return null;
  const value = numberOf(cell);
  if (value === undefined) problems.push(`${place}: ${JSON.stringify(cell)} is no number`);
  return value ?? 0;
}

/** The columns of a method with one value for each class, in the order of the classes; undefined when there are none. */
function perClass(
  answers: readonly TableColumn[],
  prefix: string,
  classes: readonly Label[] | undefined,
  problems: string[],
): TableColumn[] | undefined {
  const there = answers.filter(({ name }) => name.startsWith(prefix));
  if (there.length === 0) return undefined;
  if (!classes) {
    problems.push(`there is "${there[0]!.name}", and the model has no classes`);
    return undefined;
  }
  const found = classes.map((label) => there.find(({ name }) => spellings(label).includes(name.slice(prefix.length))));
  classes.forEach((label, i) => {
    if (!found[i]) problems.push(`there is no column "${prefix}${label}" beside the other ${prefix}...`);
  });
  for (const column of there) {
    if (!found.includes(column))
      problems.push(`the column "${column.name}" is for a class that the model does not have`);
  }
  return found.every((column) => column !== undefined) ? found : undefined;
}

/** How Python and JavaScript write a label. */
export function spellings(label: Label): string[] {
  if (typeof label === 'boolean') return [String(label), label ? 'True' : 'False'];
  return typeof label === 'number' && Number.isInteger(label) ? [String(label), `${label}.0`] : [String(label)];
}

function numberRows(columns: readonly TableColumn[], rows: number, problems: string[]): (number | null)[][] {
  return Array.from({ length: rows }, (_, row) =>
    columns.map(({ name, cells }) => number(cells[row]!, `row ${row}, ${name}`, problems)),
  );
}
