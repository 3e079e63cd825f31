/** The doors between rooms (docs/architecture.md) are kept shut by the linter: what it must refuse, it refuses. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, posix, relative } from 'node:path';
import { DOORS_FILE, doorsFile } from '../../scripts/doors';
import { ownPackages } from '../../scripts/own-packages';
import { INNER_ROOMS } from '../../scripts/rooms';

const root = join(__dirname, '../..');

const SHUT: readonly [file: string, opens: string][] = [
  ['lib/model/a.ts', '../config/load'],
  ['lib/model/b.ts', '../sizing'],
  ['lib/model/c.ts', '../aws/limits'],
  ['lib/aws/a.ts', '../sizing'],
  ['lib/aws/b.ts', 'aws-cdk-lib'],
  ['lib/sizing/a.ts', 'aws-cdk-lib'],
  ['lib/sizing/b.ts', 'aws-cdk-lib/aws-ec2'],
  ['lib/sizing/c.ts', '../packaging/pack'],
  ['lib/packaging/a.ts', '../../lambda/inference/server'],
  ['lib/packaging/sklearn/b.ts', '../../../lambda/inference/protocols/predict'],
  ['lib/packaging/c.ts', '../sizing'],
  ['lib/profiling/a.ts', '../../lambda/inference/serving/scheduler'],
  ['lib/constructs/a.ts', '../packaging/pack'],
  ['lib/stacks/a.ts', '@aws-sdk/client-ec2'],
  ['lib/stacks/b.ts', '../../bin/slipway'],
  ['lib/config/a.ts', 'aws-cdk-lib'],
  ['lib/report/a.ts', '../config/load'],
  ['lib/comparison/a.ts', '../config/load'],
  ['lib/sizing/d.ts', '../comparison/compare'],
  ['lib/artifacts/a.ts', '../sizing'],
  ['lambda/inference/a.ts', '../../lib/config/load'],
  ['lambda/verification/b.ts', '../../lib/report'],
  ['lambda/inference/serving/b.ts', 'onnxruntime-node'],
  ['lib/packaging/boosters/c.ts', '../../sizing'],
  ['lib/model/d.ts', '../../testing/temporary-folder'],
  ['bin/commands/a.ts', '../../testing/handler-process'],
  ['test/sizing/a.ts', '../../proof/report'],
  ['test/b.ts', '../bench/handler/models'],
  ['proof/sizing/a.ts', '../../test/sizing/plan'],
  ['bench/sizing/a.ts', '../../test/example'],
  ['testing/sizing/a.ts', '../../test/example'],
  ['testing/b.ts', '../proof/report'],
];

const OPEN: readonly [file: string, opens: string][] = [
  ['lib/packaging/open.ts', '../../lambda/inference/engine'],
  ['lib/profiling/open.ts', '../../lambda/inference/engine'],
  ['lib/profiling/open-too.ts', '../../lambda/inference/json/plain-rows'],
  ['lib/constructs/open.ts', '../sizing'],
  ['lib/constructs/open-too.ts', '../aws/limits'],
  ['lib/config/open.ts', '../aws/limits'],
  ['lib/aws/open.ts', '../model/text/nearest'],
  ['lib/report/open.ts', '../sizing'],
  ['lib/comparison/open.ts', '@aws-sdk/client-cloudwatch'],
  ['lib/stacks/open.ts', '../constructs/model-endpoint'],
  ['lambda/inference/open.ts', '../../lib/model/package/golden-file'],
  ['lambda/inference/open-too.ts', './http/plain/head'],
  ['lambda/inference/engine/open.ts', 'onnxruntime-node'],
  ['lib/packaging/joblib/open.ts', '../../model/package/golden-file'],
  ['lib/packaging/conversion/open.ts', '../../../lambda/inference/engine'],
  ['test/open.ts', '../testing/temporary-folder'],
  ['proof/open.ts', '../testing/fixtures'],
  ['bench/handler/open.ts', '../../testing/handler-process'],
  ['testing/open.ts', '../lib/artifacts/handler-bundle'],
];

/** From each inner room, and from a folder in it, each other one: its index, and a file of it. */
function inner(may: boolean): [file: string, opens: string][] {
  return Object.entries(INNER_ROOMS).flatMap(([house, rooms]) =>
    Object.entries(rooms).flatMap(([room, opens]) =>
      Object.keys(rooms)
        .filter((other) => other !== room && opens.includes(other) === may)
        .flatMap((other) =>
          [posix.join(house, room), posix.join(house, room, 'deep')].flatMap((folder) => {
            const path = posix.relative(folder, posix.join(house, other)).replace(/^(?!\.)/, './');
            return [path, `${path}/x`].map((opened): [string, string] => [`${folder}/inner.ts`, opened]);
          }),
        ),
    ),
  );
}

test('the lint rule is made of the table: npm run doors', () => {
  expect(readFileSync(DOORS_FILE, 'utf8')).toBe(doorsFile());
});

test('imports through a door that the design keeps shut are refused by the linter, the others are not', () => {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'slipway-doors-'));
  try {
    for (const file of [join(root, 'biome.json'), DOORS_FILE]) cpSync(file, join(folder, basename(file)));
    const shut = [...SHUT, ...inner(false)];
    const lines = new Map<string, string[]>();
    for (const [file, opens] of [...shut, ...OPEN, ...inner(true)]) {
      lines.set(file, [...(lines.get(file) ?? []), opens]);
    }
    for (const [file, opened] of lines) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), opened.map((opens, i) => `import { a as a${i} } from '${opens}';\n`).join(''));
    }
    const biome = ownPackages(join(root, 'scripts/lint')).resolve('@biomejs/biome/bin/biome');
    let said = '';
    try {
      execFileSync(process.execPath, [biome, 'lint', '--max-diagnostics=none', '--reporter=github'], {
        cwd: folder,
        stdio: 'pipe',
        maxBuffer: 64 * 1024 * 1024,
      });
    } catch (error) {
      const { stdout, stderr } = error as { stdout: Buffer; stderr: Buffer };
      said = `${stdout}${stderr}`;
    }
    const refused = [...said.matchAll(/^::error title=lint\/style\/noRestrictedImports,file=([^,]+),line=(\d+)/gm)].map(
      ([, path, line]) => {
        const file = relative(folder, path!);
        return `${file} opens ${lines.get(file)![Number(line) - 1]}`;
      },
    );
    expect(refused.sort()).toEqual(shut.map(([file, opens]) => `${file} opens ${opens}`).sort());
  } finally {
    rmSync(folder, { recursive: true });
  }
});
