/** What a model would have raised for in scikit-learn goes back to the columns of the request. */
import { encodeRows } from '../../lib/model/rows/row';
import type { Signature } from '../../lib/model/rows/signature';
import { convertFile } from './answers';
import { modelsOf } from './fixtures';

function accepts(signature: Signature, row: readonly unknown[]): boolean {
  try {
    encodeRows(signature, [row]);
    return true;
  } catch {
    return false;
  }
}

/** @param rows of models of the newest release: the file without its ending, a row, whether it is accepted */
export function describeColumns(
  family: string,
  rows: readonly (readonly [name: string, row: readonly unknown[], accepted: boolean])[],
): void {
  test.each(rows)('%s takes %j: %p', async (name, row, accepted) => {
    const { signature } = await convertFile(modelsOf(family), `${name}.joblib`);
    expect(accepts(signature, row)).toBe(accepted);
  });
}
