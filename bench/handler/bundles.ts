/** What runs: the bundle of the instances, the same without its measurements of itself, the raw server and the client. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, buildSync } from 'esbuild';
import {
  buildHandlerBundle,
  currentTarget,
  HANDLER_FILE,
  handlerFiles,
  handlerOptions,
} from '../../lib/artifacts/handler-bundle';

export interface Bundles {
  readonly bundle: string;
  readonly bundleWithoutMetrics: string;
  readonly rawServer: string;
  readonly loadClient: string;
}

export async function buildBundles(folder: string): Promise<Bundles> {
  const [bundle, bundleWithoutMetrics] = [join(folder, 'bundle'), join(folder, 'without-metrics')];
  const target = currentTarget();
  buildHandlerBundle(bundle, target);
  await build({
    ...handlerOptions(target),
    outfile: join(bundleWithoutMetrics, HANDLER_FILE),
    plugins: [
      {
        name: 'without-metrics',
        setup: ({ onResolve }) =>
          onResolve({ filter: /\/telemetry$/ }, () => ({ path: join(__dirname, 'silent-telemetry.ts') })),
      },
    ],
  });
  for (const file of handlerFiles(target)) {
    if (file !== HANDLER_FILE) copyFileSync(join(bundle, file), join(bundleWithoutMetrics, file));
  }
  // compiled beforehand, so that neither the client nor the raw server carries a compiler with it
  buildSync({
    entryPoints: ['load-client.ts', 'raw-server.ts'].map((file) => join(__dirname, file)),
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
  });
  return {
    bundle,
    bundleWithoutMetrics,
    rawServer: join(folder, 'raw-server.cjs'),
    loadClient: join(folder, 'load-client.cjs'),
  };
}
