/** The CDK app of a folder: that of the installed package, as its `cdk.json` names it. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { SYNTHESIS_FLAGS } from '../../lib/model/process/synthesis-flags';
import * as manifest from '../../package.json';

const ROOT = join(__dirname, '..', '..');

const NODE = ['node', ...SYNTHESIS_FLAGS].join(' ');

/** Of a clone, which runs its sources. */
const PRELOAD = join(ROOT, 'lib/model/process/typescript.preload.js');

/** The folder of a package that Node.js would find from a folder. */
function installed(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name);
    if (existsSync(found)) return found;
    if (folder === dirname(folder)) return undefined;
  }
}

export interface CdkApp {
  /** Command line, relative to the folder. */
  readonly command: string;
  /** What has to be installed into the folder first; commands. */
  readonly missing: readonly string[];
}

/** @param folder that `cdk` will run in */
export function cdkApp(folder: string): CdkApp {
  const at = (path: string) => relative(folder, path).replaceAll('\\', '/');
  const missing: string[] = [];
  let command: string;
  if (existsSync(PRELOAD)) command = `${NODE} --require ${dotted(at(PRELOAD))} ${at(join(ROOT, 'bin/app.ts'))}`;
  else {
    const { name, version } = manifest;
    const found = installed(name, folder);
    if (found === undefined) missing.push(`npm install --save-dev ${name}@${version}`);
    command = `${NODE} ${at(join(found ?? join(folder, 'node_modules', name), 'bin', 'app.js'))}`;
  }
  if (installed('aws-cdk', folder) === undefined) missing.push(`npm install --save-dev aws-cdk@${cdkVersion()}`);
  return { command, missing };
}

/** `--require` takes what has no dot before it for the name of a package. */
function dotted(path: string): string {
  return path.startsWith('.') ? path : `./${path}`;
}

function cdkVersion(): string {
  const { dependencies, peerDependencies }: Readonly<Record<string, unknown>> = manifest;
  const versions = { ...(dependencies as object), ...(peerDependencies as object) } as Readonly<Record<string, string>>;
  return versions['aws-cdk'] ?? '2';
}

/** That of Slipway, with its settings, for an app in another folder. */
export function cdkJson(command: string): string {
  const own = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as object;
  return `${JSON.stringify({ ...own, app: command }, null, 2)}\n`;
}
