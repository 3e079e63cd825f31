/** A process that tries hostile files, and tells what became of them. */
import { SlipwayError } from '../../lib/model/error';
import { convertModelFile, openModelBytes } from '../../lib/packaging/conversion/model-file';
import { corpus } from '../../testing/hostile/corpus';
import { mutate } from './mutation';
import { originals } from './originals';
import { slowestOf, type Timed } from './slowest';

export type Order =
  | { readonly kind: 'mutations'; readonly from: number; readonly to: number }
  | { readonly kind: 'corpus'; readonly indices: readonly number[] };

export interface Outcome {
  readonly tried: number;
  /** What was no error of ours, or took too long: which file, and what happened. */
  readonly failures: readonly string[];
  /** Files by the code that they ended with; `converted` for those that the damage did not reach. */
  readonly codes: Readonly<Record<string, number>>;
  /** The files that took most processor time, slowest first. */
  readonly slowest: readonly Timed[];
  /** Memory of this process at its highest. */
  readonly peakMiB: number;
}

/** What a hostile file may take. Processor time: how long it takes on the clock depends on what else the machine does. */
const MAXIMUM_MS = 2000;
const MAXIMUM_MIB = 512;

/** Codes that a model file may end with. */
const CODES = /^E_(FORMAT|UNSAFE|LIMIT|UNSUPPORTED)$/;

async function codeOf(name: string, bytes: Buffer): Promise<string> {
  try {
    convertModelFile(await openModelBytes(name, bytes));
    return 'converted';
  } catch (error) {
    if (SlipwayError.is(error)) return error.code;
    throw error;
  }
}

async function tryFiles(files: Iterable<{ name: string; bytes: Buffer; codes: RegExp }>): Promise<Outcome> {
  const failures: string[] = [];
  const codes: Record<string, number> = {};
  let tried = 0;
  let slowest: Timed[] = [];
  for (const { name, bytes, codes: allowed } of files) {
    tried++;
    const start = process.cpuUsage();
    try {
      const code = await codeOf('model', bytes);
      codes[code] = (codes[code] ?? 0) + 1;
      if (!allowed.test(code)) failures.push(`${name}: ended with ${code}`);
    } catch (error) {
      failures.push(`${name}: ${(error as Error).stack?.split('\n').slice(0, 3).join(' ')}`);
    }
    const { user, system } = process.cpuUsage(start);
    const took = (user + system) / 1000;
    slowest = slowestOf([...slowest, { name, ms: took }]);
    if (took > MAXIMUM_MS) failures.push(`${name}: took ${Math.round(took)} ms of processor time`);
  }
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  if (peakMiB > MAXIMUM_MIB) failures.push(`took ${Math.round(peakMiB)} MiB of memory`);
  return { tried, failures, codes, slowest, peakMiB };
}

function* mutations(from: number, to: number) {
  const all = originals();
  const codes = new RegExp(`${CODES.source}|^converted$`);
  for (let seed = from; seed < to; seed++) {
    const { name, bytes } = all[seed % all.length]!;
    yield { name: `${name} with seed ${seed}`, bytes: mutate(bytes, seed), codes };
  }
}

function* hostile(indices: readonly number[]) {
  const all = corpus();
  for (const index of indices) {
    const { name, bytes, codes } = all[index]!;
    yield { name, bytes: bytes(), codes };
  }
}

process.once('message', async (order: Order) => {
  const outcome = await tryFiles(order.kind === 'corpus' ? hostile(order.indices) : mutations(order.from, order.to));
  process.send!(outcome, () => process.exit(0));
});
