/**
 * The tree kernel, in AssemblyScript: which leaves rows reach in an ensemble of trees, added up in the order of the trees.
 * It knows no model; what it walks through is laid out in its memory by `forest.ts`.
 *
 * A node takes 16 bytes: a threshold (float64), the offset of its feature in a row with flags in the lowest bits
 * (uint32), and the address of the child for "yes" (uint32). The child for "no" lies 16 bytes behind that one. A leaf is a
 * node that every number leads back to, so that eight walks can take their steps together, however long each is.
 *
 * Eight walks at a time, since a step waits for what it loads: eight rows down one tree, or one row down eight trees.
 */

/** NaN goes to the child for "yes". */
const MISSING_YES: u32 = 1;
/** "Yes" is for members of a set: the threshold is its address (uint32) and how many bits it has (uint32). */
const MEMBER: u32 = 2;
const FLAGS: u32 = 7;

/** Bytes of the description of a tree: address of its root, steps to its deepest leaf, offset of its sum, nothing. */
const TREE: usize = 16;

/** Steps between looks at whether all walks have ended. */
const ROUND: u32 = 4;

let nodes: usize = 0;
let values: usize = 0;

@inline function isMember(set: u64, x: f64): bool {
  if (!(x >= 0.0 && x < f64(u32(set >> 32)))) return false;
  const bit = u32(x);
  return f64(bit) == x && ((load<u8>(usize(u32(set)) + (bit >> 3)) >> u8(bit & 7)) & 1) != 0;
}

/** Where no number of the row is NaN and no node asks for members. */
@inline function plainStep(node: usize, row: usize): usize {
  const feature = load<u32>(node, 8) & ~FLAGS;
  return usize(load<u32>(node, 12)) + (usize(load<f64>(row + feature) > load<f64>(node)) << 4);
}

@inline function anyStep(node: usize, row: usize): usize {
  const word = load<u32>(node, 8);
  const x = load<f64>(row + (word & ~FLAGS));
  let yes: bool;
  if (x != x) yes = (word & MISSING_YES) != 0;
  else if ((word & MEMBER) != 0) yes = isMember(load<u64>(node), x);
  else yes = x <= load<f64>(node);
  return usize(load<u32>(node, 12)) + (usize(!yes) << 4);
}

@inline function step(plain: bool, node: usize, row: usize): usize {
  return plain ? plainStep(node, row) : anyStep(node, row);
}

@inline function ended(node: usize): u32 {
  return load<u32>(node, 12) ^ u32(node);
}

/** Adds what a leaf says: one number, rounded to float32 or not, or the `width` numbers at an address. */
@inline function add(leaf: usize, out: usize, width: u32, single: bool): void {
  const value = values + ((leaf - nodes) >> 1);
  if (width == 0) {
    const sum = load<f64>(out) + load<f64>(value);
    store<f64>(out, single ? f64(f32(sum)) : sum);
    return;
  }
  let from = usize(load<u32>(value));
  for (let i: u32 = 0; i < width; i++, from += 8, out += 8) store<f64>(out, load<f64>(out) + load<f64>(from));
}

/** Eight walks to their leaves, which are added in turn. */
@inline function walk(
  plain: bool,
  n0: usize, n1: usize, n2: usize, n3: usize, n4: usize, n5: usize, n6: usize, n7: usize,
  row: usize, stride: usize, steps: u32,
  out: usize, o1: usize, o2: usize, o3: usize, o4: usize, o5: usize, o6: usize, o7: usize,
  width: u32, single: bool,
): void {
  const r1 = row + stride, r2 = r1 + stride, r3 = r2 + stride, r4 = r3 + stride;
  const r5 = r4 + stride, r6 = r5 + stride, r7 = r6 + stride;
  for (let done: u32 = 0; done < steps; done += ROUND) {
    for (let i: u32 = 0; i < ROUND; i++) {
      n0 = step(plain, n0, row); n1 = step(plain, n1, r1); n2 = step(plain, n2, r2); n3 = step(plain, n3, r3);
      n4 = step(plain, n4, r4); n5 = step(plain, n5, r5); n6 = step(plain, n6, r6); n7 = step(plain, n7, r7);
    }
    if (done + ROUND < steps) {
      const open = ended(n0) | ended(n1) | ended(n2) | ended(n3) | ended(n4) | ended(n5) | ended(n6) | ended(n7);
      if (open == 0) break;
    }
  }
  add(n0, out, width, single); add(n1, o1, width, single); add(n2, o2, width, single); add(n3, o3, width, single);
  add(n4, o4, width, single); add(n5, o5, width, single); add(n6, o6, width, single); add(n7, o7, width, single);
}

function plainWalk(
  n0: usize, n1: usize, n2: usize, n3: usize, n4: usize, n5: usize, n6: usize, n7: usize,
  row: usize, stride: usize, steps: u32,
  o0: usize, o1: usize, o2: usize, o3: usize, o4: usize, o5: usize, o6: usize, o7: usize,
  width: u32, single: bool,
): void {
  walk(true, n0, n1, n2, n3, n4, n5, n6, n7, row, stride, steps, o0, o1, o2, o3, o4, o5, o6, o7, width, single);
}

function anyWalk(
  n0: usize, n1: usize, n2: usize, n3: usize, n4: usize, n5: usize, n6: usize, n7: usize,
  row: usize, stride: usize, steps: u32,
  o0: usize, o1: usize, o2: usize, o3: usize, o4: usize, o5: usize, o6: usize, o7: usize,
  width: u32, single: bool,
): void {
  walk(false, n0, n1, n2, n3, n4, n5, n6, n7, row, stride, steps, o0, o1, o2, o3, o4, o5, o6, o7, width, single);
}

@inline function eight(
  plain: bool,
  n0: usize, n1: usize, n2: usize, n3: usize, n4: usize, n5: usize, n6: usize, n7: usize,
  row: usize, stride: usize, steps: u32,
  o0: usize, o1: usize, o2: usize, o3: usize, o4: usize, o5: usize, o6: usize, o7: usize,
  width: u32, single: bool,
): void {
  if (plain) plainWalk(n0, n1, n2, n3, n4, n5, n6, n7, row, stride, steps, o0, o1, o2, o3, o4, o5, o6, o7, width, single);
  else anyWalk(n0, n1, n2, n3, n4, n5, n6, n7, row, stride, steps, o0, o1, o2, o3, o4, o5, o6, o7, width, single);
}

@inline function root(tree: usize, index: usize): usize {
  return usize(load<u32>(tree + index * TREE));
}

@inline function sum(tree: usize, index: usize, out: usize): usize {
  return out + usize(load<u32>(tree + index * TREE, 8));
}

/**
 * The sums of an ensemble for each row.
 *
 * @param plain whether no number in `x` is NaN and no node asks for members
 * @param rows that lie at `x`, `stride` bytes apart
 * @param trees address of the descriptions of `count` trees
 * @param out where the sums of each row go, `sums` bytes a row
 * @param width of what a leaf says; 0 is one number that lies in the place of an address
 * @param single whether each sum is rounded to float32
 * @param first address of the first node
 * @param leaves address of what the leaves say, eight bytes for each node
 */
export function evaluate(
  plain: bool, rows: u32, x: usize, stride: usize, trees: usize, count: u32, out: usize, sums: usize, width: u32,
  single: bool, first: usize, leaves: usize,
): void {
  nodes = first;
  values = leaves;
  memory.fill(out, 0, usize(rows) * sums);
  const whole = rows & ~7;
  const last = trees + usize(count) * TREE;
  if (whole > 0) {
    for (let tree = trees; tree < last; tree += TREE) {
      const n = root(tree, 0), steps = load<u32>(tree, 4);
      let row = x, o = sum(tree, 0, out);
      for (let i: u32 = 0; i < whole; i += 8, row += stride << 3, o += sums << 3) {
        eight(plain, n, n, n, n, n, n, n, n, row, stride, steps,
          o, o + sums, o + sums * 2, o + sums * 3, o + sums * 4, o + sums * 5, o + sums * 6, o + sums * 7, width, single);
      }
    }
  }
  let row = x + usize(whole) * stride, o = out + usize(whole) * sums;
  for (let i = whole; i < rows; i++, row += stride, o += sums) {
    let tree = trees;
    for (; tree + 8 * TREE <= last; tree += 8 * TREE) {
      let steps: u32 = 0;
      for (let t: usize = 0; t < 8; t++) steps = max(steps, load<u32>(tree + t * TREE, 4));
      eight(plain, root(tree, 0), root(tree, 1), root(tree, 2), root(tree, 3),
        root(tree, 4), root(tree, 5), root(tree, 6), root(tree, 7), row, 0, steps,
        sum(tree, 0, o), sum(tree, 1, o), sum(tree, 2, o), sum(tree, 3, o),
        sum(tree, 4, o), sum(tree, 5, o), sum(tree, 6, o), sum(tree, 7, o), width, single);
    }
    for (; tree < last; tree += TREE) {
      let n = root(tree, 0);
      for (let left = load<u32>(tree, 4); left > 0; left--) n = step(plain, n, row);
      add(n, sum(tree, 0, o), width, single);
    }
  }
}
