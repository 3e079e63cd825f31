/** Keys of dicts, which JSON has as text: their types stand beside them, in the order in which they were written. */
import { Global, type PyValue } from '../joblib';
import type { ObjectReader } from './objects';

type KeyOf = (key: string, index: number) => PyValue;

const CONVERSIONS: Readonly<Record<string, (key: string) => PyValue | undefined>> = {
  str: (key) => key,
  int: integer,
  float: (key) => (key === 'nan' ? Number.NaN : finite(key)),
  bool: (key) => (/^true$/i.test(key) ? true : /^false$/i.test(key) ? false : undefined),
  NoneType: () => null,
};

/** @param types as many as there are entries */
export function readKey(reader: ObjectReader, types: readonly PyValue[], entries: readonly [string, unknown][]): KeyOf {
  const names = types.map(typeName);
  // JavaScript puts keys that look like small integers first, so that types no longer stand beside their keys
  const mixed = new Set(names).size > 1 && entries.some(([key]) => /^\d{1,10}$/.test(key));
  if (mixed) throw reader.error('E_UNSUPPORTED', 'has a dict whose keys are of several types, which is not read');
  return (key, index) => {
    const found = CONVERSIONS[names[index] ?? '']?.(key);
    if (found === undefined) throw reader.error('E_UNSUPPORTED', `has a dict with keys of a type that is not read`);
    return found;
  };
}

function typeName(type: PyValue): string {
  if (!(type instanceof Global)) return '';
  const { module, name } = type;
  if (module === 'builtins') return name;
  if (module !== 'numpy') return '';
  return /^u?int\d+$/.test(name)
    ? 'int'
    : /^float\d+$/.test(name)
      ? 'float'
      : /^(str_|bool_?)$/.test(name)
        ? name.slice(0, 4).replace('str_', 'str')
        : '';
}

function integer(key: string): PyValue | undefined {
  if (!/^-?\d{1,4096}$/.test(key)) return undefined;
  return Number.isSafeInteger(Number(key)) ? Number(key) : BigInt(key);
}

function finite(key: string): number | undefined {
  return key.trim() === '' || Number.isNaN(Number(key)) ? undefined : Number(key);
}
