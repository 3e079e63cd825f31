import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openArchive } from '../../lib/packaging/archives/archive';
import { openModelBytes, openModelFile } from '../../lib/packaging/conversion/model-file';
import { inspect } from '../../lib/packaging/inspect/inspect';
import { skops, tar, zip } from '../../testing/archives';
import { errorOf } from '../../testing/error-of';
import { temporaryFolder } from '../../testing/temporary-folder';
import { fixtureBytes, fixturePath } from './fixtures';

/** As `pack` opens it. */
async function refused(bytes: Buffer | string, name = 'model.tar.gz') {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, bytes);
  const { code, message } = await errorOf(openModelFile(path));
  return `${code} ${message}`;
}

const PICKLE = fixtureBytes('sources/mlflow/cloudpickle', 'model.pkl');
const MLMODEL = 'flavors:\n  sklearn:\n    pickled_model: model.pkl\n';

describe('a tar', () => {
  test.each([
    [
      'a path out of it',
      { name: '../model.joblib' },
      /^E_UNSAFE .*"\.\.\/model.joblib", which leads out of the folder/,
    ],
    ['a path within it that leads out', { name: 'a/../../b.pkl' }, /^E_UNSAFE .*leads out/],
    ['an absolute path', { name: '/etc/model.joblib' }, /^E_UNSAFE .*leads out/],
    ['a path of Windows', { name: 'C:\\model.joblib' }, /^E_UNSAFE .*leads out/],
    ['a symbolic link', { name: 'model.joblib', type: '2', link: '/etc/passwd' }, /^E_UNSAFE .*has a link in it/],
    ['a hard link', { name: 'model.joblib', type: '1', link: 'x' }, /^E_UNSAFE .*has a link in it/],
    ['a device', { name: 'model.joblib', type: '3' }, /^E_UNSAFE .*has a device in it/],
    ['a pipe', { name: 'model.joblib', type: '6' }, /^E_UNSAFE .*has a pipe in it/],
    ['a file with holes', { name: 'model.joblib', type: 'S' }, /^E_FORMAT .*of a kind that is not known/],
    ['more than is there', { name: 'model.joblib', size: 8_000_000_000 }, /^E_FORMAT .*the tar ends within a file/],
    [
      'a header of a gigabyte',
      { name: 'x', type: 'x', content: Buffer.alloc(1_100_000) },
      /^E_LIMIT .*header of 1100000/,
    ],
    ['a header that is none', { name: 'x', type: 'x', content: '99 path=a\n' }, /^E_FORMAT .*not made of records/],
  ])('with %s is refused', async (_name, entry, expected) => {
    expect(await refused(gzipSync(tar(entry)))).toMatch(expected);
    expect(await refused(tar(entry))).toMatch(expected);
  });

  test('with one name twice is refused', async () => {
    const twice = tar({ name: 'model.joblib', content: 'a' }, { name: './model.joblib', content: 'b' });
    expect(await refused(twice)).toMatch(/^E_FORMAT .*two files named "model.joblib"/);
  });

  test('that unpacks to far more than it is, is refused', async () => {
    const bomb = gzipSync(tar({ name: 'model.joblib', content: Buffer.alloc(3_000_000) }));
    const given = { inflationFloorBytes: 1_000_000 };
    const error = await errorOf(openArchive('model.tar.gz', bomb, given));
    expect(error).toMatchObject({
      code: 'E_LIMIT',
      message: expect.stringContaining('inflates to more than 100 times'),
    });
  });

  test('has long names, folders and what macOS adds', async () => {
    const name = `${'folder/'.repeat(20)}model.pkl`;
    const record = `${name.length + 10} path=${name}\n`;
    const bytes = tar(
      { name: 'folder/', type: '5' },
      { name: '._model.pkl', content: 'x' },
      { name: 'x', type: 'x', content: `${record.length} path=${name}\n` },
      { name: 'short', content: PICKLE },
    );
    const path = join(temporaryFolder(), 'model.tar');
    writeFileSync(path, bytes);
    expect((await openModelFile(path)).file).toBe('model.pkl');
  });

  test('without a model, or with several, says which files there are', async () => {
    expect(await refused(tar({ name: 'notes.md', content: 'x' }))).toMatch(
      /no model file in it \(notes\.md\); name one/,
    );
    const path = fixturePath('sources/sagemaker', 'two.tar.gz');
    expect((await errorOf(openModelFile(path))).message).toBe(
      'two.tar.gz: has 2 files that may be the model in it (first.joblib, second.joblib); name one, as in two.tar.gz#first.joblib',
    );
    expect((await openModelFile(`${path}#second.joblib`)).file).toBe('second.joblib');
    expect((await errorOf(openModelFile(`${path}#third`))).code).toBe('E_USAGE');
  });
});

describe('a zip', () => {
  const schema = { name: 'schema.json', content: '{}' };
  test.each([
    ['a path out of it', zip(schema, { name: '../x.npy' }), /^E_UNSAFE .*leads out of the folder/],
    ['a link', zip(schema, { name: 'x.npy', mode: 0o120777 }), /^E_UNSAFE .*has a link in it, "x.npy"/],
    ['a password', zip({ ...schema, flags: 1 }), /^E_FORMAT .*is encrypted/],
    [
      'another name in front of the content',
      zip({ ...schema, localName: 'other.jsons' }),
      /^E_FORMAT .*not where its list says/,
    ],
    ['another length than it says', zip({ ...schema, size: 1 }), /^E_FORMAT .*not what its list says/],
    ['a gigabyte in few bytes', zip(schema, { name: 'x.npy', size: 2 ** 30 }), /^E_LIMIT .*unpacks to more than/],
    ['one name twice', zip(schema, schema), /^E_FORMAT .*two files named "schema.json"/],
  ])('with %s is refused', async (_name, bytes, expected) => {
    expect(await refused(bytes, 'model.skops')).toMatch(expected);
  });
});

describe('a skops file', () => {
  const object = (loader: string, rest: object) => ({ __class__: 'X', __module__: 'm', __loader__: loader, ...rest });
  const json = (content: unknown) => ({ __class__: 'str', __module__: 'builtins', __loader__: 'JsonNode', content });
  const os = { __class__: 'system', __module__: 'os', __loader__: 'FunctionNode' };
  const deep = JSON.parse(`${'{"__loader__":"ListNode","content":['.repeat(2000)}${']}'.repeat(2000)}`);
  test.each([
    ['a function of the system', skops(os), /^E_UNSAFE model.skops: asks Python to import os.system/],
    ['one within an object', skops(object('PartialNode', { content: { func: os } })), /^E_UNSAFE .*os.system/],
    [
      'a loader of its own',
      skops(object('EvalNode', {})),
      /^E_UNSUPPORTED .*skops loads by "EvalNode", which is not read/,
    ],
    ['a loader named as what all objects have', skops(object('constructor', {})), /^E_UNSUPPORTED .*"constructor"/],
    ['a newer protocol', skops(json('1'), 3), /^E_FORMAT .*is of protocol 3 of skops, and 0 to 2 are read/],
    ['no protocol', skops(json('1'), 'x'), /^E_FORMAT .*has no protocol/],
    [
      'a file that is not in it',
      skops(object('NdArrayNode', { type: 'numpy', file: '../x' })),
      /^E_FORMAT .*not in it/,
    ],
    ['objects without end', skops(deep), /^E_LIMIT .*nests objects deeply/],
    ['an object that is not there', skops(object('CachedNode', { __id__: 7 })), /^E_FORMAT .*does not have/],
    ['a value that is a list', skops(json('[1]')), /^E_FORMAT .*neither text nor a number/],
    ['a schema that is no JSON', zip({ name: 'schema.json', content: '{' }), /^E_FORMAT .*schema.json is not JSON/],
    ['a schema that is no object', zip({ name: 'schema.json', content: '[]' }), /^E_FORMAT .*describes no object/],
  ])('with %s is refused', async (_name, bytes, expected) => {
    expect(await refused(bytes, 'model.skops')).toMatch(expected);
  });

  test.each([
    ['of Python objects', "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", /holds Python objects/],
    ['longer than its bytes', "{'descr': '<f8', 'fortran_order': False, 'shape': (9,), }", /another length/],
    [
      'with a header that computes',
      "{'descr': __import__('os'), 'fortran_order': False, 'shape': (1,), }",
      /header that is not read/,
    ],
  ])('with an array %s is refused', async (_name, header, expected) => {
    const start = Buffer.from('\x93NUMPY\x01\0\0\0', 'latin1');
    start.writeUInt16LE(header.length, 8);
    const content = Buffer.concat([start, Buffer.from(header), Buffer.alloc(8)]);
    const schema = JSON.stringify({ ...object('NdArrayNode', { type: 'numpy', file: '1.npy' }), protocol: 2 });
    const bytes = zip({ name: 'schema.json', content: schema }, { name: '1.npy', content });
    expect((await errorOf(openModelBytes('model.skops', bytes))).message).toMatch(expected);
  });

  test('of a class of one’s own says that it has no code to convert', async () => {
    const path = join(temporaryFolder(), 'own.skops');
    const state = { __class__: 'dict', __module__: 'builtins', __loader__: 'DictNode', content: {} };
    const types = { __class__: 'list', __module__: 'builtins', __loader__: 'ListNode', content: [] };
    writeFileSync(path, skops(object('ObjectNode', { content: { ...state, key_types: types } })));
    const { converts, format } = await inspect(path);
    expect(format).toBe('skops');
    expect(converts).toEqual({ yes: false, reason: expect.stringContaining('uses m.X, a class of your own') });
  });
});

describe('a model of MLflow', () => {
  const mlflow = (mlmodel: string) =>
    tar({ name: 'm/MLmodel', content: mlmodel }, { name: 'm/model.pkl', content: PICKLE });
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefgh'].map((name, i) => `${name}: &${name} [${`*${'abcdefg'[i]},`.repeat(9)}]`).join('\n')}\n`;

  test('is taken from an archive too', async () => {
    const path = join(temporaryFolder(), 'run.tar.gz');
    writeFileSync(path, gzipSync(mlflow(MLMODEL)));
    expect((await openModelFile(path)).source.from).toBe('an MLflow model (flavor sklearn)');
  });

  test.each([
    ['no YAML', 'flavors: [', /^E_FORMAT .*m\/MLmodel: is not YAML that is read/],
    ['aliases of aliases', `${bomb}${MLMODEL}`, /^E_FORMAT .*is not YAML that is read \(Excessive alias count/],
    ['nothing but a list', '[1, 2]', /^E_FORMAT .*describes no model/],
    [
      'code of its own',
      'flavors:\n  python_function:\n    loader_module: m\n',
      /^E_UNSUPPORTED .*flavors python_function, and/,
    ],
    [
      'a file elsewhere',
      MLMODEL.replace('model.pkl', '../../x.pkl'),
      /^E_FORMAT .*names "\.\.\/\.\.\/x.pkl" as the model/,
    ],
    ['no file', MLMODEL.replace('model.pkl', '[]'), /^E_FORMAT .*names no file as the model/],
  ])('with %s is refused', async (_name, mlmodel, expected) => {
    expect(await refused(mlflow(mlmodel))).toMatch(expected);
  });

  test('beside others has to be named', async () => {
    const folder = temporaryFolder();
    for (const name of ['a', 'b']) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'MLmodel'), MLMODEL);
    }
    expect((await errorOf(openModelFile(folder))).message).toMatch(/holds 2 models of MLflow; name one: a, b$/);
  });

  test('whose file is a link to elsewhere is refused', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'MLmodel'), MLMODEL);
    symlinkSync('/etc/hostname', join(folder, 'model.pkl'));
    expect((await errorOf(openModelFile(folder))).message).toMatch(
      /names "model.pkl" as the model, and it is not beside it/,
    );
  });

  test('is not any folder', async () => {
    expect((await errorOf(openModelFile(temporaryFolder()))).message).toMatch(/is a folder without a model of MLflow/);
  });
});

test('a model of BentoML of another library is refused by its name', async () => {
  const bento = (yaml: string) =>
    tar({ name: './model.yaml', content: yaml }, { name: './saved_model.pt', content: 'x' });
  expect(await refused(bento('api_version: v1\nmodule: bentoml.pytorch\n'))).toMatch(
    /^E_UNSUPPORTED .*saved by bentoml.pytorch/,
  );
  const two = tar({ name: 'model.yaml', content: 'api_version: v1\nmodule: bentoml.sklearn\n' });
  expect(await refused(two)).toMatch(/^E_FORMAT .*has 0 files named saved_model/);
});
