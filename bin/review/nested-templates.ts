/** What changes in the templates of stacks within a stack, which `cdk diff` of two files does not look into. */
import type { StackTemplate } from '../../lib/deployed/assembly';

type Templates = ReadonlyMap<string, StackTemplate>;
type Resources = NonNullable<StackTemplate['Resources']>;

/** Of a value, in a line. */
const SHOWN_CHARACTERS = 120;

/** @returns lines as `cdk diff` has them, below the logical id of each stack that differs */
export function nestedDifferences(before: Templates, after: Templates): string[] {
  return namesOf(after, before).flatMap((id) => {
    const lines = resourceDifferences(before.get(id)?.Resources, after.get(id)?.Resources);
    return lines.length > 0 ? [`Within it ${id}`, ...lines] : [];
  });
}

const namesOf = (...maps: readonly ReadonlyMap<string, unknown>[]) => [
  ...new Set(maps.flatMap((map) => [...map.keys()])),
];

function resourceDifferences(before: Resources = {}, after: Resources = {}): string[] {
  const [old, now] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  return namesOf(now, old).flatMap((id) => {
    const [was, is] = [old.get(id), now.get(id)];
    if (!was) return [`[+] ${is!.Type} ${id}`];
    if (!is) return [`[-] ${was.Type} ${id} destroy`];
    const changed = propertyDifferences(was.Properties, is.Properties);
    return changed.length > 0 ? [`[~] ${is.Type} ${id}`, ...changed] : [];
  });
}

function propertyDifferences(
  before: Readonly<Record<string, unknown>> = {},
  after: Readonly<Record<string, unknown>> = {},
): string[] {
  const [old, now] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  return namesOf(now, old).flatMap((name) => {
    const [was, is] = [shown(old.get(name)), shown(now.get(name))];
    if (JSON.stringify(old.get(name)) === JSON.stringify(now.get(name))) return [];
    return [` └─ [~] ${name}: ${was} -> ${is}`];
  });
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'none';
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)} ...` : text;
}
