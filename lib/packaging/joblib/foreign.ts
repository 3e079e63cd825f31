/** Files that are not pickles, known by how they begin, and what to do about each. */

interface ForeignKind {
  readonly matches: (bytes: Buffer) => boolean;
  readonly message: string;
}

const COMPRESSED =
  'which this version does not read; save it again with joblib.dump(model, "model.joblib", compress=3), which is zlib, or with compress=0';

const startsWith =
  (...magic: number[]) =>
  (bytes: Buffer) =>
    bytes.length >= magic.length && magic.every((byte, i) => bytes[i] === byte);

const startsWithText = (text: string) => startsWith(...Buffer.from(text, 'latin1'));

const isZip = startsWithText('PK\x03\x04');

/** A zip lists its names at its end, in the clear. */
const zipNames = (bytes: Buffer) => bytes.subarray(Math.max(0, bytes.length - 65_536));
const zipWith =
  (...names: string[]) =>
  (bytes: Buffer) =>
    isZip(bytes) && names.some((name) => zipNames(bytes).includes(name));

const beginsAsText = (pattern: RegExp) => (bytes: Buffer) => pattern.test(bytes.subarray(0, 512).toString('latin1'));

const isJson = beginsAsText(/^\s*\{\s*"/);

/** A pickle of protocol 0 is text too, and ends with a full stop. */
const isText = (bytes: Buffer) => bytes.at(-1) !== 0x2e && beginsAsText(/^[\t\n\r -~]*$/)(bytes);

/** What to do with a CatBoost model, of whose own files none is read. */
export const CATBOOST_EXPORT =
  'export it with model.save_model("model.onnx", format="onnx") and give that file, as far as CatBoost can';

/** What to do with networks: `.onnx` files are read. */
export const TORCH_EXPORT = 'export it where it was trained, with torch.onnx.export, and give the .onnx file';
export const KERAS_EXPORT =
  'export it where it was trained, with model.export("model.onnx", format="onnx") of Keras 3, or with tf2onnx, and give the .onnx file';

/** Eight bytes of length, then JSON. */
const isSafetensors = (bytes: Buffer) =>
  bytes.length > 10 && bytes.readBigUInt64LE(0) <= bytes.length && bytes.toString('latin1', 8, 10) === '{"';

const KINDS: readonly ForeignKind[] = [
  { matches: (bytes) => bytes.length === 0, message: 'is empty' },
  {
    matches: isSafetensors,
    message:
      'holds the weights of a neural network without the network (safetensors), which is not packed; a model of tables can be exported to ONNX where it was trained, and of a transformer "slipway inspect" tells the memory that it would take',
  },
  {
    matches: startsWithText('GGUF'),
    message: 'is a language model for llama.cpp (GGUF), which is not packed or served',
  },
  {
    matches: startsWithText('version https://git-lfs'),
    message: 'is a Git LFS pointer, not the model itself; fetch the model with "git lfs pull"',
  },
  {
    matches: beginsAsText(/^\s*(<!doctype html|<html)/i),
    message: 'is a web page, not a model; a download has probably saved a login or error page under this name',
  },
  {
    matches: beginsAsText(/^\s*<\?xml/i),
    message:
      'is XML, not a model: an error page that a download has saved under this name, or PMML, which is not read; give the file that joblib.dump wrote',
  },
  {
    matches: zipWith('data.pkl', '.data/serialization_id'),
    message: `is a PyTorch file (zip), which is not converted; ${TORCH_EXPORT}`,
  },
  {
    matches: zipWith('model.weights.h5', 'keras_metadata.pb'),
    message: `is a Keras file (zip), which is not converted; ${KERAS_EXPORT}`,
  },
  {
    matches: zipWith('.npy'),
    message: 'is a numpy archive (zip) of bare arrays; save the fitted estimator itself with joblib.dump',
  },
  {
    matches: isZip,
    message: 'is a zip archive, not a joblib or pickle file; unpack it and give the model file inside',
  },
  {
    matches: (bytes) => bytes.toString('latin1', 257, 262) === 'ustar',
    message: 'is a tar archive, not a joblib or pickle file; unpack it with "tar -xf" and give the model file inside',
  },
  { matches: startsWithText('CBM1'), message: `is a CatBoost model (.cbm), which is not read; ${CATBOOST_EXPORT}` },
  {
    matches: (bytes) =>
      isJson(bytes) && ['"oblivious_trees"', '"catboost_version_info"'].some((key) => bytes.includes(key)),
    message: `is a CatBoost model (JSON), which is not read; ${CATBOOST_EXPORT}`,
  },
  {
    matches: startsWith(0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20),
    message: `is a PyTorch file, which is not converted; ${TORCH_EXPORT}`,
  },
  {
    matches: startsWith(0x89, 0x48, 0x44, 0x46),
    message: `is an HDF5 file, probably of Keras, which is not converted; ${KERAS_EXPORT}`,
  },
  {
    matches: startsWith(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59),
    message: 'is a numpy array (.npy), not a model; save the fitted estimator itself with joblib.dump',
  },
  {
    matches: startsWithText('ZF'),
    message: 'was written by joblib before 0.10; load it there and save it with a newer joblib',
  },
  { matches: startsWithText('PAR1'), message: 'is a Parquet table, not a model; training rows go to --data' },
  { matches: startsWith(0x5d, 0x00, 0x00), message: `is compressed with lzma, ${COMPRESSED}` },
  { matches: startsWith(0x28, 0xb5, 0x2f, 0xfd), message: `is compressed with zstd, ${COMPRESSED}` },
  {
    matches: isJson,
    message:
      'is JSON, and not that of an XGBoost model; give the file that joblib.dump, pickle.dump or Booster.save_model wrote',
  },
  {
    matches: isText,
    message: 'is text, not a joblib or pickle file; give the file that joblib.dump or pickle.dump wrote',
  },
];

/** What is wrong with a file that is of another kind than ours; undefined when it may be a pickle. */
export function foreignKind(bytes: Buffer): string | undefined {
  return KINDS.find((kind) => kind.matches(bytes))?.message;
}
