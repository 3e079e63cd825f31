/** The doors between rooms (docs/architecture.md) are kept shut by the linter: what it must refuse, it refuses. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

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
  ['lib/aws/open.ts', '../model/nearest'],
  ['lib/report/open.ts', '../sizing'],
  ['lib/comparison/open.ts', '@aws-sdk/client-cloudwatch'],
  ['lib/stacks/open.ts', '../constructs/model-endpoint'],
  ['lambda/inference/open.ts', '../../lib/model/golden'],
  ['test/open.ts', '../testing/temporary-folder'],
  ['proof/open.ts', '../testing/fixtures'],
  ['bench/handler/open.ts', '../../testing/handler-process'],
  ['testing/open.ts', '../lib/artifacts/handler-bundle'],
];

test('imports through a door that the design keeps shut are refused by the linter, the others are not', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-doors-'));
  try {
    cpSync(join(root, 'biome.json'), join(folder, 'biome.json'));
    for (const [file, opens] of [...SHUT, ...OPEN]) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), `import { a } from '${opens}';\n\nexport const b = a;\n`);
    }
    const biome = require.resolve('@biomejs/biome/bin/biome');
    let said = '';
    try {
      execFileSync(process.execPath, [biome, 'lint', '--max-diagnostics=none', '--colors=off'], {
        cwd: folder,
        stdio: 'pipe',
      });
    } catch (error) {
      const { stdout, stderr } = error as { stdout: Buffer; stderr: Buffer };
      said = `${stdout}${stderr}`;
    }
    const refused = [...said.matchAll(/^(\S+\.ts):\d+:\d+ lint\/style\/noRestrictedImports/gm)].map(([, file]) => file);
    expect(refused.sort()).toEqual(SHUT.map(([file]) => file).sort());
  } finally {
    rmSync(folder, { recursive: true });
  }
});
