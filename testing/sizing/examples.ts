/** Profiles, manifests and small catalogues for the sizing tests: round numbers, so that results can be worked out by hand. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../lib/model/package/manifest';
import type { ComputeProfile } from '../../lib/model/package/profile';
import type { Catalogue, InstanceType, ServiceLevel } from '../../lib/sizing';
import { parseCatalogue } from '../../lib/sizing';

/** CPU time that HTTP adds to a request of these profiles, however many rows it has. */
export const HTTP_MS = 0.03;

/** A profile of a model whose run takes exactly `ms` for one row and twice that for two, measured on an EPYC 9R14. */
export function steadyProfile(ms: number, change: Partial<ComputeProfile> = {}): ComputeProfile {
  return {
    schemaVersion: 3,
    modelSha256: 'a'.repeat(64),
    machine: {
      cpuModel: 'AMD EPYC 9R14',
      architecture: 'x86_64',
      vCpus: 4,
      node: '24.0.0',
      engine: 'onnxruntime 1.30.0',
      engineKind: 'onnxruntime',
      kernels: { treeMs: 1.9, denseMs: 0.45 },
      spread: 0.02,
    },
    batches: [1, 2].map((rows) => ({
      rows,
      samples: 600,
      cpuMs: rows * ms,
      wallMsQuantiles: Array.from({ length: 21 }, () => rows * ms),
    })),
    http: [0, 1].map((rows) => ({ rows, cpuMs: HTTP_MS, lightCpuMs: HTTP_MS })),
    threads: [{ threads: 1, rows: 1, cpuMs: ms, wallMs: ms }],
    memory: { baseMiB: 60, loadedMiB: 100, loadPeakMiB: 120, sharedMiB: 0 },
    startMs: 200,
    loadMs: 50,
    bytesPerRow: { request: 200, answer: 20 },
    ...change,
  };
}

/** A model whose run takes `fixedMs` whatever it has, and `rowMs` for each of its rows; measured up to 32. */
export function joiningProfile(fixedMs: number, rowMs: number): ComputeProfile {
  const batches = [1, 2, 4, 8, 16, 32].map((rows) => {
    const ms = fixedMs + rows * rowMs;
    return { rows, samples: 600, cpuMs: ms, wallMsQuantiles: Array.from({ length: 21 }, () => ms) };
  });
  return steadyProfile(fixedMs + rowMs, { batches });
}

export function manifestOf(computeClass: Manifest['computeClass'] = 'scalar', bytes = 1_000_000): Manifest {
  return {
    schemaVersion: 1,
    name: 'test',
    signature: {
      columns: [{ name: 'x0', type: 'float64', missing: false }],
      namedColumns: false,
      inputs: [{ name: 'input', type: 'float64', columns: [0] }],
      outputs: [{ name: 'predict', type: 'float64', width: 1 }],
    },
    computeClass,
    model: { sha256: 'a'.repeat(64), bytes },
    source: { file: 'model.joblib', format: 'joblib', estimators: [], libraries: {}, sha256: 'b'.repeat(64), bytes: 1 },
    packedBy: '0.1.0',
  };
}

export function serviceLevel(change: Partial<ServiceLevel> = {}): ServiceLevel {
  return { requestsPerSecond: 100, rowsPerRequest: 1, p99Ms: 50, availability: 'zone', ...change };
}

const FIXED = join(__dirname, 'regions/us-east-1.json');

/** A catalogue of us-east-1 that no renewal changes: tests have it in place of the one that ships, proofs ask for it here. */
export const FIXED_CATALOGUE: Catalogue = parseCatalogue(readFileSync(FIXED, 'utf8'), FIXED);

export function typeNamed(name: string): InstanceType {
  return FIXED_CATALOGUE.types.find((type) => type.name === name)!;
}

/** The fixed catalogue with these types only. */
export function catalogueOf(...names: string[]): Catalogue {
  return { ...FIXED_CATALOGUE, types: names.map(typeNamed) };
}

/** A mixture of architectures, vendors, sizes and burstable types that is quick to search. */
export const MIXTURE = catalogueOf(
  't4g.small',
  't3.medium',
  't3a.xlarge',
  'm5.large',
  'c7a.medium',
  'c7a.large',
  'c7a.2xlarge',
  'c7g.medium',
  'c7g.xlarge',
  'm7i.large',
  'm7i-flex.xlarge',
  'c8a.4xlarge',
);
