/** What a run of the benchmark is restricted to. */
import { parseArgs } from 'node:util';
import { MODELS, type ModelName } from './models';
import { SERVERS, type ServerName } from './servers';

export interface BenchOptions {
  readonly models: readonly ModelName[];
  readonly servers: readonly ServerName[];
  readonly rows: readonly number[];
  readonly connections: readonly number[];
  readonly rounds: number;
  readonly visitMs: number;
  readonly warmUpMs: number;
  /** Length of the open load; 0 for none. */
  readonly openMs: number;
  /** Node.js for the handler and the raw server. @default - that of the instances */
  readonly node?: string;
  readonly nodeOptions: readonly string[];
}

const USAGE = `npm run bench:handler -- [options]
  --models ${MODELS.join(',')}
  --servers ${SERVERS.join(',')}
  --rows 1,32   --connections 1,16,64
  --quick       two rounds of 300 ms, no open load
  --node FILE   Node.js for the handler and the raw server; without it that of the instances
  --cpu-prof FOLDER   write a CPU profile of each handler there when it stops`;

function choices<T extends string>(text: string | undefined, all: readonly T[], what: string): readonly T[] {
  if (text === undefined) return all;
  return text.split(',').map((name) => {
    const found = all.find((known) => known === name);
    if (found === undefined) throw new Error(`there is no ${what} "${name}"; there are ${all.join(', ')}\n\n${USAGE}`);
    return found;
  });
}

function numbers(text: string | undefined, otherwise: readonly number[]): readonly number[] {
  if (text === undefined) return otherwise;
  const values = text.split(',').map(Number);
  if (values.every((value) => Number.isSafeInteger(value) && value > 0)) return values;
  throw new Error(`"${text}" is not a list of whole numbers from 1\n\n${USAGE}`);
}

/** @throws Error with the usage */
export function readOptions(words: readonly string[]): BenchOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...words],
    options: {
      models: text,
      servers: text,
      rows: text,
      connections: text,
      node: text,
      'cpu-prof': text,
      quick: { type: 'boolean', default: false },
    },
  });
  const profile = values['cpu-prof'];
  return {
    models: choices(values.models, MODELS, 'model'),
    servers: choices(values.servers, SERVERS, 'server'),
    rows: numbers(values.rows, [1, 32]),
    connections: numbers(values.connections, [1, 16, 64]),
    ...(values.node !== undefined && { node: values.node }),
    nodeOptions: profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
    ...(values.quick
      ? { rounds: 2, visitMs: 300, warmUpMs: 300, openMs: 0 }
      : { rounds: 3, visitMs: 700, warmUpMs: 700, openMs: 2000 }),
  };
}
