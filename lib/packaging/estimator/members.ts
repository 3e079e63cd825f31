/** Estimators inside another: how they are found, and what the outer one needs of their answers. */
import type { ComputeClass } from '../../model/package/manifest';
import type { Label, Method } from '../../model/rows/signature';
import { NumpyArray, PyObject, PyTuple, type PyValue } from '../joblib';
import type { GraphBuilder, Value } from '../onnx';
import type { Converter, InputTypes, Output, Prediction } from './converter';
import type { Estimator, Reader } from './estimator';
import { type Training, trainedOn } from './trained-on';
import { type SklearnVersion, testedVersion } from './version';

const NAMED_MEMBERS: Reader = { reads: ['estimators', 'estimators_'] };

/** The `estimators` that were given, by name, with whether each is dropped. */
export function givenMembers(outer: Estimator): { readonly name: string; readonly dropped: boolean }[] {
  return outer
    .readBy(NAMED_MEMBERS)
    .list('estimators')
    .map((pair) => {
      const [name, estimator] = pair instanceof PyTuple ? pair.items : [];
      if (typeof name !== 'string') throw outer.damaged('an estimator has no name');
      return { name, dropped: estimator === 'drop' || estimator === null };
    });
}

/** The fitted estimators in `estimators_`, under the names that `estimators` gives them, without those that are dropped. */
export function namedMembers(outer: Estimator): Estimator[] {
  const names = givenMembers(outer).flatMap(({ name, dropped }) => (dropped ? [] : [name]));
  const fitted = outer
    .readBy(NAMED_MEMBERS)
    .list('estimators_')
    .filter((estimator) => estimator !== 'drop');
  if (fitted.length === 0 || fitted.length !== names.length) {
    throw outer.damaged(`it has ${fitted.length} fitted estimators for ${names.length} names`);
  }
  return fitted.map((object, i) => member(outer, object, names[i]));
}

/** The fitted estimators in a list. */
export function listedMembers(outer: Estimator, name: string): Estimator[] {
  const objects = outer.list(name);
  if (objects.length === 0) throw outer.damaged(`${name} is empty`);
  return objects.map((object) => member(outer, object));
}

const MEMBER_COLUMNS: Reader = { reads: ['estimators_features_'] };

/** For each member of a bagging ensemble, the columns that it is given. */
export function memberColumns(outer: Estimator, members: number, width: number): number[][] {
  const lists = outer
    .readBy(MEMBER_COLUMNS)
    .list('estimators_features_')
    .map((list) => {
      const columns = list instanceof NumpyArray && list.isNumeric ? [...list.numbers()] : [];
      if (
        columns.length === 0 ||
        !columns.every((column) => Number.isInteger(column) && column >= 0 && column < width)
      ) {
        throw outer.damaged('estimators_features_ has columns that there are not');
      }
      return columns;
    });
  if (lists.length !== members)
    throw outer.damaged(`it has ${lists.length} lists of columns for ${members} estimators`);
  return lists;
}

/** The fitted estimator in an attribute. @param step what to call it in messages */
export function memberIn(outer: Estimator, name: string, step?: string): Estimator {
  return member(outer, outer.fitted(name), step);
}

function member(outer: Estimator, object: PyValue, step?: string): Estimator {
  if (!(object instanceof PyObject)) throw outer.damaged('something in it is not an estimator');
  return outer.child(object, step);
}

/** The version that fitted an ensemble. Where the ensemble is another library's, and says none, its members say it. */
export function memberVersion(outer: Estimator): SklearnVersion {
  const said = outer
    .readBy(NAMED_MEMBERS)
    .list('estimators_')
    .find((member) => member instanceof PyObject && versionOf(member) !== undefined);
  return testedVersion(outer.sklearnVersion === undefined && said instanceof PyObject ? outer.child(said) : outer);
}

function versionOf({ state }: PyObject): PyValue | undefined {
  return state instanceof Map ? state.get('_sklearn_version') : undefined;
}

const TRAINED_ELSEWHERE: Reader = { reads: ['n_features_in_', 'n_features_'] };

/** What X was in training, of an ensemble of another library, which does not say which scikit-learn fitted it. */
export function trainedElsewhere(outer: Estimator): Training {
  const own = outer.readBy(TRAINED_ELSEWHERE);
  return own.get('n_features_in_') === undefined ? { width: own.integer('n_features_') } : trainedOn(outer);
}

/** What X's columns must be when each of these is given all of X. */
function sharedInputTypes(members: readonly Estimator[], typesOf: (inner: Estimator) => InputTypes): InputTypes {
  const all = members.map(typesOf);
  const known = all.filter((types) => types !== undefined);
  if (known.length === 0) return undefined;
  const numeric = known.length < all.length; // some take all columns as numbers
  return known[0]!.map((_, i) => {
    const types = known.map((each) => each[i]);
    const textual = types.find((type) => type === 'string' || type === 'tokens');
    if (textual) return textual;
    return numeric || types.includes('float64') ? 'float64' : 'any';
  });
}

/** For an ensemble whose members are each given all of X: the first of them says what that was, and all say what it must be. */
export function givenToAll(
  membersOf: (outer: Estimator) => readonly Estimator[],
): Pick<Converter, 'entry' | 'inputTypes'> {
  return {
    entry: (outer) => membersOf(outer)[0]!,
    inputTypes: (outer, typesOf) => sharedInputTypes(membersOf(outer), typesOf),
  };
}

/**
 * The answer of a member's method.
 *
 * @param need why there must be one, to end a sentence with: `soft voting needs`
 * @throws SlipwayError E_UNSUPPORTED when the member has no such method
 */
export function answerOf(prediction: Prediction, method: Method, of: Estimator, need: string): Output {
  const output = prediction.outputs[method];
  if (output) return output;
  throw of.unsupported(`(${of.className}) has no ${method}, which ${need}`);
}

/** An answer as a matrix of numbers, shape `[rows, width]`. */
export function asMatrix(graph: GraphBuilder, { value, width }: Output): Value<'float64'> {
  const numbers = value.type === 'float64' ? (value as Value<'float64'>) : graph.cast(value, 'float64');
  return width === 1 ? graph.reshape(numbers, [-1, 1]) : numbers;
}

/** The answer of a regressor for one target, shape `[rows, 1]`. */
export function regressed(graph: GraphBuilder, prediction: Prediction, of: Estimator): Value<'float64'> {
  const { predict } = prediction.outputs;
  if (prediction.classes || predict.value.type !== 'float64' || predict.width !== 1) {
    throw of.unsupported(`(${of.className}) is not a regressor with one target, which is what is converted here`);
  }
  return asMatrix(graph, predict);
}

/** 1 at the class that a member answers with, otherwise 0: shape `[rows, labels.length]`. */
export function voteOf(
  graph: GraphBuilder,
  prediction: Prediction,
  labels: readonly Label[],
  of: Estimator,
): Value<'float64'> {
  const { value } = prediction.outputs.predict;
  const [first] = labels;
  const column = <T extends 'string' | 'float64'>(answer: Value<T>) => graph.reshape(answer, [-1, 1]);
  const equal = () => {
    if (value.type === 'string') {
      if (typeof first !== 'string') throw of.damaged('its labels are text, and those of the whole are not');
      return graph.equal(
        column(value as Value<'string'>),
        graph.reshape(graph.texts(labels as readonly string[]), [1, labels.length]),
      );
    }
    if (typeof first === 'string') throw of.damaged('its labels are numbers, and those of the whole are text');
    return graph.equal(column(graph.cast(value, 'float64')), graph.doubles(labels.map(Number), [1, labels.length]));
  };
  return graph.cast(equal(), 'float64');
}

/**
 * A member's probabilities by the classes of the whole.
 *
 * @param labels the classes of the whole, as the member knows them; it may have seen some only
 * @param need as of `answerOf`
 */
export function probabilitiesOf(
  graph: GraphBuilder,
  prediction: Prediction,
  of: Estimator,
  { labels, need }: { readonly labels: readonly Label[]; readonly need: string },
): Value<'float64'> {
  const probabilities = asMatrix(graph, answerOf(prediction, 'predict_proba', of, need));
  const places = (prediction.classes ?? []).map((label) => labels.indexOf(label));
  if (places.length === 0 || places.includes(-1)) throw of.damaged('it has classes that the whole does not have');
  if (places.length === labels.length && places.every((place, i) => place === i)) return probabilities;
  const none = graph.multiply(
    graph.node('Gather', [probabilities, graph.integers([0])], 'float64', { axis: 1 }),
    graph.doubles([0]),
  );
  const order = labels.map((_, i) => (places.includes(i) ? places.indexOf(i) : places.length));
  return graph.node('Gather', [graph.concat([probabilities, none], 1), graph.integers(order)], 'float64', { axis: 1 });
}

/** Values added up one after the other, as a loop in Python does. */
export function sumInOrder(graph: GraphBuilder, values: readonly Value<'float64'>[]): Value<'float64'> {
  return values.reduce((sum, value) => graph.add(sum, value));
}

/** The family of arithmetic that dominates where there are several. */
export function computeClassOf(predictions: readonly Prediction[]): ComputeClass {
  const classes = predictions.map(({ computeClass }) => computeClass);
  return (['tree', 'gemm'] as const).find((each) => classes.includes(each)) ?? 'scalar';
}
