/** Models of the newest release with one attribute changed, as no fit leaves it. */
import { convertModel } from '../../lib/packaging/converters';
import type { PyObject, PyValue } from '../../lib/packaging/joblib';
import { errorOf } from '../../testing/error-of';
import { load, modelsOf } from './fixtures';

type Damage = readonly [
  name: string,
  attribute: string,
  value: PyValue | ((old: PyValue) => PyValue),
  code: string,
  message: string,
];

/** A list without its first element. */
export const without = (list: PyValue): PyValue => (list as PyValue[]).slice(1);

export function describeDamage(family: string, damages: readonly Damage[]): void {
  test.each(damages)('%s with another %s ends with our own error', async (name, attribute, value, code, message) => {
    const loaded = await load(modelsOf(family), `${name}.joblib`);
    const state = (loaded.root as PyObject).state as Map<PyValue, PyValue>;
    state.set(attribute, typeof value === 'function' ? value(state.get(attribute)!) : value);
    const error = await errorOf(Promise.resolve().then(() => convertModel(loaded)));
    expect(error.message).toContain(message);
    expect(error.code).toBe(code);
  });
}
