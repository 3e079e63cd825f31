/** LightGBM's objectives: what turns raw scores into predictions. */
import { SlipwayError } from '../../model/error';
import type { Link, Objective } from './booster-model';

/** By name, with those of older releases. */
const LINKS: ReadonlyMap<string, Link> = new Map([
  ['regression', 'identity'],
  ['regression_l1', 'identity'],
  ['huber', 'identity'],
  ['fair', 'identity'],
  ['quantile', 'identity'],
  ['mape', 'identity'],
  ['poisson', 'exponential'],
  ['gamma', 'exponential'],
  ['tweedie', 'exponential'],
  ['binary', 'sigmoid'],
  ['multiclass', 'softmax'],
  ['multiclassova', 'independent sigmoids'],
  ['cross_entropy', 'sigmoid'],
  ['xentropy', 'sigmoid'],
  ['cross_entropy_lambda', 'logarithm of one plus exponential'],
  ['xentlambda', 'logarithm of one plus exponential'],
  ['lambdarank', 'identity'],
  ['rank_xendcg', 'identity'],
]);

/** Words of the line behind the name; `num_class` and `alpha` matter to training alone. */
const WORDS = /^(sqrt$|sigmoid:|num_class:|alpha:)/;

/**
 * @param line as in `objective=binary sigmoid:1`
 * @throws SlipwayError E_UNSUPPORTED for an objective that is not known
 */
export function lightgbmObjective(file: string, line: string): Objective {
  const [name = '', ...words] = line.split(' ').filter(Boolean);
  const link = LINKS.get(name);
  if (!link) {
    throw new SlipwayError(
      'E_UNSUPPORTED',
      `${file}: was trained for the objective ${name.slice(0, 60)}, which is not converted; converted are ${[...LINKS.keys()].join(', ')}`,
    );
  }
  const unknown = words.find((word) => !WORDS.test(word));
  if (unknown !== undefined) {
    throw new SlipwayError(
      'E_UNSUPPORTED',
      `${file}: was trained for the objective ${name} with "${unknown.slice(0, 60)}", which this version of Slipway does not know; use a newer Slipway`,
    );
  }
  if (link === 'identity' && words.includes('sqrt')) return { name, link: 'signed square', slope: 1 };
  if (link !== 'sigmoid' && link !== 'independent sigmoids') return { name, link, slope: 1 };
  const sigmoid = words.find((word) => word.startsWith('sigmoid:'));
  const slope = sigmoid === undefined ? 1 : Number(sigmoid.slice('sigmoid:'.length));
  if (!Number.isFinite(slope) || slope <= 0) {
    throw new SlipwayError('E_FORMAT', `${file}: is damaged: the objective has no usable sigmoid parameter`);
  }
  return { name, link, slope };
}
