/** XGBoost's objectives: what turns margins into predictions, and `base_score` into a margin. */
import type { Link } from './booster-model';

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
  ['reg:expectileerror', IDENTITY],
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

/** Parameters of the objectives by the section that they stand in: all of them matter to training alone. */
export const OBJECTIVE_PARAMETERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['reg_loss_param', ['scale_pos_weight']],
  ['softmax_multiclass_param', ['num_class']],
  ['poisson_regression_param', ['max_delta_step']],
  ['tweedie_regression_param', ['tweedie_variance_power']],
  ['pseudo_huber_param', ['huber_slope']],
  ['quantile_loss_param', ['quantile_alpha']],
  ['expectile_loss_param', ['expectile_alpha']],
  ['aft_loss_param', ['aft_loss_distribution', 'aft_loss_distribution_scale']],
  ['lambda_rank_param', ['num_pairsample', 'fix_list_weight']],
  [
    'lambdarank_param',
    [
      ...['lambdarank_pair_method', 'lambdarank_num_pair_per_sample', 'lambdarank_unbiased', 'lambdarank_bias_norm'],
      ...['lambdarank_normalization', 'lambdarank_score_normalization', 'ndcg_exp_gain'],
    ],
  ],
]);
