/** `slipway image` against moto's SSM and EC2: it pins what the public parameters name, and a failure changes nothing. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { IMAGE_FILE, parseImages } from '../../lib/image/image-file';
import { TYPESCRIPT } from '../../lib/model/process/typescript';
import type { Emulator } from '../deploy/emulator';
import { type Finished, run } from '../process';
import type { Report } from '../report';

const ROOT = resolve(__dirname, '../..');

export async function images(report: Report, folder: string, emulator: Emulator): Promise<void> {
  report.section('machine images');
  const project = join(folder, 'images');
  mkdirSync(project);
  const config = join(project, 'slipway.yaml');
  copyFileSync(join(ROOT, 'slipway.yaml'), config);
  writeFileSync(config, readFileSync(config, 'utf8').replace(/^model: /m, `model: ${ROOT}/`));
  const file = join(project, IMAGE_FILE);
  const slipway = (words: readonly string[], env: Readonly<Record<string, string>>): Promise<Finished> =>
    run([process.execPath, ...TYPESCRIPT, join(__dirname, 'command.ts'), 'image', '--config', config, ...words], {
      cwd: ROOT,
      env: { ...process.env, ...env },
    });

  const first = await slipway([], emulator.environment);
  report.check(first.code === 0, 'the first call ends well', first.output.trim());
  const pinned = parseImages(readFileSync(file, 'utf8'), file);
  report.equal(
    pinned.map(({ region, architecture }) => `${region} ${architecture}`),
    ['eu-west-1 arm64'],
    'one image for all stages of a region and an architecture',
  );
  const again = await slipway([], emulator.environment);
  report.check(again.output.includes('are the newest'), 'a second call moves nothing', again.output.trim());
  const before = readFileSync(file, 'utf8');
  const check = await slipway(['--check', '--older-than', '100000'], {});
  report.check(check.code === 0, '--check asks nobody', check.output.trim());

  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...nobody } = emulator.environment;
  const anonymous = await slipway([], { ...nobody, AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' });
  report.check(
    anonymous.code === 2 && /E_AWS: there are no AWS credentials/.test(anonymous.output),
    'without credentials it says so',
    anonymous.output.trim().split('\n').at(-1),
  );
  const cut = await slipway([], { ...emulator.environment, AWS_ENDPOINT_URL_EC2: 'http://127.0.0.1:9' });
  report.check(
    cut.code === 2 && /E_AWS: AWS does not answer/.test(cut.output),
    'a cut line is told',
    cut.output.trim().split('\n').at(-1),
  );
  report.equal(readFileSync(file, 'utf8'), before, '  and the file is as it was');
}
