/** The converters that there are. A new family of estimators is a file of its own and a line here. */
import { BOOSTERS } from '../boosters/converters';
import type { Converter } from '../estimator/converter';
import type { Estimator } from '../estimator/estimator';
import { refuseUnknownFields } from '../estimator/known-fields';
import { isBefore, testedVersion } from '../estimator/version';
import { pipeline, samplingPipeline } from '../sklearn/composition/pipeline';
import { bayesSearch, search } from '../sklearn/composition/search';
import { ENSEMBLES } from './ensembles';
import { MODELS } from './models';
import { PREPROCESSING } from './preprocessing';
import { refusal } from './refusal';

/** All converters. */
export const CONVERTERS: readonly Converter[] = [
  pipeline,
  samplingPipeline,
  search,
  bayesSearch,
  ...PREPROCESSING,
  ...BOOSTERS,
  ...ENSEMBLES,
  ...MODELS,
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
