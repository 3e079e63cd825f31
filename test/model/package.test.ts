import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SlipwayError } from '../../lib/model/error';
import { MODEL_NAME, manifestSchema } from '../../lib/model/manifest';
import {
  jsonText,
  type PackageContents,
  readModelPackage,
  readProfile,
  sha256,
  writeModelPackage,
  writeProfile,
} from '../../lib/model/package';
import type { ComputeProfile } from '../../lib/model/profile';
import { ROW, SIGNATURE } from './sample';

const CONTENTS: PackageContents = {
  manifest: {
    name: 'sample',
    signature: SIGNATURE,
    computeClass: 'scalar',
    source: { file: 'model.joblib', sha256: sha256('x'), bytes: 1, format: 'joblib', estimators: [], libraries: {} },
    packedBy: '0.1.0',
  },
  model: Buffer.from('a model'),
  golden: { rows: { inputs: [ROW], predict: ['yes'] }, tolerance: { absolute: 1e-12, relative: 0 } },
};

let folder: string;
let target: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-test-'));
  target = join(folder, 'models', 'sample');
});
afterEach(() => rmSync(folder, { recursive: true }));

function errorOf(action: () => unknown): SlipwayError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(SlipwayError);
    return error as SlipwayError;
  }
  throw new Error('expected an error, and there was none');
}

function profileOf(modelSha256: string): ComputeProfile {
  return {
    schemaVersion: 3,
    modelSha256,
    machine: {
      cpuModel: 'cpu',
      architecture: 'x86_64',
      vCpus: 2,
      node: '20',
      engine: 'e',
      kernels: { treeMs: 1, denseMs: 1 },
      spread: 0,
    },
    batches: [{ rows: 1, samples: 1, cpuMs: 1, wallMsQuantiles: [1, 2] }],
    threads: [{ threads: 1, rows: 1, cpuMs: 1, wallMs: 1 }],
    http: [0, 1].map((rows) => ({ rows, cpuMs: 0.1 })),
    memory: { baseMiB: 1, loadedMiB: 1, loadPeakMiB: 1, sharedMiB: 0 },
    startMs: 1,
    loadMs: 1,
    bytesPerRow: { request: 1, answer: 1 },
  };
}

describe('a model package', () => {
  it('is read back as it was written', () => {
    const written = writeModelPackage(target, CONTENTS);
    expect(readModelPackage(target)).toEqual(written);
    expect(written.manifest.model).toEqual({ sha256: sha256('a model'), bytes: 7 });
    expect(written.golden).toEqual(CONTENTS.golden!.rows);
    expect(written.digest).toBe(sha256(readFileSync(join(target, 'manifest.json'))));
  });

  it('has the same bytes whenever and wherever it is written', () => {
    const one = writeModelPackage(target, CONTENTS);
    const other = writeModelPackage(join(folder, 'elsewhere'), CONTENTS);
    expect(other.digest).toBe(one.digest);
  });

  it('leaves no temporary folder behind', () => {
    writeModelPackage(target, CONTENTS);
    writeModelPackage(target, CONTENTS);
    expect(readdirSync(join(folder, 'models'))).toEqual(['sample']);
  });

  it('has no golden rows when there are none', () => {
    const { golden: _golden, ...unverified } = CONTENTS;
    writeModelPackage(target, CONTENTS);
    expect(writeModelPackage(target, unverified)).not.toHaveProperty('golden');
    expect(existsSync(join(target, 'golden.json'))).toBe(false);
  });

  it('is written into an empty folder, and not over something else', () => {
    mkdirSync(target, { recursive: true });
    writeModelPackage(target, CONTENTS);
    const other = join(folder, 'thesis');
    mkdirSync(other);
    writeFileSync(join(other, 'chapter1.txt'), 'years of work');
    const error = errorOf(() => writeModelPackage(other, CONTENTS));
    expect(error.code).toBe('E_FILE');
    expect(error.message).toContain('exists and is not a model package; choose another --out, or empty it');
    expect(readdirSync(other)).toEqual(['chapter1.txt']);
  });

  it.each(['model.onnx', 'golden.json'])('is refused when %s was changed', (file) => {
    writeModelPackage(target, CONTENTS);
    writeFileSync(join(target, file), 'other');
    const error = errorOf(() => readModelPackage(target));
    expect(error.code).toBe('E_PACKAGE');
    expect(error.message).toContain(`${file}: has SHA-256 ${sha256('other')} but the manifest says`);
  });

  it.each(['manifest.json', 'model.onnx', 'golden.json'])('is refused when %s is missing', (file) => {
    writeModelPackage(target, CONTENTS);
    rmSync(join(target, file));
    expect(errorOf(() => readModelPackage(target)).message).toContain(`has no ${file}; make the model package with`);
  });

  it('is refused when the folder is missing, or the manifest is not one', () => {
    expect(errorOf(() => readModelPackage(target)).message).toContain('does not exist');
    writeModelPackage(target, CONTENTS);
    writeFileSync(join(target, 'manifest.json'), '{"schemaVersion": 2}');
    const error = errorOf(() => readModelPackage(target));
    expect(error.message).toContain('is not of the form this version of Slipway reads; pack the model again');
    expect(error.problems.join()).toContain('/schemaVersion');
    writeFileSync(join(target, 'manifest.json'), '{');
    expect(errorOf(() => readModelPackage(target)).message).toContain('is not JSON');
  });
});

describe('a profile', () => {
  it('is read back, and kept when the same model is packed again', () => {
    const written = writeModelPackage(target, CONTENTS);
    const profile = profileOf(written.manifest.model.sha256);
    writeProfile(written, profile);
    expect(readProfile(written)).toEqual(profile);
    expect(readProfile(writeModelPackage(target, CONTENTS))).toEqual(profile);
  });

  it('is dropped when another model is packed, and refused when it was measured with one', () => {
    const written = writeModelPackage(target, CONTENTS);
    writeProfile(written, profileOf(written.manifest.model.sha256));
    const other = writeModelPackage(target, { ...CONTENTS, model: Buffer.from('another') });
    expect(errorOf(() => readProfile(other)).message).toContain('has not been profiled yet; run "slipway profile');
    writeProfile(other, profileOf(sha256('a model')));
    expect(errorOf(() => readProfile(other)).message).toContain('was measured with another model.onnx');
  });

  it('that cannot be written is said to be so', () => {
    const written = writeModelPackage(target, CONTENTS);
    const gone = { ...written, directory: join(target, 'gone') };
    expect(errorOf(() => writeProfile(gone, profileOf(''))).message).toMatch(
      /profile.json: cannot be written \(ENOENT/,
    );
  });

  const [batch] = profileOf('').batches;
  it.each<[string, Partial<ComputeProfile>, string]>([
    [
      'quantiles that fall, by which the slowest run would be the fastest',
      { batches: [{ ...batch!, wallMsQuantiles: [2, 1] }] },
      '/batches/0/wallMsQuantiles: must ascend',
    ],
    [
      'two measurements of one batch size, of which a plan would take either',
      { batches: [batch!, { ...batch!, cpuMs: 900 }] },
      '/batches: must have each number of rows once',
    ],
    [
      'more shared memory than there is, by which a plan had -297 MiB an instance',
      { memory: { baseMiB: 64, loadedMiB: 79, loadPeakMiB: 68, sharedMiB: 500 } },
      '/memory: has more sharedMiB than loadedMiB, of which it is a part',
    ],
  ])('is refused with %s', (_, change, problem) => {
    const written = writeModelPackage(target, CONTENTS);
    writeProfile(written, { ...profileOf(written.manifest.model.sha256), ...change });
    expect(errorOf(() => readProfile(written)).problems).toEqual([problem]);
  });
});

describe('the manifest', () => {
  it.each(['a', 'credit-risk', '2024', 'a'.repeat(48)])('allows the name %s', (name) => {
    expect(MODEL_NAME.test(name)).toBe(true);
  });

  it.each(['', '-a', 'a-', 'Credit', 'a_b', 'a.b', 'a'.repeat(49), 'a\n'])('refuses the name %j', (name) => {
    expect(MODEL_NAME.test(name)).toBe(false);
  });

  it('refuses what it does not know, so that a typing error is found', () => {
    const { manifest } = writeModelPackage(target, CONTENTS);
    expect(manifestSchema.safeParse(manifest).success).toBe(true);
    expect(manifestSchema.safeParse({ ...manifest, extra: 1 }).success).toBe(false);
    expect(manifestSchema.safeParse({ ...manifest, model: { ...manifest.model, sha256: 'X' } }).success).toBe(false);
  });

  it('is text that ends with a line feed', () => {
    expect(jsonText({ a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}\n');
  });
});
