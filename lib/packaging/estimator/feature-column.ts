/** A column on its way through the estimators, and how what is refused of it goes back to the request. */
import type { Label } from '../../model/rows/signature';
import type { Tokenizer } from '../../model/rows/tokens';

/** A column of the request. Estimators may only narrow what it accepts. */
export interface RawColumn {
  readonly name: string;
  readonly type: ColumnType;
  missing: boolean;
  /** Largest magnitude; Infinity when any finite number will do. */
  maximum: number;
  /** What every number must be above; -Infinity when nothing is. */
  above: number;
  /** A number that is not accepted. */
  except?: number;
  /** The only values that are accepted; undefined when all are. */
  categories?: ReadonlySet<Label>;
  /** As what `null` came in training: Python's None or NaN; undefined when no estimator has told them apart. */
  missingKind?: MissingKind;
  /** How its text is tokenised; undefined until an estimator says so. */
  tokens?: Tokenizer;
}

export type MissingKind = 'NaN' | 'None';

/** What a column is made of: numbers, text, or text as its tokens. 'any' for one that is never looked at. */
export type ColumnType = 'float64' | 'string' | 'tokens' | 'any';

/**
 * Columns of the request that were taken for numbers, as the first steps say nothing else, and are text to an estimator
 * further on. The conversion begins again with what is known now.
 */
export class TextWanted extends Error {
  constructor(readonly columns: readonly RawColumn[]) {
    super('numbers where text is wanted');
  }
}

/** What an estimator may refuse of a column. */
export interface FeatureColumn {
  readonly type: ColumnType;
  /** The column of the request that it is. */
  readonly raw?: RawColumn;
  /** Name of the raw column that it comes from first, for messages. */
  readonly name: string;
  /**
   * How far one of its numbers may be from the library's, by its magnitude; absent where they are the same to the
   * last bit, as those of the request are. Whoever compares them with numbers that fitting learnt allows for it.
   */
  readonly rounding?: ((magnitude: number) => number) | undefined;
  /** From here on NaN is not accepted. */
  refuseMissing(): void;
  /** From here on magnitudes beyond `maximum` are not accepted. */
  limitMagnitude(maximum: number): void;
  /**
   * From here on numbers must be above `minimum`.
   *
   * @returns false where the raw columns cannot tell, and nothing was refused
   */
  requireAbove(minimum: number): boolean;
  /**
   * From here on this number is not accepted.
   *
   * @returns false where the raw columns cannot tell, and nothing was refused
   */
  refuseNumber(value: number): boolean;
  /**
   * From here on only these values are accepted, and missing ones if `missing` says so.
   *
   * @returns false where the raw columns cannot tell, and nothing was refused
   */
  allowOnly(values: ReadonlySet<Label>, missing: boolean): boolean;
  /**
   * As what a missing value came in training.
   *
   * @returns false when it is already known to have been the other
   */
  settleMissing(kind: MissingKind): boolean;
  /**
   * How its text is tokenised.
   *
   * @returns false when it is tokenised otherwise already, or is no text of the request
   */
  tokenise(tokenizer: Tokenizer): boolean;
}

/** The raw column itself. */
export function rawColumn(raw: RawColumn): FeatureColumn {
  return {
    type: raw.type,
    name: raw.name,
    raw,
    refuseMissing: () => {
      raw.missing = false;
    },
    limitMagnitude: (maximum) => {
      raw.maximum = Math.min(raw.maximum, maximum);
    },
    requireAbove: (minimum) => {
      raw.above = Math.max(raw.above, minimum);
      return true;
    },
    refuseNumber: (value) => {
      raw.except ??= value;
      return raw.except === value;
    },
    allowOnly: (values, missing) => {
      raw.categories = raw.categories ? new Set([...raw.categories].filter((value) => values.has(value))) : values;
      if (!missing) raw.missing = false;
      return true;
    },
    settleMissing: (kind) => {
      raw.missingKind ??= kind;
      return raw.missingKind === kind;
    },
    tokenise: (tokenizer) => {
      raw.tokens ??= tokenizer;
      return raw.type === 'tokens' && JSON.stringify(raw.tokens) === JSON.stringify(tokenizer);
    },
  };
}

/** What sums of products may round otherwise here than in the library; they may be far smaller than their terms. */
function loose(magnitude: number): number {
  return 1e-12 * Math.max(magnitude, 1);
}

/** A column of small numbers that are never missing, such as probabilities. */
export const BOUNDED: FeatureColumn = {
  type: 'float64',
  name: '',
  rounding: loose,
  refuseMissing: () => {},
  limitMagnitude: () => {},
  requireAbove: () => false,
  refuseNumber: () => false,
  allowOnly: () => false,
  settleMissing: (kind) => kind === 'NaN',
  tokenise: () => false,
};

/** Whether it is known of a column that it is never missing. */
export function isNeverMissing({ refuseMissing }: FeatureColumn): boolean {
  return refuseMissing === BOUNDED.refuseMissing;
}

/** A column of ones and zeros. */
export const INDICATOR: FeatureColumn = {
  ...BOUNDED,
  rounding: undefined,
  requireAbove: (minimum) => minimum < 0,
  allowOnly: (values) => values.has(0) && values.has(1),
};

/**
 * A column computed from others: missing when one of them is.
 *
 * @param reach the largest magnitude of the sources for which it is certain to stay within the given one
 */
export function computedColumn(
  sources: readonly FeatureColumn[],
  reach: (maximum: number) => number,
  requireAbove: FeatureColumn['requireAbove'] = () => false,
): FeatureColumn {
  let refused = false;
  let limit = Number.POSITIVE_INFINITY;
  return {
    type: 'float64',
    name: sources[0]?.name ?? '',
    rounding: loose,
    refuseMissing: () => {
      if (refused) return; // sources that many columns share would be told again and again
      refused = true;
      for (const source of sources) source.refuseMissing();
    },
    limitMagnitude: (maximum) => {
      const before = reach(maximum);
      if (before >= limit) return;
      limit = before;
      for (const source of sources) source.limitMagnitude(before);
    },
    requireAbove,
    refuseNumber: () => false,
    allowOnly: () => false,
    settleMissing: (kind) => kind === 'NaN', // what was computed with is a number
    tokenise: () => false,
  };
}

/** Keeps the rounding of a scaling on the safe side. */
const SAFETY = 1 - 2 ** -40;

/** The column `(x - centre) / scale`. @param scale not 0 */
export function scaledColumn(source: FeatureColumn, centre: number, scale: number): FeatureColumn {
  const reach = (maximum: number) => {
    const before = (maximum * Math.abs(scale) - Math.abs(centre)) * SAFETY;
    return Math.max(before, Number.MIN_VALUE);
  };
  const { rounding } = source;
  return {
    ...computedColumn([source], reach, (minimum) => scale > 0 && source.requireAbove(minimum * scale + centre)),
    rounding:
      rounding &&
      ((magnitude) =>
        rounding(magnitude * Math.abs(scale) + Math.abs(centre)) / Math.abs(scale) + magnitude * Number.EPSILON),
  };
}

/**
 * How far a number may be from one that fitting learnt from numbers like it, and be the same in the library.
 *
 * @returns 0 where the library's bits are known
 */
export function marginAt(column: FeatureColumn, learnt: number): number {
  return column.rounding?.(Math.abs(learnt)) ?? 0;
}
