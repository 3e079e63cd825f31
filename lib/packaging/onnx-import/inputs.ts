/** The inputs of an ONNX file as columns of a row. */
import { SlipwayError } from '../../model/error';
import type { Column, ElementType, InputTensor } from '../../model/rows/signature';
import type { DocumentValue, OnnxDocument } from '../onnx/document';
import type { OnnxValue } from '../onnx/model';

const TYPES: readonly ElementType[] = ['float64', 'float32', 'int64', 'bool', 'string'];

/** Columns of a row: the signature has an entry for each. */
const MAXIMUM_COLUMNS = 100_000;

interface ImportedInputs {
  readonly columns: readonly Column[];
  readonly namedColumns: boolean;
  readonly inputs: readonly InputTensor[];
  /** The graph inputs as they are to be declared. */
  readonly declared: readonly OnnxValue[];
}

export function elementType(value: DocumentValue): ElementType | undefined {
  return TYPES.find((type) => type === value.type);
}

/**
 * Every input is a matrix of rows and columns. Whether NaN means something to the model the file does not say, so
 * no column accepts it; `--data` with missing values says so.
 *
 * @param width number of columns of the rows, where something else says it
 * @throws SlipwayError E_UNSUPPORTED for an input that is no such matrix
 */
export function importInputs(document: OnnxDocument, width: number | undefined): ImportedInputs {
  const { file } = document;
  if (document.inputs.length === 0) throw new SlipwayError('E_UNSUPPORTED', `${file}: has no inputs`);
  const columns: Column[] = [];
  const alone = document.inputs.length === 1;
  const inputs: InputTensor[] = [];
  const declared: OnnxValue[] = [];
  for (const input of document.inputs) {
    const type = elementType(input);
    const refuse = (what: string) => new SlipwayError('E_UNSUPPORTED', `${file}: input "${input.name}" ${what}`);
    if (!type) throw refuse(`is ${input.description}; tensors of ${TYPES.join(', ')} are converted`);
    const [rows, fixed] = input.shape ?? [];
    if (input.shape?.length !== 2) {
      throw refuse(
        `has ${input.shape ? `${input.shape.length} axes` : 'no shape'}; a model of tables takes [rows, columns]`,
      );
    }
    if (rows !== null) throw refuse(`takes exactly ${rows} rows; export the model with a first axis that is not fixed`);
    const count = fixed ?? (alone ? width : undefined);
    if (count === undefined) {
      throw refuse('does not say how many columns it takes; give rows of it with --data, or export it with its shape');
    }
    if (count < 1) throw refuse('has no columns; a model of tables takes at least one');
    if (columns.length + count > MAXIMUM_COLUMNS) {
      const limit = `at most ${MAXIMUM_COLUMNS} are taken, since each has a name and a check of its own`;
      throw new SlipwayError('E_LIMIT', `${file}: takes ${columns.length + count} columns; ${limit}`);
    }
    inputs.push({ name: input.name, type, columns: Array.from({ length: count }, (_, i) => columns.length + i) });
    for (let i = 0; i < count; i++) {
      const name = alone && count > 1 ? `x${i}` : count === 1 ? input.name : `${input.name}${i}`;
      columns.push({ name, type, missing: false });
    }
    declared.push({ name: input.name, type, shape: [null, count] });
  }
  const names = new Set(columns.map(({ name }) => name));
  if (names.size < columns.length) {
    throw new SlipwayError('E_UNSUPPORTED', `${file}: has inputs whose columns would share a name; rename the inputs`);
  }
  return { columns, namedColumns: inputs.every((input) => input.columns.length === 1), inputs, declared };
}
