/** A fitted scikit-learn model -> an ONNX model and its signature. */

import { assembleModel, type ConvertedModel, rawColumns } from '../estimator/assemble';
import { Conversion, type InputTypes } from '../estimator/converter';
import { Estimator, type VersionPolicy } from '../estimator/estimator';
import { type ColumnType, TextWanted } from '../estimator/feature-column';
import { outputSteps, type StepOutput } from '../estimator/steps';
import { namesOf, type Training, trainedOn } from '../estimator/trained-on';
import { type LoadedFile, PyObject } from '../joblib';
import { notAnEstimator } from './refusal';
import { converterOf } from './registry';

/** The objects of a file. */
type Objects = Pick<LoadedFile, 'file' | 'root'>;

/**
 * Convert what a file holds.
 *
 * @throws SlipwayError E_UNSUPPORTED naming the class or option that cannot be converted; E_FORMAT when an
 *   estimator contradicts itself; E_LIMIT when it grows beyond what one model can be
 */
export function convertModel(loaded: Objects, versions?: VersionPolicy): ConvertedModel {
  return convert(loaded, versions, []).model;
}

/** As `convertModel`, to a graph that also gives what these steps of the model make of X. */
export function convertWithSteps(
  loaded: Objects,
  versions: VersionPolicy,
  paths: readonly string[],
): { readonly model: ConvertedModel; readonly outputs: readonly StepOutput[] } {
  return convert(loaded, versions, paths);
}

function convert(
  loaded: Objects,
  versions: VersionPolicy | undefined,
  paths: readonly string[],
): { readonly model: ConvertedModel; readonly outputs: readonly StepOutput[] } {
  const { file, root } = loaded;
  if (!(root instanceof PyObject)) throw notAnEstimator(file, root);
  const model = Estimator.root(file, root, versions);
  const training = trainingOfAll(model);
  let types = typesOf(model);
  if (types && types.length !== training.width) {
    throw model.damaged(`it has ${types.length} columns, and was fitted with ${training.width}`);
  }
  for (;;) {
    try {
      return convertColumns(model, training, types, paths);
    } catch (error) {
      if (!(error instanceof TextWanted)) throw error; // each time at least one more column is text
      const wanted = new Set(error.columns.map(({ name }) => name));
      const columns = rawColumns(model, training.width, training.names, types);
      types = columns.map(({ name, type }): ColumnType => (wanted.has(name) ? 'string' : type));
    }
  }
}

/** @throws TextWanted when some of these types are wrong */
function convertColumns(
  model: Estimator,
  { width, names }: Training,
  types: InputTypes,
  paths: readonly string[],
): { readonly model: ConvertedModel; readonly outputs: readonly StepOutput[] } {
  let conversion: Conversion | undefined;
  let outputs: readonly StepOutput[] = [];
  const assembled = assembleModel(rawColumns(model, width, names, types), names !== undefined, (graph, features) => {
    conversion = new Conversion(graph, converterOf);
    const prediction = conversion.predict(model, features);
    outputs = outputSteps(graph, new Map([...conversion.steps.byPath()].filter(([path]) => paths.includes(path))));
    return prediction;
  });
  const { classNames, libraries, predictions, steps } = conversion!;
  const missing = predictions.find((prediction) => prediction.missing)?.missing;
  const converted: ConvertedModel = {
    ...assembled,
    estimators: classNames,
    libraries: { ...(model.sklearnVersion !== undefined && { 'scikit-learn': model.sklearnVersion }), ...libraries },
    singlePrecision: predictions.some(({ singlePrecision }) => singlePrecision),
    ...(missing && { missing }),
    steps: [...steps.byPath().keys()],
  };
  return { model: converted, outputs };
}

/** What the estimator inside is that is given X, or else what those around it are: many of these make an array of a frame. */
function trainingOfAll(estimator: Estimator): Training {
  const { entry } = converterOf(estimator);
  if (!entry) return trainingOf(estimator);
  const inner = trainingOfAll(entry(estimator));
  const names = inner.names ?? namesOf(estimator);
  if (names && names.length !== inner.width) {
    throw estimator.damaged(`it has ${inner.width} columns, and ${names.length} names of them`);
  }
  return { width: inner.width, ...(names && { names }) };
}

function trainingOf(estimator: Estimator): Training {
  return converterOf(estimator).trainedOn?.(estimator) ?? trainedOn(estimator, trainingOf);
}

/** What X's columns must be, as far as the estimators say. */
function typesOf(estimator: Estimator): InputTypes {
  const { inputTypes, entry } = converterOf(estimator);
  if (inputTypes) return inputTypes(estimator, typesOf);
  return entry && typesOf(entry(estimator));
}
