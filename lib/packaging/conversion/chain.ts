/** Estimators that were saved one by one, put together as the pipeline that they are. */
import { SlipwayError } from '../../model/error';
import { notAnEstimator } from '../converters/refusal';
import { Global, type LoadedFile, PyObject, PyTuple, type PyValue } from '../joblib';
import { selectPart } from './select';

/**
 * The object to convert.
 *
 * @param loaded files in the order in which the data goes through them
 * @param select parts of the one file, with commas between, in the same order; undefined for what the file holds
 * @throws SlipwayError E_USAGE or E_UNSUPPORTED
 */
export function chain(
  loaded: readonly Pick<LoadedFile, 'file' | 'root'>[],
  select: string | undefined,
): { readonly file: string; readonly root: PyValue } {
  const [first, ...others] = loaded;
  if (select === undefined && first && others.length === 0) return first;
  if (select !== undefined && others.length > 0) {
    throw new SlipwayError(
      'E_USAGE',
      '--select takes parts of one file; give that file alone, or the files without it',
    );
  }
  const steps =
    select === undefined
      ? loaded.map(({ file, root }) => ({ name: file, file, root }))
      : select
          .split(',')
          .map((path) => ({ name: path, file: first!.file, root: selectPart(first!.file, first!.root, path) }));
  if (steps.length === 1) return { file: first!.file, root: steps[0]!.root };
  for (const { name, file, root } of steps) {
    if (!(root instanceof PyObject)) throw notAnEstimator(name === file ? file : `${file}: ${name}`, root);
  }
  return { file: loaded.map(({ file }) => file).join(' + '), root: pipeline(steps) };
}

/** What pickling `Pipeline(steps)` would have left. */
function pipeline(steps: readonly { readonly name: string; readonly root: PyValue }[]): PyObject {
  const object = new PyObject(new Global('sklearn.pipeline', 'Pipeline'), []);
  const versions = steps
    .map(({ root }) => (root as PyObject).state)
    .map((state) => state instanceof Map && state.get('_sklearn_version'));
  const version = versions.find((found) => typeof found === 'string');
  object.state = new Map<PyValue, PyValue>([
    ['steps', steps.map(({ name, root }) => new PyTuple([name, root]))],
    ...(version ? [['_sklearn_version', version] as [PyValue, PyValue]] : []),
  ]);
  return object;
}
