/** A mistake at a path of keys in slipway.yaml. */
export interface Mistake {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Keys of a stage, and what is wrong there. */
export type StageMistake = readonly [path: string[], message: string];
