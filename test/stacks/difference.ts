/**
 * What makes one template of another, as lines to read: the place, what stands there in the first, what in the second.
 * Nothing is left out: with the first and the difference, the second can be written down.
 */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export function difference(first: Json, second: Json): string {
  return changes(first, second, []).join('\n');
}

function changes(first: Json | undefined, second: Json | undefined, place: readonly (string | number)[]): string[] {
  if (Array.isArray(first) && Array.isArray(second)) return changedItems(first, second, place);
  if (isObject(first) && isObject(second)) {
    const keys = [...new Set([...Object.keys(first), ...Object.keys(second)])].sort();
    return keys.flatMap((key) => changes(own(first, key), own(second, key), [...place, key]));
  }
  if (first === second) return [];
  return [place.join(' > '), ...marked('-', first), ...marked('+', second)];
}

/** Items one by one; where there are more or fewer of them, all between those that both begin and end with. */
function changedItems(first: readonly Json[], second: readonly Json[], place: readonly (string | number)[]): string[] {
  if (first.length === second.length) {
    return first.flatMap((item, i) => changes(item, second[i], [...place, i]));
  }
  const shorter = Math.min(first.length, second.length);
  const same = (i: number, j: number) => changes(first[i], second[j], []).length === 0;
  let start = 0;
  while (start < shorter && same(start, start)) start++;
  let end = 0;
  while (end < shorter - start && same(first.length - 1 - end, second.length - 1 - end)) end++;
  return [
    [...place, `from ${start}`].join(' > '),
    ...first.slice(start, first.length - end).flatMap((item) => marked('-', item)),
    ...second.slice(start, second.length - end).flatMap((item) => marked('+', item)),
  ];
}

function marked(mark: string, value: Json | undefined): string[] {
  if (value === undefined) return [];
  return JSON.stringify(value, inOrder, 2)
    .split('\n')
    .map((line) => `  ${mark} ${line}`);
}

/** For `JSON.stringify`: keys in their order, whatever order they were written in. */
const inOrder = (_key: string, value: Json) =>
  isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const own = (value: { readonly [key: string]: Json }, key: string) =>
  Object.hasOwn(value, key) ? value[key] : undefined;
