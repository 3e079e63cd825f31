/** Training rows complete what a model file does not say of its columns: their names, and whether values may be missing. */
import { SlipwayError } from '../../model/error';
import type { Column, Signature } from '../../model/rows/signature';
import { isMissing, numberOf } from './cell';
import type { Table } from './table';

/** Rows and columns that a message lists. */
const LISTED = 8;

interface Completion {
  /**
   * Whether missing values in the table say that the model takes them: true where the file itself cannot say it, as
   * with ONNX. scikit-learn's own files say it, and are believed.
   */
  readonly missingFromData: boolean;
}

/**
 * The signature, completed and checked against rows that the model was trained on.
 *
 * @throws SlipwayError E_INPUT when the rows are not of this model
 */
export function completeSignature(signature: Signature, table: Table, { missingFromData }: Completion): Signature {
  const problems: string[] = [];
  const fits = signature.namedColumns ? byName(signature, table, problems) : inOrder(signature, table, problems);
  const columns = signature.columns.map((column, i): Column => {
    const found = fits[i];
    if (!found || column.type === 'string') return found ? { ...column, name: found.name } : column;
    const wrong = found.cells.findIndex((cell) => !isMissing(cell) && numberOf(cell) === undefined);
    if (wrong >= 0) {
      problems.push(
        `column "${found.name}", row ${wrong}: ${JSON.stringify(found.cells[wrong])} is text, and the model takes numbers there`,
      );
    }
    const nullable = column.type === 'float32' || column.type === 'float64';
    const missing = column.missing || (missingFromData && nullable && found.cells.some(isMissing));
    return { ...column, name: found.name, missing };
  });
  if (problems.length > 0) {
    throw new SlipwayError('E_INPUT', `${table.file}: its rows are not those of this model`, {
      problems: problems.slice(0, LISTED),
    });
  }
  return { ...signature, columns, namedColumns: true };
}

function byName(signature: Signature, table: Table, problems: string[]) {
  const there = new Map(table.columns.map((column) => [column.name, column]));
  return signature.columns.map(({ name, unused }) => {
    const column = there.get(name);
    if (!column && !unused) problems.push(`there is no column "${name}", which the model takes`);
    return column;
  });
}

function inOrder({ columns }: Signature, table: Table, problems: string[]) {
  if (table.columns.length !== columns.length) {
    const names = table.columns.slice(0, LISTED).map(({ name }) => `"${name}"`);
    problems.push(
      `it has ${table.columns.length} columns (${names.join(', ')}${table.columns.length > LISTED ? ', ...' : ''}), and the model takes ${columns.length} without knowing their names; give the columns of X alone, in the order of training`,
    );
  }
  return table.columns;
}
