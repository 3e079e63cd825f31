import { join } from 'node:path';
import { createEngine } from '../../../../lambda/inference/engine';
import { Evaluation } from '../../../../lambda/inference/shadow/evaluation';
import type { FromShadow } from '../../../../lambda/inference/shadow/messages';
import { addCounts, NO_COUNTS, type ShadowCounts } from '../../../../lib/model/instance/shadow-counts';
import { encodeRows } from '../../../../lib/model/rows/row';
import { shiftedPackage } from '../../../../testing/shifted-package';
import { temporaryFolder } from '../../../../testing/temporary-folder';
import { labels, MODEL, modelPackage, rows } from '../serving';

const { signature } = modelPackage.manifest;

/** Of a shadow that was given the golden rows. */
async function evaluated(shadow: ReturnType<typeof shiftedPackage>, rowValues = false): Promise<ShadowCounts> {
  let counts = NO_COUNTS;
  const told: FromShadow[] = [];
  const evaluation = await Evaluation.load(
    { model: shadow.directory, version: '', served: signature, tolerance: 0.01, rowValues },
    shadow,
    { createEngine, threads: 1 },
    (message) => told.push(message),
  );
  const outputs = {
    predict: { type: 'int64', shape: [rows.length], data: BigInt64Array.from(labels as number[], BigInt) },
  };
  const inputs = encodeRows(signature, rows);
  await evaluation.take({ id: 7, requestId: 'x', first: 0, rows: rows.length, inputs, outputs: outputs as never });
  while (!told.some((message) => 'counts' in message)) await new Promise((resolve) => setTimeout(resolve, 5));
  for (const message of told) if ('counts' in message) counts = addCounts(counts, message.counts);
  expect(told).toContainEqual({ done: 7 });
  return counts;
}

test('the same model agrees in every row', async () => {
  const counts = await evaluated(shiftedPackage(MODEL, join(temporaryFolder(), 'same'), { by: 0 }));
  expect(counts).toMatchObject({ rows: rows.length, agreeingRows: rows.length, refusedRows: 0, largest: [] });
  expect(counts.runMs).toBeGreaterThan(0);
});

test('columns in another order are given by their names', async () => {
  const turned = shiftedPackage(MODEL, join(temporaryFolder(), 'turned'), {
    by: 0,
    change: ({ signature: { columns, inputs, ...rest } }) => ({
      signature: {
        ...rest,
        columns: [...columns].reverse(),
        inputs: inputs.map((input) => ({ ...input, columns: input.columns.map((i) => columns.length - 1 - i) })),
      },
    }),
  });
  expect(await evaluated(turned)).toMatchObject({ rows: rows.length, agreeingRows: rows.length });
});

test('rows that its endpoint would refuse are counted as refused, and their neighbours compared', async () => {
  const most = Math.max(...rows.map((row) => row[0]!));
  const picky = shiftedPackage(MODEL, join(temporaryFolder(), 'picky'), {
    by: 0,
    change: ({ signature: { columns, ...rest } }) => ({
      signature: {
        ...rest,
        columns: columns.map((column, i) => (i === 0 ? { ...column, maximum: most - 1e-9 } : column)),
      },
    }),
  });
  expect(await evaluated(picky)).toMatchObject({
    rows: rows.length - 1,
    agreeingRows: rows.length - 1,
    refusedRows: 1,
    failedRows: 0,
  });
});
