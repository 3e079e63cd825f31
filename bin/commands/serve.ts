import { join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { parseApiKeys } from '../../lambda/inference/access/api-keys';
import { WatchedFile } from '../../lambda/inference/access/watched-file';
import { replaceFile } from '../../lib/model/files/replace-file';
import { jsonText } from '../../lib/model/formats/json';
import { type ModelPackage, readModelPackages } from '../../lib/model/package/model-package';
import { whenInterrupted } from '../../lib/model/process/interruption';
import * as read from '../arguments';
import { type LocalEndpoint, startLocalEndpoint } from '../local/endpoint';
import { print, progress } from '../output';
import { workspace } from '../workspace';

interface ServeFlags {
  port: number;
  workers: number;
  keys?: string;
  adminPort?: number;
}

export function addServe(program: Command): void {
  program
    .command('serve')
    .description(
      'Serve a model package on this machine, from the very bundle that an instance on AWS runs. Ctrl-C stops it.',
    )
    .argument('<folder>', 'a model package: the default model, which /predict means')
    .argument('[more...]', 'further model packages, which are asked by their names')
    .option('--port <number>', 'port to listen on', read.port, 8443)
    .option('--workers <number>', 'processes that share the port', read.positiveInteger, 1)
    .option('--keys <file>', 'answer only who has a key of this file; "slipway key" makes its lines')
    .option(
      '--admin-port <number>',
      'port of the listener that loads and unloads models, for this machine alone',
      read.port,
    )
    .action(async (folder: string, more: string[], flags: ServeFlags) => {
      // what can be known to be wrong is said before any work is done
      const packages = readModelPackages([folder, ...more]);
      const [modelPackage, ...others] = packages;
      if (flags.keys !== undefined) checkKeys(flags.keys);
      const endpoint = await startLocalEndpoint(modelPackage!, {
        port: flags.port,
        workers: flags.workers,
        adminPort: flags.adminPort,
        access: flags.keys === undefined ? undefined : { apiKeys: resolve(flags.keys) },
        others,
        workspace: workspace(),
      });
      const names = packages.map(({ manifest }) => manifest.name).join(', ');
      print(`serving ${names} on ${endpoint.url.origin}, Ctrl-C stops it\n`);
      print(curlLine(endpoint, modelPackage!, flags.keys !== undefined));
      process.exitCode = await untilStopped(endpoint);
    });
}

/** @throws SlipwayError E_FILE when it cannot be read, or is no list of keys */
function checkKeys(file: string): void {
  new WatchedFile(file, parseApiKeys, () => {}).close();
}

/** Waits for Ctrl-C (or SIGTERM), then lets the handler finish what it has begun; who asks twice does not wait for that. */
export async function untilStopped(endpoint: LocalEndpoint): Promise<number> {
  whenInterrupted(() => {
    progress('stopping');
    void endpoint.stop();
  });
  return endpoint.ended;
}

/** A request that can be pasted into a shell: the first golden row, or a hint where there is none. */
export function curlLine(endpoint: LocalEndpoint, { manifest, digest, golden }: ModelPackage, withKey = false): string {
  if (!golden) return `see ${endpoint.url.origin} for its routes`;
  // of each model its own: another may be served from here at the same time
  const request = join(workspace(), 'requests', `${manifest.name}-${digest.slice(0, 12)}.json`);
  replaceFile(request, jsonText({ data: golden.inputs.slice(0, 1) }), { folders: true });
  const local = (path: string) => relative(process.cwd(), path);
  return (
    `curl --cacert ${local(endpoint.certificate)} ${endpoint.url.origin}/predict ` +
    `${withKey ? '-H "authorization: Bearer $SLIPWAY_KEY" ' : ''}-H 'content-type: application/json' -d @${local(request)}`
  );
}
