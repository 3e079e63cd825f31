import { convertModel } from '../../../lib/packaging/converters';
import { Global, type LoadedFile, NumpyArray, PyObject, PyTuple } from '../../../lib/packaging/joblib';
import { errorOf } from '../../../testing/error-of';
import { FAMILIES, load, modelFiles, modelsOf } from '../fixtures';

const ALLOWED = { allowUntested: true, warn: () => {} };

/** The file as another release would have left it. @param version undefined where it is to say none */
async function of(version: string | undefined, folder: string, file: string): Promise<LoadedFile> {
  const loaded = await load(folder, file);
  const seen = new Set<unknown>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    if (value instanceof Map) {
      if (version === undefined) value.delete('_sklearn_version');
      else if (value.has('_sklearn_version')) value.set('_sklearn_version', version);
      for (const each of value.values()) visit(each);
    } else if (Array.isArray(value)) value.forEach(visit);
    else if (value instanceof PyTuple) value.items.forEach(visit);
    else if (value instanceof NumpyArray) value.objects?.forEach(visit);
    else if (value instanceof PyObject) visit(value.state);
  };
  visit(loaded.root);
  return loaded;
}

test.each(['1.99.0', undefined])(
  'boosting by SAMME.R is not taken for SAMME in a file of scikit-learn %s, also with --allow-untested',
  async (version) => {
    const loaded = await of(version, modelsOf('ensembles', '1.5.2'), 'votes.joblib');
    const error = await errorOf((async () => convertModel(loaded, ALLOWED))());
    expect(error.code).toBe('E_UNSUPPORTED');
    expect(error.message).toMatch(
      /AdaBoostClassifier\) has a field algorithm, which scikit-learn 1\.9 has not: what it means is not known, and/,
    );
  },
);

test.each([
  ['sklearn.svm._classes', 'sklearn.svm.classes', 'kernels', 'SVC-rbf-of-2.joblib'],
  [
    'sklearn.neighbors._regression',
    'sklearn.neighbors.regression',
    'neighbours',
    'KNeighborsRegressor-chebyshev2.joblib',
  ],
  ['sklearn.ensemble._iforest', 'sklearn.ensemble.iforest', 'trees', 'isolation-auto.joblib'],
])('classes of %s are found in files of releases that called it %s', async (now, before, family, file) => {
  const loaded = await of('0.21.3', modelsOf(family, '0.22.2.post1'), file);
  const { root } = loaded as { root: PyObject };
  expect(root.callee.module).toBe(now);
  const renamed = new PyObject(new Global(before, root.callee.name), root.args);
  renamed.state = root.state;
  const older = { ...loaded, root: renamed };
  expect(Buffer.from(convertModel(older, ALLOWED).onnx).equals(convertModel(loaded, ALLOWED).onnx)).toBe(true);
  const error = await errorOf((async () => convertModel(older))());
  expect(error.message).toMatch(
    /was fitted with scikit-learn 0\.21\.3; this version of Slipway is tested with 0\.22 to/,
  );
});

test.each([
  ['newer', '1.99.0', '1.9.1'],
  ['older', '0.21.3', '0.22.2.post1'],
])(
  'a file of a %s release whose fields are all known is converted with --allow-untested',
  async (_, version, release) => {
    let converted = 0;
    for (const family of FAMILIES) {
      const folder = modelsOf(family, release);
      const files = modelFiles(folder).filter((file) => file.endsWith('.joblib'));
      for (const file of files.filter((_each, i) => i % 3 === 0)) {
        convertModel(await of(version, folder, file), { ...ALLOWED, ties: 'first' });
        converted++;
      }
    }
    expect(converted).toBeGreaterThan(100);
  },
);
