/**
 * The one way to make an App in a test: with the context of cdk.json, so that tests see the same
 * feature flags as `cdk synth`, and without the validation of templates, which takes seconds.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { sha256 } from '../lib/model/formats/digest';
import { type StageArtifacts, slipwayApp } from '../lib/stacks/slipway-app';
import { temporaryFolder } from '../testing/temporary-folder';

const root = join(__dirname, '..');

/** Everything in `cdk.json` under `context`. */
export function cdkContext(): Record<string, unknown> {
  return JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')).context;
}

export interface TestingAppOptions {
  /** Check templates as `cdk synth` does. @default false */
  readonly validate?: boolean;
  /** Added to the context of cdk.json. */
  readonly context?: Record<string, unknown>;
}

export function testingApp(options: TestingAppOptions = {}): App {
  return slipwayApp({
    outdir: temporaryFolder(),
    treeMetadata: false, // which nobody reads here
    analyticsReporting: false,
    builtinCloudFormationValidation: options.validate ?? false,
    context: { ...cdkContext(), ...options.context },
  });
}

/** Small files in place of the Node.js tarball and the programs, given through the props anybody may use. */
export function standIns(): Required<Omit<StageArtifacts, 'cuda'>> {
  const folder = temporaryFolder();
  const tarball = 'stands in for node.tgz';
  const path = join(folder, 'node.tgz');
  writeFileSync(path, tarball);
  const handler = temporaryFolder();
  writeFileSync(join(handler, 'handler.cjs'), 'stands in for the handler');
  writeFileSync(join(handler, 'engine.node'), 'stands in for its native library');
  const verification = temporaryFolder();
  writeFileSync(join(verification, 'function.js'), 'stands in for the function that judges');
  const logShipper = join(folder, 'log-shipper.cjs');
  writeFileSync(logShipper, 'stands in for what sends the logs');
  const served = temporaryFolder();
  writeFileSync(join(served, 'index.mjs'), 'stands in for the function that serves');
  return {
    function: served,
    runtime: { path, version: '24.21.0', sha256: sha256(tarball) },
    handler,
    logShipper,
    verification,
  };
}
