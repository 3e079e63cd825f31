/**
 * The signature of a model: its named, typed inputs and outputs.
 *
 * A row is an ordered list of columns. The ONNX graph takes one or more input tensors, each of
 * which holds some of those columns, in row order. The graph's outputs are named after the
 * scikit-learn method whose answer they give.
 */
import type { Tokenizer } from './tokens';

/** Element types, named as numpy names them. */
export type ElementType = 'float64' | 'float32' | 'int64' | 'bool' | 'string';

/** A prediction method, named as scikit-learn names it. */
export const METHODS = ['predict', 'predict_proba', 'decision_function'] as const;

export type Method = (typeof METHODS)[number];

/** A class label or a regression value, as it stands in JSON. */
export type Label = number | string | boolean;

export interface Column {
  /** The training column's name; `x0`, `x1`, ... when the model was trained without names (scikit-learn's own convention). */
  readonly name: string;
  readonly type: ElementType;
  /** Whether `null` (NaN) is accepted. False where scikit-learn would have raised. */
  readonly missing: boolean;
  /** Largest accepted magnitude, where scikit-learn has one: trees cast to float32 and refuse what overflows. */
  readonly maximum?: number;
  /** What a number must be above, where the model takes its logarithm or root and scikit-learn would have raised. */
  readonly above?: number;
  /** One number that is not accepted, where the model takes its logarithm and scikit-learn refuses infinity alone. */
  readonly except?: number;
  /** The only values that are accepted, where scikit-learn would have raised for others: numbers, or text for a column of text. */
  readonly categories?: readonly Label[];
  /** For a column of text: the graph is given its tokens, with spaces between, and not the text itself. */
  readonly tokens?: Tokenizer;
  /** True for a column that the model was given and does not look at: anything is accepted, nothing too. It is in no input. */
  readonly unused?: true;
}

/** Whether `null` is accepted: whole numbers and truth values have no missing value. */
export function takesNull({ type, missing }: Column): boolean {
  return missing && type !== 'int64' && type !== 'bool';
}

/**
 * A missing value in a tensor of text. Unicode reserves it for use inside of a program, so that it is not
 * text that anybody sends; where it is sent all the same it is refused.
 */
export const MISSING_TEXT = '\u{10ffff}';

export interface InputTensor {
  /** Name of the ONNX graph input. Its shape is `[rows, columns.length]`. */
  readonly name: string;
  readonly type: ElementType;
  /** Indices into `Signature.columns`, ascending. */
  readonly columns: readonly number[];
}

export interface OutputTensor {
  /** Name of the ONNX graph output and of the method it answers. */
  readonly name: Method;
  readonly type: ElementType;
  /** Values per row. 1 means that the tensor's shape is `[rows]`, otherwise it is `[rows, width]`. */
  readonly width: number;
}

export interface Signature {
  readonly columns: readonly Column[];
  /** Whether the model itself knows its column names; if not, rows are best sent as arrays. */
  readonly namedColumns: boolean;
  readonly inputs: readonly InputTensor[];
  readonly outputs: readonly OutputTensor[];
  /** Class labels in the order of the columns of `predict_proba`; absent for a model without classes. */
  readonly classes?: readonly Label[];
}

/** The output that answers `method`, or undefined if the model has none. */
export function outputOf(signature: Signature, method: Method): OutputTensor | undefined {
  return signature.outputs.find((output) => output.name === method);
}

/** The classes, where the method has a value for each of them. */
export function rankedClasses(signature: Signature, method: Method = 'predict_proba'): readonly Label[] | undefined {
  const { classes } = signature;
  return classes && outputOf(signature, method)?.width === classes.length ? classes : undefined;
}
