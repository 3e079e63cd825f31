import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TYPESCRIPT } from '../../../lib/model/process/typescript';
import { fixturePath } from '../fixtures';

/** Jest cannot load hyparquet, which is a module of the newer kind: a process of its own can. */
function cellsOf(file: string): unknown {
  const module = join(__dirname, '../../../lib/packaging/golden/parquet.ts');
  const script = `require(${JSON.stringify(module)})
    .parseParquet(require('node:fs').readFileSync(${JSON.stringify(fixturePath('inputs', file))}), 100, Error)
    .then((columns) => console.log(JSON.stringify(columns)));`;
  return JSON.parse(execFileSync(process.execPath, [...TYPESCRIPT, '-e', script], { encoding: 'utf8' }));
}

test('reads a date as JSON would carry it, since a frame may have one that the model leaves out', () => {
  expect(cellsOf('dates.parquet')).toEqual([
    { name: 'since', cells: ['2020-01-02T00:00:00.000Z', null] },
    { name: 'age', cells: [1.5, 2] },
  ]);
});

/** What is said of a file with other bytes at some places, in a process of its own that ends when a promise fails unheard. */
function refusalOf(file: string, changes: readonly (readonly [at: number, byte: number])[]): string {
  const module = join(__dirname, '../../../lib/packaging/golden/parquet.ts');
  const script = `
    const bytes = require('node:fs').readFileSync(${JSON.stringify(fixturePath('inputs', file))});
    for (const [at, byte] of ${JSON.stringify(changes)}) bytes[at] = byte;
    const damaged = (what) => Object.assign(new Error(what), { code: 'E_GOLDEN' });
    require(${JSON.stringify(module)})
      .parseParquet(bytes, 5_000_000, damaged)
      .then(() => console.log('read'), (error) => setTimeout(() => console.log(error.message), 50));`;
  return execFileSync(process.execPath, [...TYPESCRIPT, '-e', script], { encoding: 'utf8' }).trim();
}

describe('a file that is damaged is refused, and nothing fails beside', () => {
  test('in several columns at once', () => {
    const changes = [
      [872, 0o100],
      [1680, 0],
      [2897, 0],
    ] as const;
    expect(refusalOf('training.parquet', changes)).toMatch(/^is damaged, or a Parquet file that is not read/);
  });

  test('where it says twice how many rows it has', () => {
    const bytes = readFileSync(fixturePath('inputs', 'dates.parquet'));
    const rows = bytes.indexOf(Buffer.from([0x16, 4, 0x19])); // the field before the list of its parts, doubled for its sign
    expect(refusalOf('dates.parquet', [[rows + 1, 6]])).toBe('is damaged: it announces 3 rows, and its parts 2');
  });
});
