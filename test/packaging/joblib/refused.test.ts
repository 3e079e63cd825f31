import { readModelBytes } from '../../../lib/packaging/joblib';
import { errorOf } from '../../../testing/error-of';
import { fixtureBytes, load, modelsOf } from '../fixtures';

const refused = (file: string, limits = {}) => errorOf(load('refused', file, limits));
const reading = (file: string, bytes: Buffer | string) =>
  errorOf(readModelBytes(file, typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes));

/** The header of the first file in a tar archive, as POSIX has it. */
const tar = (name: string) => `${name.padEnd(257, '\0')}ustar\0${'00'.padEnd(249, '\0')}`;

describe('a file that asks Python to run something', () => {
  test.each([
    ['os-system.pkl', 'posix.system', 'at byte 28'],
    ['eval.pkl', '__builtin__.eval', 'at byte 0'],
    ['popen.joblib', 'subprocess.Popen', 'of the decompressed stream'],
    ['nested-object-array.joblib', 'posix.system', 'at byte '],
  ])('%s is refused, naming %s and where it stands', async (file, name, where) => {
    const error = await refused(file);
    expect(error.code).toBe('E_UNSAFE');
    expect(error.message).toContain(`${file}: asks Python to import ${name}, which no model needs`);
    expect(error.message).toContain(where);
  });

  test('refuses a call of what another call returned', async () => {
    const error = await refused('call-of-call.pkl');
    expect(error.code).toBe('E_UNSAFE');
    expect(error.message).toContain('to call something that is not a name');
  });
});

describe('a file that asks for more than there is', () => {
  test('stops inflating at the ratio, long before the end', async () => {
    const error = await refused('zlib-bomb.joblib', { inflationFloorBytes: 2 ** 20, inflationRatio: 250 });
    expect(error.code).toBe('E_LIMIT');
    expect(error.message).toContain('inflates to more than 250 times its 4089 bytes');
  });

  test('stops inflating at the absolute limit', async () => {
    const error = await refused('zlib-bomb.joblib', { inflatedBytes: 2 ** 20 });
    expect(error.message).toContain('inflates to more than 1048576 bytes');
  });

  test('allocates nothing for a shape that the file does not fill', async () => {
    const error = await refused('shape-bomb.joblib');
    expect(error.code).toBe('E_LIMIT');
    expect(error.message).toContain('has arrays of 8000000000000 bytes');
  });

  test.each([
    ['opcodes', { opcodes: 20 }, 'has too many instructions'],
    ['memo', { memoEntries: 5 }, 'remembers too many objects'],
    ['stack', { stack: 2 }, 'stacks 3 objects'],
    ['file size', { fileBytes: 100 }, /has \d+ bytes/],
    ['array bytes', { arrayBytes: 16 }, /has arrays of \d+ bytes/],
    ['nested pickles', { nestedPickles: 1 }, 'nests pickles 2 deep'],
  ])('holds its limit of %s', async (_name, limits, message) => {
    const error = await errorOf(load(modelsOf('linear'), 'softmax-strings.joblib', limits));
    expect(error.code).toBe('E_LIMIT');
    expect(error.message).toMatch(message);
  });

  test.each([
    ['a string', 'X\xff\xff\xff\x7f', { stringBytes: 100 }, 'has a string of 2147483647 bytes'],
    ['a long integer', '\x8b\x00\x00\x01\x00', {}, 'has an integer of 65536 bytes'],
    ['a memo entry', 'Nr\xff\xff\xff\xff', {}, 'remembers too many objects'],
  ])('refuses the length of %s before it reads it', async (_name, body, limits, message) => {
    const error = await errorOf(readModelBytes('m.pkl', Buffer.from(`\x80\x04${body}`, 'latin1'), limits));
    expect(error.code).toBe('E_LIMIT');
    expect(error.message).toContain(message);
  });
});

describe('a file of another kind', () => {
  test.each([
    ['torch.zip', 'is a PyTorch file (zip)'],
    ['keras.zip', 'is a Keras file (zip)'],
    ['numpy.zip', 'is a numpy archive (zip) of bare arrays'],
    ['other.zip', 'is a zip archive, not a joblib or pickle file'],
    ['compressed.lzma', 'is compressed with lzma'],
    ['cloudpickle.pkl', 'was written by cloudpickle, which stores Python code in the file'],
    ['two-objects.pkl', 'has 5 bytes after the model; a file must hold one object'],
  ])('%s is refused by what it is', async (file, message) => {
    const error = await refused(file);
    expect(error.code).toBe('E_FORMAT');
    expect(error.message).toContain(`${file}: ${message}`);
  });

  test.each([
    ['nothing', '', 'is empty'],
    [
      'a Git LFS pointer',
      'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n',
      'is a Git LFS pointer, not the model itself; fetch the model with "git lfs pull"',
    ],
    ['a web page', '\n<!DOCTYPE html><html>', 'is a web page, not a model'],
    ['JSON', '{"learned": {}}', 'is JSON, and not that of an XGBoost model'],
    ['XML', '<?xml version="1.0"?><Error>', 'is XML, not a model'],
    ['a tar archive', tar('model.joblib'), 'is a tar archive, not a joblib or pickle file; unpack it with "tar -xf"'],
    [
      'CatBoost',
      'CBM1\x98\x26\x00\x00',
      'is a CatBoost model (.cbm), which is not read; export it with model.save_model(',
    ],
    [
      'CatBoost as JSON',
      '{\n  "features_info": {}, "oblivious_trees": []}',
      'is a CatBoost model (JSON), which is not read',
    ],
    ['Parquet', 'PAR1\x15\x04', 'is a Parquet table, not a model; training rows go to --data'],
    ['joblib before 0.10', 'ZF0x10                ', 'was written by joblib before 0.10'],
    [
      'joblib before 0.10, uncompressed',
      '\x80\x02cjoblib.numpy_pickle\nNDArrayWrapper\n.',
      'was written by joblib before 0.10',
    ],
    ['dill', '\x80\x04\x8c\x0adill._dill\x8c\x0c_create_type\x93.', 'was written by dill'],
    ['HDF5', '\x89HDF\r\n\x1a\n', 'is an HDF5 file'],
    ['.npy', '\x93NUMPY\x01\x00', 'is a numpy array (.npy)'],
    ['old PyTorch', '\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.', 'is a PyTorch file'],
    ['text', '404: Not Found', 'is text, not a joblib or pickle file'],
    ['Python', 'import os\n', 'is text, not a joblib or pickle file'],
  ])('%s is refused by what it is', async (_kind, bytes, message) => {
    const error = await reading('model.joblib', bytes);
    expect(error.code).toBe('E_FORMAT');
    expect(error.message).toContain(`model.joblib: ${message}`);
  });
});

describe('a pickle that no dump writes', () => {
  test.each([
    ['a persistent id', 'Pid\n.', 'refers to an object that is not in the file (PERSID)'],
    ['a binary persistent id', 'NQ.', 'refers to an object that is not in the file (BINPERSID)'],
    ['an extension', '\x82\x01.', 'refers to a registry of the Python that wrote it (EXT1)'],
    ['INST', '(imodule\nname\n.', '(INST)'],
    ['OBJ', '(cmodule\nname\no.', '(OBJ)'],
    ['a buffer outside of the file', '\x97.', 'keeps its data outside of the file (NEXT_BUFFER)'],
    ['protocol 6', '\x80\x06N.', 'it says protocol 6, and 5 is the highest there is'],
    ['a name that is no string', 'K\x01K\x02\x93.', 'a name is not made of strings'],
    ['a memo entry that is not there', 'h\x07.', 'it refers to object 7, which it has not remembered'],
    ['an empty stack', '.', 'it takes an object that is not there'],
    ['a mark without an end', '(t(N.', 'it ends with more than one object'],
    ['a key without a value', '}(Nu.', 'a dict has a key without a value'],
    ['items of a number', 'K\x01(NNu.', 'it sets items of something that is not a dict'],
    ['state of a number', 'K\x01}b.', 'it sets the state of something that is not an instance'],
    [
      'a frame beyond the end',
      '\x95\xff\x00\x00\x00\x00\x00\x00\x00N.',
      'ends too early: 255 more bytes are announced',
    ],
    ['text that is not UTF-8', '\x8c\x02\xff\xfe.', 'a string is not UTF-8'],
    ['an unknown instruction', '\xff', 'there is no instruction 0xff'],
  ])('%s is refused', async (_name, body, message) => {
    const error = await reading('m.pkl', `\x80\x04${body}`);
    expect(error.code).toBe('E_FORMAT');
    expect(error.message).toContain(message);
  });

  test.each([
    ['an unknown type', "cnumpy\ndtype\n(S'x9'\ntR."],
    ['another function', 'cnumpy.core.multiarray\nfromfile\n)R.'],
    ['a class', 'cfeatures\nDateParts\n)\x81}b.'],
  ])('%s stays inert data', async (_name, body) => {
    const { root } = await readModelBytes('m.pkl', Buffer.from(`\x80\x02${body}`, 'latin1'));
    expect(root).toHaveProperty('callee');
  });
});

describe('a damaged stream', () => {
  test.each(['linear-zlib.joblib', 'linear-gzip.joblib'])('%s cut short is refused', async (file) => {
    const bytes = fixtureBytes(modelsOf('linear'), file);
    const error = await reading(file, bytes.subarray(0, bytes.length >> 1));
    expect(error.code).toBe('E_FORMAT');
    expect(error.message).toMatch(/its (zlib|gzip) stream cannot be decompressed \(Z_BUF_ERROR\)/);
  });
});

test('refuses a folder and a missing file by their paths', async () => {
  expect((await refused('.')).message).toContain('is a folder, not a file; name a file');
  const missing = await refused('missing.joblib');
  expect(missing.code).toBe('E_FILE');
  expect(missing.message).toMatch(/missing\.joblib: does not exist$/);
});
