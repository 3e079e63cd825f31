/** The converters that there are: those of the boosters, and what the families of scikit-learn's estimators export. */
import { LIGHTGBM_CONVERTERS, XGBOOST_CONVERTERS } from '../boosters';
import type { Converter } from '../estimator/converter';
import type { Estimator } from '../estimator/estimator';
import { refuseUnknownFields } from '../estimator/known-fields';
import { isBefore, testedVersion } from '../estimator/version';
import * as clustering from '../sklearn/clustering';
import * as composition from '../sklearn/composition';
import * as decomposition from '../sklearn/decomposition';
import * as encoding from '../sklearn/encoding';
import * as ensembles from '../sklearn/ensembles';
import * as imputation from '../sklearn/imputation';
import * as kernels from '../sklearn/kernels';
import * as linear from '../sklearn/linear';
import * as neighbours from '../sklearn/neighbours';
import * as neural from '../sklearn/neural';
import * as probabilistic from '../sklearn/probabilistic';
import * as scaling from '../sklearn/scaling';
import * as selection from '../sklearn/selection';
import * as text from '../sklearn/text';
import * as trees from '../sklearn/trees';
import { refusal } from './refusal';

const FAMILIES: readonly Readonly<Record<string, Converter | readonly Converter[]>>[] = [
  clustering,
  composition,
  decomposition,
  encoding,
  ensembles,
  imputation,
  kernels,
  linear,
  neighbours,
  neural,
  probabilistic,
  scaling,
  selection,
  text,
  trees,
];

/** All converters. */
export const CONVERTERS: readonly Converter[] = [
  ...XGBOOST_CONVERTERS,
  ...LIGHTGBM_CONVERTERS,
  ...FAMILIES.flatMap((family) => Object.values(family).flat()),
];

const BY_CLASS_NAME = new Map(
  CONVERTERS.flatMap((converter) => converter.classNames.map((name) => [name, keptToItsWord(converter)] as const)),
);

/** The converter, given estimators that show it what it has declared and nothing else. */
function keptToItsWord(converter: Converter): Converter {
  const { library, trainedOn, entry, inputTypes, transform, predict } = converter;
  const seen = (estimator: Estimator) => estimator.readBy(converter);
  return {
    ...converter,
    ...(library && { library: (estimator) => library(seen(estimator)) }),
    ...(trainedOn && { trainedOn: (estimator) => trainedOn(seen(estimator)) }),
    ...(entry && { entry: (estimator) => entry(seen(estimator)) }),
    ...(inputTypes && { inputTypes: (estimator, typesOf) => inputTypes(seen(estimator), typesOf) }),
    ...(transform && { transform: (estimator, ...given) => transform(seen(estimator), ...given) }),
    ...(predict && { predict: (estimator, ...given) => predict(seen(estimator), ...given) }),
  };
}

/**
 * The converter of an estimator, by the full name of its class: a class of the same short name is another class.
 *
 * @throws SlipwayError E_UNSUPPORTED when there is none, or the estimator's version of scikit-learn is not tested
 */
export function converterOf(estimator: Estimator): Converter {
  const converter = BY_CLASS_NAME.get(estimator.className);
  if (!converter) throw refusal(estimator);
  if (!converter.library) {
    const version = testedVersion(estimator);
    if (version.untested) refuseUnknownFields(estimator, converter.classNames, version.untested);
    const since = converter.since?.[estimator.className.slice(estimator.className.lastIndexOf('.') + 1)];
    if (since && isBefore(version, since)) {
      throw estimator.damaged(
        `it says scikit-learn ${estimator.sklearnVersion}, and ${since} was the first to have it`,
      );
    }
  }
  return converter;
}
