/** `sklearn.pipeline.Pipeline`, and imbalanced-learn's: steps one after the other. */

import type { Conversion, Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import type { Features } from '../../estimator/features';
import { PyObject, PyTuple } from '../../joblib';
import { isRowScaler } from '../scaling/row-scalers';
import { isFunction, isIdentity } from './function-transformer';

/** Where imbalanced-learn has its samplers, and nothing else. They choose rows of training, and leave those to predict alone. */
const SAMPLERS = /^imblearn\.(over_sampling|under_sampling|combine)\.|^imblearn\.base\.FunctionSampler$/;

/** The steps that do something; `None`, 'passthrough' and samplers do nothing. */
function stepsOf(pipeline: Estimator): (Estimator | undefined)[] {
  const steps = pipeline.list('steps');
  if (steps.length === 0) throw pipeline.unsupported('is a pipeline without steps');
  return steps.map((step) => {
    const [name, estimator] = step instanceof PyTuple ? step.items : [];
    if (typeof name !== 'string') throw pipeline.damaged('a step has no name');
    if (estimator === null || estimator === 'passthrough') return undefined;
    if (!(estimator instanceof PyObject)) throw pipeline.damaged(`step '${name}' is not an estimator`);
    return SAMPLERS.test(estimator.callee.fullName) ? undefined : pipeline.child(estimator, name);
  });
}

function transformAll(steps: readonly (Estimator | undefined)[], input: Features, conversion: Conversion): Features {
  let features = input;
  for (const step of steps) {
    if (!step) continue;
    refuseStranger(step, features);
    features = conversion.transform(step, features);
  }
  return features;
}

/** Steps from files of their own may not belong together; those of one pipeline were fitted one after the other. */
function refuseStranger(step: Estimator, input: Features): void {
  const fitted = step.get('n_features_in_');
  const { length } = input.columns;
  if (typeof fitted !== 'number' || fitted === length) return;
  throw step.unsupported(
    `(${step.className}) was fitted with ${fitted} columns, and ${length} come in: it does not belong to the step before it; give files that were fitted one after the other, in that order`,
  );
}

const shared: Omit<Converter, 'classNames'> = {
  reads: ['steps', 'n_features_in_'],

  entry(estimator) {
    const steps = stepsOf(estimator).filter((step) => step !== undefined);
    // what looks at single numbers or rows need not know how many columns there are, and leaves as many
    const silent = (step: Estimator) => isFunction(step) || isRowScaler(step);
    const first = steps.find((step) => !silent(step) || step.get('n_features_in_') !== undefined) ?? steps[0];
    if (!first) throw estimator.unsupported("is a pipeline whose steps are all 'passthrough'");
    return first;
  },

  // the first step that says anything of X, behind those that leave it as it is
  inputTypes(estimator, typesOf) {
    for (const step of stepsOf(estimator)) {
      if (!step || isIdentity(step)) continue;
      return typesOf(step);
    }
    return undefined;
  },

  transform(estimator, input, conversion) {
    return transformAll(stepsOf(estimator), input, conversion);
  },

  predict(estimator, input, conversion) {
    const steps = stepsOf(estimator);
    const last = steps.at(-1);
    if (!last) throw estimator.unsupported("is a pipeline whose last step is 'passthrough', so it has no predict");
    const features = transformAll(steps.slice(0, -1), input, conversion);
    refuseStranger(last, features);
    return conversion.predict(last, features);
  },
};

export const pipeline: Converter = { ...shared, classNames: ['sklearn.pipeline.Pipeline'] };

/** Its steps say which version of scikit-learn fitted them. */
export const samplingPipeline: Converter = {
  ...shared,
  classNames: ['imblearn.pipeline.Pipeline'],
  library: () => ({ name: 'imbalanced-learn' }),
};
