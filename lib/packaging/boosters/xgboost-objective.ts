/** XGBoost's objectives: what turns margins into predictions, and `base_score` into a margin. */
import type { Link } from './model';

interface XgboostObjective {
  readonly link: Link;
  /** How `base_score`, which is in the space of predictions, becomes a margin. All in float32, as XGBoost computes it. */
  readonly margin: (baseScore: number) => number;
}

const { fround } = Math;
const same = (score: number): number => score;
const logit = (score: number): number => fround(-fround(Math.log(fround(fround(1 / score) - 1))));
const logarithm = (score: number): number => fround(Math.log(score));

const IDENTITY: XgboostObjective = { link: 'identity', margin: same };
const LOGISTIC: XgboostObjective = { link: 'sigmoid', margin: logit };
const EXPONENTIAL: XgboostObjective = { link: 'exponential', margin: logarithm };

/** By name; `reg:linear`, `rank:map` and others are names of older releases. */
export const XGBOOST_OBJECTIVES: ReadonlyMap<string, XgboostObjective> = new Map([
  ['reg:squarederror', IDENTITY],
  ['reg:linear', IDENTITY],
  ['reg:squaredlogerror', IDENTITY],
  ['reg:pseudohubererror', IDENTITY],
  ['reg:absoluteerror', IDENTITY],
  ['reg:quantileerror', IDENTITY],
  ['reg:logistic', LOGISTIC],
  ['binary:logistic', LOGISTIC],
  ['binary:logitraw', IDENTITY],
  ['binary:hinge', { link: 'step', margin: same }],
  ['count:poisson', EXPONENTIAL],
  ['reg:gamma', EXPONENTIAL],
  ['reg:tweedie', EXPONENTIAL],
  ['survival:cox', EXPONENTIAL],
  ['survival:aft', EXPONENTIAL],
  ['multi:softprob', { link: 'softmax', margin: same }],
  ['multi:softmax', { link: 'argmax', margin: same }],
  ['rank:pairwise', IDENTITY],
  ['rank:ndcg', IDENTITY],
  ['rank:map', IDENTITY],
]);
