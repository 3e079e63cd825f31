/** A decision tree as arrays, whatever library it comes from. */

/** One tree; its nodes in an order in which children come after their parent, the root first. */
export interface Tree {
  /** Index of the child for `x <= threshold`; -1 in a leaf. */
  readonly left: Float64Array;
  readonly right: Float64Array;
  readonly feature: Float64Array;
  readonly threshold: Float64Array;
  /** 1 where NaN goes left; absent when the tree knows no NaN. */
  readonly missingLeft?: Float64Array;
  /** By node: where there are some, a row goes left when its value is one of these small integers, not by the threshold. */
  readonly members?: readonly (readonly number[] | undefined)[];
}

/** A tree whose leaves hold one number each. */
export interface WeightedTree extends Tree {
  /** Which of the sums it adds to. */
  readonly target: number;
  /** What each node adds when it is a leaf that a row reaches. */
  readonly weights: Float64Array;
}
