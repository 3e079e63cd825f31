/** The part of a profile that is about GPUs: what the model asks of one, and what is left for the processor beside it. */
import type { Engine } from '../../lambda/inference/engine';
import type { DenseWork } from '../model/package/profile';
import { encodeRows } from '../model/rows/row';
import type { Signature } from '../model/rows/signature';
import { windowsOf } from './batches';
import { denseWork } from './dense-work';
import type { Serve } from './request';
import { measureThreads } from './threads';

export interface DenseOrder {
  readonly path: string;
  readonly signature: Signature;
  readonly serve: Serve;
  readonly engine: Engine;
  /** Some rows of requests. */
  readonly rows: (count: number) => readonly unknown[];
  readonly bodyOf: (count: number, turn: number) => Buffer;
  /** Sizes of requests to measure, rows. */
  readonly counts: readonly number[];
  readonly windowMs: number;
  /** A folder for files of passing use. */
  readonly scratch: string;
}

/** @throws SlipwayError as `denseWork` */
export async function measureDense(order: DenseOrder): Promise<DenseWork | undefined> {
  const { path, signature, serve, engine, rows, bodyOf, counts, windowMs, scratch } = order;
  const work = await denseWork(path, signature, rows(1)[0], scratch);
  if (!work) return undefined;
  const host: { rows: number; cpuMs: number }[] = [];
  for (const count of counts) {
    // an engine that has the answer already: what is left of a request is the processor's work beside a GPU
    const outputs = await engine.run(encodeRows(signature, rows(count), '/data'), ['predict']);
    const answered: Engine = { name: engine.name, run: () => Promise.resolve(outputs), close: () => Promise.resolve() };
    const measure = windowsOf((size, turn) => serve(answered, bodyOf(size, turn)), windowMs);
    host.push({ rows: count, cpuMs: (await measureThreads(measure, 1, count)).cpuMs });
  }
  return { ...work, host };
}
