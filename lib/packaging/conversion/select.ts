/** A part of what a file holds: an entry of a dict, an item of a list or tuple. */
import { SlipwayError } from '../../model/error';
import { NumpyArray, PyTuple, type PyValue } from '../joblib';

/** Names that a message lists. */
const LISTED = 12;

/**
 * @param path keys of dicts and positions in lists and tuples, from the outside in, with dots between: `model`, `0`, `parts.model`
 * @throws SlipwayError E_USAGE when there is no such part, naming those that there are
 */
export function selectPart(file: string, root: PyValue, path: string): PyValue {
  const keys = root instanceof Map && root.has(path) ? [path] : path.split('.'); // a key may have dots in it
  let value = root;
  keys.forEach((key, depth) => {
    const found = entry(value, key);
    if (found === undefined) {
      const where = depth === 0 ? file : `${file}: ${keys.slice(0, depth).join('.')}`;
      throw new SlipwayError('E_USAGE', `${where}: has no part "${key}" to select; it holds ${parts(value)}`);
    }
    value = found;
  });
  return value;
}

function entry(value: PyValue, key: string): PyValue | undefined {
  if (value instanceof Map) {
    const named = value.get(key);
    return named === undefined && /^\d{1,9}$/.test(key) ? value.get(Number(key)) : named;
  }
  const items = itemsOf(value);
  return items && /^\d{1,9}$/.test(key) ? items[Number(key)] : undefined;
}

function itemsOf(value: PyValue): readonly PyValue[] | undefined {
  if (value instanceof PyTuple) return value.items;
  if (value instanceof NumpyArray) return value.objects;
  return Array.isArray(value) ? value : undefined;
}

function parts(value: PyValue): string {
  if (value instanceof Map) {
    const keys = [...value.keys()].filter((key) => typeof key === 'string' || typeof key === 'number');
    const listed = keys.slice(0, LISTED).map((key) => `"${key}"`);
    return `a dict with ${listed.join(', ')}${keys.length > listed.length ? ', ...' : ''}`;
  }
  const items = itemsOf(value);
  return items ? `${items.length} items, 0 to ${items.length - 1}` : 'one object, which has no parts';
}
