/** Replays golden rows through a deployed endpoint, as any client would: JSON over HTTPS. */
import { SlipwayError } from '../../lib/model/error';
import { isRecord } from '../../lib/model/formats/json';
import { type GoldenRows, goldenMethods } from '../../lib/model/package/golden-file';
import {
  compareGolden,
  type GoldenDifference,
  maximumDifference,
  type Predictions,
} from '../../lib/model/package/golden-replay';
import type { ModelPackage } from '../../lib/model/package/model-package';
import type { Label, Method } from '../../lib/model/rows/signature';
import { postJson, type Trust } from './https-client';
import { unexpected, within } from './route';
import { ofVersion, servedAs } from './served-version';

/** A package as far as an endpoint is held against it. */
export type VerifiedPackage = Pick<ModelPackage, 'directory' | 'manifest' | 'digest' | 'golden'>;

export interface Verification {
  /** What the endpoint serves, where that is another package. */
  readonly serves?: string;
  /** Golden rows replayed. */
  readonly rows: number;
  readonly differences: readonly GoldenDifference[];
  /** Largest absolute difference of a number, also where all hold. */
  readonly maximumDifference: number;
  /** Wall time of each request in milliseconds, in the order they were sent. */
  readonly requestMs: readonly number[];
}

/** Rows of one request: several requests show more of the way than one large one, and none is large. */
const ROWS_PER_REQUEST = 16;

/**
 * Replay the golden rows of a model package against an endpoint, and see that it says it serves that package.
 *
 * @param url of the endpoint, without a route, e.g. `https://credit.example.com`
 * @throws SlipwayError E_UNREACHABLE when the endpoint does not answer with predictions,
 *   E_PACKAGE when the package has no golden rows, E_USAGE for a key that others could read on the way
 */
export async function verifyEndpoint(
  url: URL,
  modelPackage: VerifiedPackage,
  trust: Trust = {},
): Promise<Verification> {
  const { golden, manifest } = modelPackage;
  if (!golden || !manifest.golden) {
    throw new SlipwayError(
      'E_PACKAGE',
      `${modelPackage.directory}: has no golden rows, so there is nothing to verify; pack the model with --golden`,
    );
  }
  const served = await servedAs(url, modelPackage, trust);
  const serves = served.instead;
  const asked = serves === undefined ? ofVersion(served, trust) : trust;
  const rows = golden.inputs.length;
  const replayed = await replay(url, golden, manifest.batch === 'whole' ? rows : ROWS_PER_REQUEST, asked).catch(
    (error) => {
      if (serves === undefined) throw error;
      return undefined; // another model may well refuse these rows
    },
  );
  if (!replayed) return { serves, rows, differences: [], maximumDifference: 0, requestMs: [] };
  const { predictions, requestMs } = replayed;
  return {
    ...(serves !== undefined && { serves }),
    rows,
    differences: compareGolden(golden, predictions, manifest.signature, manifest.golden.tolerance),
    maximumDifference: maximumDifference(golden, predictions),
    requestMs,
  };
}

async function replay(
  url: URL,
  golden: GoldenRows,
  rowsPerRequest: number,
  trust: Trust,
): Promise<{ readonly predictions: Predictions; readonly requestMs: readonly number[] }> {
  const predictions: Partial<Record<Method, (Label | Label[])[]>> = {};
  const requestMs: number[] = [];
  for (const method of goldenMethods(golden)) {
    const answers: (Label | Label[])[] = [];
    predictions[method] = answers;
    for (const rows of slices(golden, rowsPerRequest)) {
      const route = within(url, method); // each method has a route of its own name
      const answer = await postJson(route, { data: rows }, trust);
      answers.push(...result(route, answer.status, answer.body, rows.length));
      requestMs.push(answer.milliseconds);
    }
  }
  return { predictions: predictions as Predictions, requestMs };
}

function* slices(golden: GoldenRows, rows: number): Generator<readonly unknown[]> {
  for (let start = 0; start < golden.inputs.length; start += rows) {
    yield golden.inputs.slice(start, start + rows);
  }
}

function result(url: URL, status: number, body: unknown, rows: number): (Label | Label[])[] {
  const values = isRecord(body) ? body.result : undefined;
  if (status === 200 && Array.isArray(values) && values.length === rows) return values;
  throw unexpected(url, status, `${rows} predictions`, body);
}

/** Whether the endpoint serves the package, and answers as it did where it was packed. */
export function holds({ serves, differences }: Pick<Verification, 'serves' | 'differences'>): boolean {
  return serves === undefined && differences.length === 0;
}
