/** Which things go together at the least cost: the cheapest partition of a set, where the cost of a group is slow to find. */

/** Up to so many the cheapest of all partitions is found; there are 203 of six. */
export const MOST_EXACT = 6;

export interface Grouping {
  /** Indices, each group in ascending order, by its first. */
  readonly groups: readonly (readonly number[])[];
  readonly cost: number;
}

/** Cost of a group, indices ascending; infinite where it is none. */
export type CostOf = (group: readonly number[]) => number;

/**
 * The cheapest partition of the numbers from 0 up to `count`. Exact up to `MOST_EXACT`; of more, groups are joined two at a
 * time, those that save most first, and then single ones move, or change places, as long as that saves something; so they do
 * from all in one group, too, and the cheaper end counts.
 */
export function cheapestGrouping(count: number, costOf: CostOf, mostExact = MOST_EXACT): Grouping {
  const known = new Map<string, number>();
  const cost: CostOf = (group) => {
    const key = group.join();
    const there = known.get(key);
    if (there !== undefined) return there;
    const found = group.length === 0 ? 0 : costOf(group);
    known.set(key, found);
    return found;
  };
  if (count <= mostExact) return ordered(exact(count, cost), cost);
  const starts = [joined(count, cost), [Array.from({ length: count }, (_, i) => i)]];
  const moved = starts.map((groups) => ordered(exchanged(groups, cost, false), cost));
  const better = moved.reduce((one, other) => (other.cost < one.cost - NOTHING ? other : one));
  return ordered(exchanged(better.groups, cost, true), cost);
}

function ordered(groups: readonly (readonly number[])[], cost: CostOf): Grouping {
  const sorted = [...groups].sort(([a = 0], [b = 0]) => a - b);
  return { groups: sorted, cost: sorted.reduce((sum, group) => sum + cost(group), 0) };
}

/** Differences that are no saving but the last bits of a sum. */
const NOTHING = 1e-6;

const membersOf = (mask: number, count: number) =>
  Array.from({ length: count }, (_, i) => i).filter((i) => (mask >> i) & 1);

/** By subsets: the group of the first that is left, and the cheapest partition of the others. Fewer groups where it costs the same. */
function exact(count: number, cost: CostOf): number[][] {
  const best: { readonly cost: number; readonly groups: readonly number[][] }[] = [{ cost: 0, groups: [] }];
  for (let mask = 1; mask < 1 << count; mask++) {
    const first = mask & -mask;
    const alone = [membersOf(first, count), ...best[mask ^ first]!.groups];
    let found = { cost: Number.POSITIVE_INFINITY, groups: alone }; // where no other does either
    // all subsets of the others, from the largest on
    for (let others = mask ^ first, more = others; ; more = (more - 1) & others) {
      const group = membersOf(more | first, count);
      const rest = best[others ^ more]!;
      const total = cost(group) + rest.cost;
      if (total < found.cost - NOTHING) found = { cost: total, groups: [group, ...rest.groups] };
      if (more === 0) break;
    }
    best[mask] = found;
  }
  return best[(1 << count) - 1]!.groups as number[][];
}

const union = (one: readonly number[], other: readonly number[]) => [...one, ...other].sort((a, b) => a - b);

/** @returns groups that no joining of two makes cheaper */
function joined(count: number, cost: CostOf): number[][] {
  let groups = Array.from({ length: count }, (_, i) => [i]);
  for (;;) {
    let best: { saved: number; one: number[]; other: number[] } | undefined;
    for (const [i, one] of groups.entries()) {
      for (const other of groups.slice(i + 1)) {
        const saved = saving(cost(one) + cost(other), cost(union(one, other)));
        if (saved > (best?.saved ?? NOTHING)) best = { saved, one, other };
      }
    }
    if (!best) return groups;
    const { one, other } = best;
    groups = [...groups.filter((group) => group !== one && group !== other), union(one, other)];
  }
}

/** Two that cannot be by themselves, and cannot be together either, save nothing. */
const saving = (before: number, after: number) => (after === Number.POSITIVE_INFINITY ? 0 : before - after);

/** One moves to another group or to one of its own, or two change places, while that saves something. @param places whether two do */
function exchanged(groups: readonly (readonly number[])[], cost: CostOf, places: boolean): number[][] {
  const now = groups.map((group) => [...group]);
  const tryChange = (i: number, k: number, one: number[], other: number[]): boolean => {
    if (saving(cost(now[i]!) + cost(now[k]!), cost(one) + cost(other)) <= NOTHING) return false;
    [now[i], now[k]] = [one, other];
    return true;
  };
  for (let changed = true; changed; ) {
    changed = false;
    if (now.every((group) => group.length > 0)) now.push([]);
    for (let i = 0; i < now.length; i++) {
      for (let k = 0; k < now.length; k++) {
        if (i === k) continue;
        for (const member of now[i]!) {
          const left = now[i]!.filter((other) => other !== member);
          changed ||= tryChange(i, k, left, union(now[k]!, [member]));
          if (changed) break;
          for (const partner of places && i < k ? now[k]! : []) {
            const rest = now[k]!.filter((other) => other !== partner);
            changed ||= tryChange(i, k, union(left, [partner]), union(rest, [member]));
            if (changed) break;
          }
          if (changed) break;
        }
      }
    }
  }
  return now.filter((group) => group.length > 0);
}
