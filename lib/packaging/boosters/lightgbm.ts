/** LightGBM's text model (`save_model`, or the `handle` of a pickled booster) -> a booster model. */
import { SlipwayError } from '../../model/error';
import { limitError } from '../joblib';
import type { BoosterModel, BoosterTree, Objective } from './booster-model';
import { lightgbmCategories } from './lightgbm-categories';
import { lightgbmObjective } from './lightgbm-objective';
import { parseLightgbmText } from './lightgbm-text';
import { readLightgbmTree } from './lightgbm-tree';

/** What `version=` may be: LightGBM 2.3 to 3 write v3, LightGBM 4 writes v4. */
const VERSIONS: readonly string[] = ['v3', 'v4'];

/** Lines in front of the trees. */
const HEADER: readonly string[] = [
  ...['tree', 'version', 'num_class', 'num_tree_per_iteration', 'label_index', 'max_feature_idx', 'objective'],
  ...['average_output', 'feature_names', 'monotone_constraints', 'feature_infos', 'tree_sizes'],
];

/** Columns and outputs, which the file says in a few bytes. */
const MAXIMUM_WIDTH = 100_000;
const MAXIMUM_OUTPUTS = 10_000;

/** A model without an objective, trained with a function of the user's own: predictions are the raw scores. */
const NO_OBJECTIVE: Objective = { name: 'custom', link: 'identity', slope: 1 };

interface LightgbmOptions {
  /** Iterations that predict; 0 for all of them. */
  readonly iterations: number;
}

/** @throws SlipwayError E_FORMAT, E_LIMIT or E_UNSUPPORTED */
export function readLightgbm(file: string, bytes: Uint8Array, options: LightgbmOptions): BoosterModel {
  const { header, trees, parameters, pandasCategorical } = parseLightgbmText(file, bytes);
  const version = header.text('version');
  if (!VERSIONS.includes(version)) {
    throw new SlipwayError(
      'E_UNSUPPORTED',
      `${file}: is a LightGBM model in format ${version.slice(0, 20)}; this version of Slipway is tested with v3 (LightGBM 3) and v4: save it again with LightGBM 3.3 or newer`,
    );
  }
  header.only(...HEADER);
  const width = header.integer('max_feature_idx') + 1;
  if (width < 1) throw header.damaged(`has max_feature_idx ${width - 1}`);
  if (width > MAXIMUM_WIDTH) throw limitError(file, `has ${width} columns`, `${MAXIMUM_WIDTH} columns`);
  const outputs = header.integer('num_tree_per_iteration');
  if (outputs < 1 || trees.length % outputs !== 0) {
    throw header.damaged(`has ${outputs} trees an iteration, and there are ${trees.length} trees`);
  }
  if (outputs > MAXIMUM_OUTPUTS) throw limitError(file, `has ${outputs} outputs`, `${MAXIMUM_OUTPUTS} outputs`);
  const all = trees.length / outputs;
  const iterations = options.iterations > 0 ? Math.min(options.iterations, all) : all;
  const sums: BoosterTree[][] = Array.from({ length: outputs }, () => []);
  for (let i = 0; i < iterations * outputs; i++) sums[i % outputs]!.push(readLightgbmTree(trees[i]!, width));

  const line = header.get('objective');
  const objective = line === undefined ? NO_OBJECTIVE : lightgbmObjective(file, line);
  const classes = objective.link === 'softmax' || objective.link === 'independent sigmoids' ? outputs : 2;
  const isClassifier = classes !== 2 || objective.name === 'binary' || outputs > 1;
  const categories = lightgbmCategories(file, width, pandasCategorical, parameters.get('categorical_feature') ?? '');
  return {
    library: 'lightgbm',
    version: undefined, // the text names its format, not the release that wrote it
    objective,
    width,
    names: namesOf(header.text('feature_names').split(' ').filter(Boolean), width, header.damaged.bind(header)),
    trees: sums,
    base: new Array<number>(outputs).fill(0),
    divisor: header.get('average_output') === undefined ? 1 : Math.max(iterations, 1),
    ...(isClassifier && line !== undefined && { classes }),
    ...(categories.length > 0 && { categories }),
  };
}

/** Without names of its own a column is called `Column_` and its index. */
function namesOf(
  names: readonly string[],
  width: number,
  damaged: (what: string) => SlipwayError,
): readonly string[] | undefined {
  if (names.length !== width) throw damaged(`has ${names.length} feature_names for ${width} columns`);
  return names.every((name, i) => name === `Column_${i}`) ? undefined : names;
}
