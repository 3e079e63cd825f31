import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256 } from '../../../lib/model/formats/digest';
import { jsonText } from '../../../lib/model/formats/json';
import { MODEL_NAME, manifestSchema } from '../../../lib/model/package/manifest';
import {
  checkPackagePlace,
  type PackageContents,
  readModelPackage,
  readProfile,
  writeModelPackage,
  writeProfile,
} from '../../../lib/model/package/model-package';
import type { ComputeProfile } from '../../../lib/model/package/profile';
import { thrownBy } from '../../../testing/error-of';
import { temporaryFolder } from '../../../testing/temporary-folder';
import { ROW, SIGNATURE } from '../sample';

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
  folder = temporaryFolder();
  target = join(folder, 'models', 'sample');
});

/** Files in the place of the package. */
function fill(files: Record<string, string>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(target, file)), { recursive: true });
    writeFileSync(join(target, file), text);
  }
}

function packedWith(files: Record<string, string>): void {
  writeModelPackage(target, CONTENTS);
  fill(files);
}

function linkedModel(): void {
  writeModelPackage(target, CONTENTS);
  renameSync(join(target, 'model.onnx'), join(folder, 'my-model.onnx'));
  symlinkSync(join(folder, 'my-model.onnx'), join(target, 'model.onnx'));
}

/** Every name below a folder, with the content of files. */
function snapshot(top: string): [string, string][] {
  return readdirSync(top, { recursive: true, withFileTypes: true })
    .map((entry): [string, string] => {
      const path = join(entry.parentPath, entry.name);
      return [path, entry.isFile() ? readFileSync(path, 'utf8') : String(entry.isSymbolicLink())];
    })
    .sort();
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
      engineKind: 'onnxruntime',
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
  test('is read back as it was written', () => {
    const written = writeModelPackage(target, CONTENTS);
    expect(readModelPackage(target)).toEqual(written);
    expect(written.manifest.model).toEqual({ sha256: sha256('a model'), bytes: 7 });
    expect(written.golden).toEqual(CONTENTS.golden!.rows);
    expect(written.digest).toBe(sha256(readFileSync(join(target, 'manifest.json'))));
  });

  test('has the same bytes whenever and wherever it is written', () => {
    const one = writeModelPackage(target, CONTENTS);
    const other = writeModelPackage(join(folder, 'elsewhere'), CONTENTS);
    expect(other.digest).toBe(one.digest);
  });

  test('leaves no temporary folder behind', () => {
    writeModelPackage(target, CONTENTS);
    writeModelPackage(target, CONTENTS);
    expect(readdirSync(join(folder, 'models'))).toEqual(['sample']);
  });

  test('has no golden rows when there are none', () => {
    const { golden: _golden, ...unverified } = CONTENTS;
    writeModelPackage(target, CONTENTS);
    expect(writeModelPackage(target, unverified)).not.toHaveProperty('golden');
    expect(existsSync(join(target, 'golden.json'))).toBe(false);
  });

  test('is written into an empty folder, and not over something else', () => {
    mkdirSync(target, { recursive: true });
    writeModelPackage(target, CONTENTS);
    const other = join(folder, 'thesis');
    mkdirSync(other);
    writeFileSync(join(other, 'chapter1.txt'), 'years of work');
    const error = thrownBy(() => writeModelPackage(other, CONTENTS));
    expect(error.code).toBe('E_FILE');
    expect(error.message).toContain('exists and is not a model package: it holds chapter1.txt; nothing was touched');
    expect(readdirSync(other)).toEqual(['chapter1.txt']);
  });

  test.each<[string, () => void]>([
    ['a web app, whose manifest.json is another', () => fill({ 'manifest.json': '{"name":"app"}', 'index.js': '1' })],
    ['an extension of a manifest and a model', () => fill({ 'manifest.json': '{"name":"app"}', 'model.onnx': 'mine' })],
    ['a package with a README beside', () => packedWith({ 'README.md': 'notes' })],
    ['a package with a folder of notes', () => packedWith({ 'notes/one': 'notes' })],
    ['a package with another model', () => packedWith({ 'model.onnx': 'of my own' })],
    ['a package with golden rows that were changed', () => packedWith({ 'golden.json': '{}' })],
    ['a package with rows that it does not know of', () => packedWith({ 'training.json': '{}' })],
    ['a package with a profile of something else', () => packedWith({ 'profile.json': '{"name": "me"}' })],
    ['a package whose manifest is damaged', () => packedWith({ 'manifest.json': '{' })],
    ['a package without a manifest', () => fill({ 'model.onnx': 'mine' })],
    ['a package whose model is a link', () => linkedModel()],
  ])('does not replace %s', (_, make) => {
    make();
    const before = snapshot(folder);
    const error = thrownBy(() => writeModelPackage(target, { ...CONTENTS, model: Buffer.from('another') }));
    expect(error.code).toBe('E_FILE');
    expect(error.message).toContain(`${target}: exists and is not a model package: `);
    expect(thrownBy(() => checkPackagePlace(target)).message).toBe(error.message);
    expect(snapshot(folder)).toEqual(before);
  });

  test('replaces no file, and no link to a package', () => {
    fill({ 'manifest.json': 'x' });
    const file = join(target, 'manifest.json');
    expect(thrownBy(() => writeModelPackage(file, CONTENTS)).message).toContain('not a model package: it is a file');
    const packed = join(folder, 'packed');
    writeModelPackage(packed, CONTENTS);
    symlinkSync(packed, join(folder, 'link'));
    const before = snapshot(folder);
    for (const link of [join(folder, 'link'), `${join(folder, 'link')}/`]) {
      const error = thrownBy(() => writeModelPackage(link, { ...CONTENTS, model: Buffer.from('another') }));
      expect(error.message).toContain('exists and is not a model package: it is a link');
    }
    expect(snapshot(folder)).toEqual(before);
  });

  test('does not replace the folder that the command runs in', () => {
    writeModelPackage(target, CONTENTS);
    const cwd = jest.spyOn(process, 'cwd');
    try {
      for (const current of [target, join(target, 'below')]) {
        cwd.mockReturnValue(current);
        expect(thrownBy(() => writeModelPackage(target, CONTENTS)).message).toContain('is the current folder');
      }
      cwd.mockReturnValue(`${target}-beside`);
      writeModelPackage(target, CONTENTS);
    } finally {
      cwd.mockRestore();
    }
    expect(thrownBy(() => checkPackagePlace('')).message).toContain('"": is no folder');
  });

  test('of an older form is replaced, and so is one that lost a file', () => {
    writeModelPackage(target, CONTENTS);
    const manifest = JSON.parse(readFileSync(join(target, 'manifest.json'), 'utf8'));
    const { signature: _, ...others } = manifest;
    writeFileSync(
      join(target, 'manifest.json'),
      jsonText({ ...others, schemaVersion: 0, signature: { of: 'before' } }),
    );
    rmSync(join(target, 'model.onnx'));
    writeModelPackage(target, CONTENTS);
    readModelPackage(target);
  });

  test('that is there with the same contents is left as it is, so that who serves it is not disturbed', () => {
    writeModelPackage(target, CONTENTS);
    const before = statSync(target).ino;
    writeModelPackage(target, CONTENTS);
    expect(statSync(target).ino).toBe(before);
    rmSync(join(target, 'golden.json'));
    writeModelPackage(target, CONTENTS);
    readModelPackage(target);
  });

  test.each(['manifest.json', 'model.onnx', 'golden.json', 'profile.json'])(
    'is refused when %s is a link out of it',
    (file) => {
      const written = writeModelPackage(target, CONTENTS);
      writeProfile(written, profileOf(written.manifest.model.sha256));
      const elsewhere = join(folder, 'elsewhere');
      renameSync(join(target, file), elsewhere);
      symlinkSync(elsewhere, join(target, file));
      const error = thrownBy(() => readProfile(readModelPackage(target)));
      expect(error.code).toBe('E_PACKAGE');
      expect(error.message).toContain(`${join(target, file)}: is a link to ${elsewhere}, which is outside`);
    },
  );

  test('may have links from name to name within, as volumes of Kubernetes have, and be named by a link itself', () => {
    writeModelPackage(target, CONTENTS);
    mkdirSync(join(target, '..data'));
    renameSync(join(target, 'model.onnx'), join(target, '..data', 'model.onnx'));
    symlinkSync(join('..data', 'model.onnx'), join(target, 'model.onnx'));
    symlinkSync(target, join(folder, 'current'));
    expect(readModelPackage(join(folder, 'current')).manifest.name).toBe('sample');
  });

  test.each(['manifest.json', 'model.onnx', 'golden.json'])('is refused when %s is no file', (file) => {
    writeModelPackage(target, CONTENTS);
    rmSync(join(target, file));
    mkdirSync(join(target, file));
    expect(thrownBy(() => readModelPackage(target)).message).toBe(
      `${join(target, file)}: is a folder, not a file; name a file`,
    );
  });

  test('is read no further than its manifest says', () => {
    writeModelPackage(target, CONTENTS);
    writeFileSync(join(target, 'model.onnx'), 'a model and more');
    expect(thrownBy(() => readModelPackage(target)).message).toContain(
      'has more than the 7 bytes that the manifest says',
    );
  });

  test.each(['model.onnx', 'golden.json'])('is refused when %s was changed', (file) => {
    writeModelPackage(target, CONTENTS);
    writeFileSync(join(target, file), 'other');
    const error = thrownBy(() => readModelPackage(target));
    expect(error.code).toBe('E_PACKAGE');
    expect(error.message).toContain(`${file}: has SHA-256 ${sha256('other')} but the manifest says`);
  });

  test.each(['manifest.json', 'model.onnx', 'golden.json'])('is refused when %s is missing', (file) => {
    writeModelPackage(target, CONTENTS);
    rmSync(join(target, file));
    expect(thrownBy(() => readModelPackage(target)).message).toContain(`has no ${file}; make the model package with`);
  });

  test('is refused when the folder is missing, or the manifest is not one', () => {
    expect(thrownBy(() => readModelPackage(target)).message).toContain('does not exist');
    writeModelPackage(target, CONTENTS);
    writeFileSync(join(target, 'manifest.json'), '{"schemaVersion": 2}');
    const error = thrownBy(() => readModelPackage(target));
    expect(error.message).toContain('is not of the form this version of Slipway reads; pack the model again');
    expect(error.problems.join()).toContain('/schemaVersion');
    writeFileSync(join(target, 'manifest.json'), '{');
    expect(thrownBy(() => readModelPackage(target)).message).toContain('is not JSON');
  });
});

describe('a profile', () => {
  test('is read back, and kept when the same model is packed again', () => {
    const written = writeModelPackage(target, CONTENTS);
    const profile = profileOf(written.manifest.model.sha256);
    writeProfile(written, profile);
    expect(readProfile(written)).toEqual(profile);
    expect(readProfile(writeModelPackage(target, CONTENTS))).toEqual(profile);
  });

  test.each([
    ['native 1', 'native'],
    ['onnxruntime 1.30.0', 'onnxruntime'],
    ['onnxruntime 1.30.0 cuda', 'cuda'],
  ])('that was made before profiles named the kind of the engine is read: %s is %s', (engine, engineKind) => {
    const written = writeModelPackage(target, CONTENTS);
    const { machine, ...profile } = profileOf(written.manifest.model.sha256);
    const { engineKind: _, ...before } = { ...machine, engine };
    writeProfile(written, { ...profile, machine: before } as ComputeProfile);
    expect(readProfile(written).machine).toEqual({ ...before, engineKind });
  });

  test('is dropped when another model is packed, and refused when it was measured with one', () => {
    const written = writeModelPackage(target, CONTENTS);
    writeProfile(written, profileOf(written.manifest.model.sha256));
    const other = writeModelPackage(target, { ...CONTENTS, model: Buffer.from('another') });
    expect(thrownBy(() => readProfile(other)).message).toContain('has not been profiled yet; run "npx slipway profile');
    writeProfile(other, profileOf(sha256('a model')));
    expect(thrownBy(() => readProfile(other)).message).toContain('was measured with another model.onnx');
  });

  test('that cannot be written is said to be so', () => {
    const written = writeModelPackage(target, CONTENTS);
    const gone = { ...written, directory: join(target, 'gone') };
    expect(thrownBy(() => writeProfile(gone, profileOf(''))).message).toMatch(
      /profile.json: cannot be written: .* does not exist \(ENOENT\)/,
    );
  });

  const [batch] = profileOf('').batches;
  test.each<[string, Partial<ComputeProfile>, string]>([
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
    expect(thrownBy(() => readProfile(written)).problems).toEqual([problem]);
  });
});

describe('the manifest', () => {
  test.each(['a', 'credit-risk', '2024', 'a'.repeat(48)])('allows the name %s', (name) => {
    expect(MODEL_NAME.test(name)).toBe(true);
  });

  test.each(['', '-a', 'a-', 'Credit', 'a_b', 'a.b', 'a'.repeat(49), 'a\n'])('refuses the name %j', (name) => {
    expect(MODEL_NAME.test(name)).toBe(false);
  });

  test('refuses what it does not know, so that a typing error is found', () => {
    const { manifest } = writeModelPackage(target, CONTENTS);
    expect(manifestSchema.safeParse(manifest).success).toBe(true);
    expect(manifestSchema.safeParse({ ...manifest, extra: 1 }).success).toBe(false);
    expect(manifestSchema.safeParse({ ...manifest, model: { ...manifest.model, sha256: 'X' } }).success).toBe(false);
  });

  test('is text that ends with a line feed', () => {
    expect(jsonText({ a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}\n');
  });
});
