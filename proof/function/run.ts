/**
 * The proof of the function: bundles of several models, run by AWS's own emulator and client of Node.js 24, answer every golden
 * row bit for bit as the handler on an instance does, and say which package they serve.
 *
 *     npm run proof:function
 *
 * The HTTP API before the function is a stand-in of ours (testing/function/http-api.ts). Needs Go, CMake and a compiler of C++.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createEngine } from '../../lambda/inference/engine';
import { verifyEndpoint } from '../../lambda/verification/replay';
import { buildFunctionBundle } from '../../lib/artifacts/function-bundle';
import { PACKAGE_FILES } from '../../lib/model/package/manifest';
import { readModelPackage } from '../../lib/model/package/model-package';
import { FakeHttpApi } from '../../testing/function/http-api';
import { run } from '../process';
import { type Means, proveEveryModel } from '../serving/every-model';
import { startHandler } from '../serving/handler';
import type { ProofModel } from '../serving/models';
import { type Emulator, emulate, fetchEmulator } from './emulator';

/** Rows of a request. */
const TOGETHER = 7;

const isNative = (directory: string): Promise<boolean> =>
  createEngine(join(directory, PACKAGE_FILES.model), { engine: 'native' }).then(
    (engine) => engine.close().then(() => true),
    () => false,
  );

async function posted(base: string, route: string, body: string): Promise<string> {
  const answer = await fetch(`${base}${route}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  return `${answer.status} ${await answer.text()}`;
}

async function prove(model: ProofModel, { report, folder, handler, tool: emulator }: Means<Emulator>): Promise<void> {
  const name = basename(model.directory);
  const package_ = readModelPackage(model.directory);
  if (!(await isNative(model.directory))) {
    const refused = await run([
      'node',
      'bin/launcher.js',
      'bundle',
      join(folder, 'refused'),
      '--lambda',
      model.directory,
    ]);
    const why = refused.output.trim().split('\n').at(-1)!;
    report.check(refused.code === 2 && why.includes('serve the model on instances'), 'is refused by name', why);
    return;
  }
  const bundle = join(folder, `function-${name}`);
  buildFunctionBundle(bundle, package_);
  const log = join(folder, `${name}.log`);
  const [running, server] = await Promise.all([
    emulate(emulator, bundle, log),
    startHandler(handler, { model: model.directory, engine: 'native' }),
  ]);
  const api = await FakeHttpApi.start(running.invoke);
  try {
    const { inputs } = package_.golden!;
    const methods = package_.manifest.signature.outputs.map((output) => `/${output.name}`);
    let [same, asked] = [0, 0];
    for (const route of methods) {
      for (let i = 0; i < inputs.length; i += TOGETHER) {
        const body = JSON.stringify(inputs.slice(i, i + TOGETHER));
        const [expected, got] = await Promise.all([server.url, api.base].map((base) => posted(base, route, body)));
        asked++;
        if (expected === got && got!.startsWith('200 ')) same++;
      }
    }
    report.equal(same, asked, `${inputs.length} golden rows by ${methods.join(', ')} are answered as by the handler`);
    const { serves, differences } = await verifyEndpoint(new URL(api.base), package_);
    report.equal([serves ?? 'the package', differences.length], ['the package', 0], 'slipway verify finds it right');
    const started = /INIT REPORT\(durationMs: ([\d.]+)\)/.exec(readFileSync(log, 'utf8'))?.[1];
    report.check(started !== undefined, 'the model was ready while the environment started', `${started} ms`);
  } finally {
    await api.stop();
    running.stop();
    await server.stop();
  }
}

proveEveryModel('function', fetchEmulator, prove);
