/** Replays golden rows through a deployed endpoint, as any client would: JSON over HTTPS. */
import { SlipwayError } from '../../lib/model/error';
import { type GoldenRows, goldenMethods } from '../../lib/model/package/golden-file';
import {
  compareGolden,
  type GoldenDifference,
  maximumDifference,
  type Predictions,
} from '../../lib/model/package/golden-replay';
import type { ModelPackage } from '../../lib/model/package/model-package';
import type { Label, Method } from '../../lib/model/rows/signature';
import { shownUrl } from './endpoint-url';
import { postJson, type Trust } from './https-client';

export interface Verification {
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
 * Replay the golden rows of a model package against an endpoint.
 *
 * @param url of the endpoint, without a route, e.g. `https://credit.example.com`
 * @throws SlipwayError E_UNREACHABLE when the endpoint does not answer with predictions,
 *   E_PACKAGE when the package has no golden rows, E_USAGE for a key that others could read on the way
 */
export async function verifyEndpoint(url: URL, modelPackage: ModelPackage, trust: Trust = {}): Promise<Verification> {
  const { golden, manifest } = modelPackage;
  if (!golden || !manifest.golden) {
    throw new SlipwayError(
      'E_PACKAGE',
      `${modelPackage.directory}: has no golden rows, so there is nothing to verify; pack the model with --golden`,
    );
  }
  const predictions: Partial<Record<Method, (Label | Label[])[]>> = {};
  const requestMs: number[] = [];
  for (const method of goldenMethods(golden)) {
    const answers: (Label | Label[])[] = [];
    predictions[method] = answers;
    for (const rows of slices(golden, manifest.batch === 'whole' ? golden.inputs.length : ROWS_PER_REQUEST)) {
      const answer = await postJson(route(url, method), { data: rows }, trust);
      answers.push(...result(route(url, method), answer.status, answer.body, rows.length));
      requestMs.push(answer.milliseconds);
    }
  }
  return {
    rows: golden.inputs.length,
    differences: compareGolden(golden, predictions as Predictions, manifest.signature, manifest.golden.tolerance),
    maximumDifference: maximumDifference(golden, predictions as Predictions),
    requestMs,
  };
}

/** Of an answer that is no prediction, in a message. */
const QUOTED_CHARACTERS = 300;

/** Each method has a route of its own name. */
function route(url: URL, method: Method): URL {
  const base = url.href.endsWith('/') ? url.href : `${url.href}/`;
  return new URL(method, base);
}

function* slices(golden: GoldenRows, rows: number): Generator<readonly unknown[]> {
  for (let start = 0; start < golden.inputs.length; start += rows) {
    yield golden.inputs.slice(start, start + rows);
  }
}

function result(url: URL, status: number, body: unknown, rows: number): (Label | Label[])[] {
  const document = body as { result?: unknown; detail?: unknown; error?: unknown } | null;
  const values = document?.result;
  if (status === 200 && Array.isArray(values) && values.length === rows) return values;
  const reason = document?.detail ?? document?.error ?? body;
  const text = typeof reason === 'string' ? reason : JSON.stringify(reason);
  throw new SlipwayError(
    'E_UNREACHABLE',
    `${shownUrl(url)}: answered ${status} instead of ${rows} predictions: ${text.slice(0, QUOTED_CHARACTERS)}`,
  );
}
