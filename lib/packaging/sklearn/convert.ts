/** A fitted scikit-learn model -> an ONNX model and its signature. */
import type { ComputeClass } from '../../model/manifest';
import type { Column, InputTensor, Method, OutputTensor, Signature } from '../../model/signature';
import { type LoadedFile, limitError, NumpyArray, PyObject } from '../joblib';
import { GraphBuilder, serializeModel } from '../onnx';
import { Conversion, type InputTypes } from './converter';
import { Estimator } from './estimator';
import { type RawColumn, rawColumn } from './feature-column';
import { mixedFeatures } from './features';
import { notAnEstimator } from './refusal';
import { converterOf } from './registry';

export interface ConvertedModel {
  /** The ONNX model, serialised. Same file, same bytes. */
  readonly onnx: Uint8Array;
  readonly signature: Signature;
  readonly computeClass: ComputeClass;
  /** Full class names from the outside in. */
  readonly estimators: readonly string[];
  /** Versions that the file records. */
  readonly libraries: Readonly<Record<string, string>>;
}

/** Names of the graph's inputs, by what they hold. */
const INPUTS = { float64: 'input', string: 'text' } as const;

/** Columns of a row. A model says their number in a few bytes, and the signature has an entry for each. */
const MAXIMUM_COLUMNS = 100_000;

/** Order of the graph's outputs. */
const METHODS: readonly Method[] = ['predict', 'predict_proba', 'decision_function'];

/**
 * Convert what a file holds.
 *
 * @throws SlipwayError E_UNSUPPORTED naming the class or option that cannot be converted; E_FORMAT when an
 *   estimator contradicts itself; E_LIMIT when it grows beyond what one model can be
 */
export function convertModel(loaded: Pick<LoadedFile, 'file' | 'root'>): ConvertedModel {
  const { file, root } = loaded;
  if (!(root instanceof PyObject)) throw notAnEstimator(file, root);
  const model = Estimator.root(file, root);
  const types = typesOf(model);
  const { columns, named } = rawColumns(entryOf(model), types);

  const graph = new GraphBuilder('model');
  const conversion = new Conversion(graph, converterOf);
  const inputs = inputTensors(columns);
  const numbers = inputs.find(({ type }) => type === 'float64');
  const texts = inputs.find(({ type }) => type === 'string');
  const features = mixedFeatures(
    columns.map(rawColumn),
    numbers && graph.input(numbers.name, 'float64', numbers.columns.length),
    texts && graph.input(texts.name, 'string', texts.columns.length),
  );
  const prediction = conversion.predict(model, features);

  const outputs: OutputTensor[] = [];
  for (const name of METHODS) {
    const output = prediction.outputs[name];
    if (!output) continue;
    graph.output(name, output.value, output.width);
    outputs.push({ name, type: output.value.type, width: output.width });
  }
  return {
    onnx: serializeModel(graph.finish()),
    signature: {
      columns: columns.map(toColumn),
      namedColumns: named,
      inputs,
      outputs,
      ...(prediction.classes && { classes: prediction.classes }),
    },
    computeClass: prediction.computeClass,
    estimators: conversion.classNames,
    libraries: { 'scikit-learn': model.sklearnVersion! }, // converterOf refuses a model without it
  };
}

/** The estimator that is given X. */
function entryOf(estimator: Estimator): Estimator {
  const { entry } = converterOf(estimator);
  return entry ? entryOf(entry(estimator)) : estimator;
}

/** The columns that a model was fitted with; every number is accepted until an estimator narrows it. */
function rawColumns(entry: Estimator, types: InputTypes): { columns: RawColumn[]; named: boolean } {
  const width = entry.integer('n_features_in_');
  const array = entry.get('feature_names_in_');
  const names = array instanceof NumpyArray ? array.strings() : undefined;
  if (array !== undefined && !names) throw entry.damaged('feature_names_in_ is not an array of text');
  if (width < 1 || (names && names.length !== width)) {
    throw entry.damaged(`n_features_in_ is ${width}${names ? `, and there are ${names.length} names` : ''}`);
  }
  if (width > MAXIMUM_COLUMNS) throw limitError(entry.file, `takes ${width} columns`, `${MAXIMUM_COLUMNS} columns`);
  const seen = new Set<string>();
  const repeated = names?.find((name) => seen.size === seen.add(name).size);
  if (repeated !== undefined) {
    throw entry.unsupported(
      `(${entry.className}) was fitted with two columns called "${repeated}"; give every column a name of its own`,
    );
  }
  if (types && types.length !== width)
    throw entry.damaged(`it has ${types.length} columns, and n_features_in_ is ${width}`);
  const columns = Array.from({ length: width }, (_, i) => ({
    name: names?.[i] ?? `x${i}`, // scikit-learn's own names for columns without one
    type: types?.[i] ?? 'float64',
    missing: true,
    maximum: Number.POSITIVE_INFINITY,
    above: Number.NEGATIVE_INFINITY,
  }));
  return { columns, named: names !== undefined };
}

/** What X's columns must be, as far as the estimators say. */
function typesOf(estimator: Estimator): InputTypes {
  const { inputTypes, entry } = converterOf(estimator);
  if (inputTypes) return inputTypes(estimator, typesOf);
  return entry && typesOf(entry(estimator));
}

/** One tensor for the numbers and one for the text, as far as there are any. */
function inputTensors(columns: readonly RawColumn[]): InputTensor[] {
  return (['float64', 'string'] as const)
    .map((type) => ({
      name: INPUTS[type],
      type,
      columns: columns.flatMap((column, i) => (column.type === type ? [i] : [])),
    }))
    .filter((tensor) => tensor.columns.length > 0);
}

function toColumn({ name, type, missing, maximum, above, categories }: RawColumn): Column {
  if (type === 'any') return { name, type: 'string', missing: true, unused: true };
  return {
    name,
    type,
    missing,
    ...(maximum < Number.MAX_VALUE && { maximum }),
    ...(above > -Number.MAX_VALUE && { above }),
    ...(categories && { categories: [...categories] }),
  };
}
