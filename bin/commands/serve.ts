import { resolve } from 'node:path';
import type { Command } from 'commander';
import { WatchedFile } from '../../lambda/inference/access/watched-file';
import { checkShadow } from '../../lib/config/stage-shadow';
import { parseApiKeys } from '../../lib/model/formats/api-keys';
import { DEFAULT_SHADOW, type HandlerShadow } from '../../lib/model/instance/handler-settings';
import { readModelPackage, readModelPackages } from '../../lib/model/package/model-package';
import { tryIt } from '../local/curl-line';
import { startLocalEndpoint, untilStopped } from '../local/endpoint';
import { workspace } from '../project/workspace';
import * as read from '../terminal/arguments';
import { print } from '../terminal/output';

interface ServeFlags {
  http?: boolean;
  port: number;
  workers: number;
  keys?: string;
  adminPort?: number;
  shadow?: string;
  shadowShare: number;
  shadowRows?: boolean;
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
    .option(
      '--http',
      'plain HTTP in place of HTTPS, for this machine alone, where a client does not take the certificate',
    )
    .option('--workers <number>', 'processes that share the port', read.positiveInteger, 1)
    .option('--keys <file>', 'answer only who has a key of this file; "slipway key" makes its lines')
    .option(
      '--admin-port <number>',
      'port of the listener that loads and unloads models, for this machine alone',
      read.port,
    )
    .option('--shadow <folder>', 'run another model package beside the first, on some of its rows, and compare')
    .option('--shadow-share <percent>', 'share of the requests whose rows it is given', read.percent, 1)
    .option('--shadow-rows', 'log the rows that differ most with their values')
    .action(async (folder: string, more: string[], flags: ServeFlags) => {
      // what can be known to be wrong is said before any work is done
      const packages = readModelPackages([folder, ...more]);
      const [modelPackage, ...others] = packages;
      if (flags.keys !== undefined) checkKeys(flags.keys);
      if (flags.shadow !== undefined) {
        checkShadow(modelPackage!.manifest, readModelPackage(flags.shadow).manifest, flags.shadow);
      }
      const endpoint = await startLocalEndpoint(modelPackage!, {
        port: flags.port,
        ...(flags.http && { http: true }),
        workers: flags.workers,
        adminPort: flags.adminPort,
        access: flags.keys === undefined ? undefined : { apiKeys: resolve(flags.keys) },
        others,
        shadow: flags.shadow === undefined ? undefined : shadowSettings(flags.shadow, flags),
        workspace: workspace(),
      });
      const names = packages.map(({ manifest }) => manifest.name).join(', ');
      print(`serving ${names} on ${endpoint.url.origin}`);
      if (flags.shadow !== undefined) {
        print(
          `its answers are compared with those of ${flags.shadow}: npx slipway shadow --url ${endpoint.url.origin} tells how\n`,
        );
      }
      print(`\n${tryIt(endpoint, modelPackage!, flags.keys !== undefined)}`);
      process.exitCode = await untilStopped(endpoint);
    });
}

function shadowSettings(folder: string, { shadowShare, shadowRows }: ServeFlags): HandlerShadow {
  const { tolerance } = DEFAULT_SHADOW;
  return { model: resolve(folder), share: shadowShare, tolerance, rowValues: shadowRows };
}

/** @throws SlipwayError E_FILE when it cannot be read, or is no list of keys */
function checkKeys(file: string): void {
  new WatchedFile(file, parseApiKeys, () => {}).close();
}
