import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fixturePath } from '../fixtures';

/** Jest cannot load hyparquet, which is a module of the newer kind: a process of its own can. */
function cellsOf(file: string): unknown {
  const module = join(__dirname, '../../../lib/packaging/golden/parquet.ts');
  const script = `require(${JSON.stringify(module)})
    .parseParquet(require('node:fs').readFileSync(${JSON.stringify(fixturePath('inputs', file))}), 100, Error)
    .then((columns) => console.log(JSON.stringify(columns)));`;
  return JSON.parse(execFileSync(process.execPath, ['--require', 'tsx/cjs', '-e', script], { encoding: 'utf8' }));
}

it('reads a date as JSON would carry it, since a frame may have one that the model leaves out', () => {
  expect(cellsOf('dates.parquet')).toEqual([
    { name: 'since', cells: ['2020-01-02T00:00:00.000Z', null] },
    { name: 'age', cells: [1.5, 2] },
  ]);
});
