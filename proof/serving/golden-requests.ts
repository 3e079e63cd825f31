/** Requests whose answers are known: rows of the example's golden rows, any number of them from any place on. */
import { readModelPackage } from '../../lib/model/package/model-package';
import { NUMBERS } from './models';

const { golden, manifest } = readModelPackage(NUMBERS);

/** Names of the columns, in order. */
export const names = manifest.signature.columns.map(({ name }) => name);

/** The golden inputs as arrays in column order. */
export const rows: readonly (readonly number[])[] = golden!.inputs.map((row) =>
  Array.isArray(row) ? row : names.map((name) => (row as Record<string, number>)[name]!),
);

export interface GoldenRequest {
  readonly body: Buffer;
  /** The text that `POST /predict` must answer. */
  readonly answer: string;
}

export function goldenRequest(from: number, count: number): GoldenRequest {
  const chosen = Array.from({ length: count }, (_, i) => (from + i) % rows.length);
  return {
    body: Buffer.from(JSON.stringify({ data: chosen.map((row) => rows[row]) })),
    answer: JSON.stringify({ result: chosen.map((row) => golden!.predict[row]) }),
  };
}
