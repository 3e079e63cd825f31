/**
 * What the steps of a model make of X: by their paths, as messages name them, and as outputs of a graph for whoever
 * looks for the step at which answers go astray.
 */
import type { GraphBuilder, Value } from '../onnx';
import type { ColumnType } from './feature-column';
import { type Features, numbersOf } from './features';

/** The outputs of the steps of one model under conversion. */
export class Steps {
  private readonly outputs = new Map<string, Features | undefined>();
  private readonly underway = new Set<string>();

  /** Runs the conversion of a step, and keeps what it gives. @param path empty for an estimator that is no step */
  keep(path: string, convert: () => Features): Features {
    if (path === '' || this.underway.has(path)) return convert(); // a search and what it found are one step
    this.underway.add(path);
    const features = convert();
    this.underway.delete(path);
    // the members of an ensemble may have the same path, which then tells none of them
    this.outputs.set(path, this.outputs.has(path) ? undefined : features);
    return features;
  }

  /** Those that can be told by their paths, in the order of the data: a step comes behind the steps inside it. */
  byPath(): ReadonlyMap<string, Features> {
    return new Map([...this.outputs].flatMap(([path, features]) => (features ? [[path, features]] : [])));
  }
}

/** The outputs of a graph that hold what a step gives. */
export interface StepOutput {
  readonly path: string;
  /** Types of its columns. 'any' is text or numbers that the model does not look at, which no output holds. */
  readonly columns: readonly ColumnType[];
  /** Name of the output with its numeric columns, where it has some. */
  readonly numbers?: string;
  /** Name of the output with its columns of text, where it has some. */
  readonly texts?: string;
}

/** Makes outputs of the graph of what these steps give. */
export function outputSteps(graph: GraphBuilder, steps: ReadonlyMap<string, Features>): StepOutput[] {
  return [...steps].map(([path, features], i) => {
    const types = features.columns.map(({ type }) => type);
    const output = (value: Value<'float64' | 'string'> | undefined, kind: string, type: ColumnType) => {
      if (!value) return undefined;
      const name = `step_${i}_${kind}`;
      const width = types.filter((each) => each === type).length;
      const own = width === 1 ? graph.reshape(value, [-1]) : graph.node('Identity', [value], value.type);
      graph.output(name, own, width);
      return name;
    };
    const numbers = output(numbersOf(features), 'numbers', 'float64');
    const texts = output(features.mixed?.texts, 'texts', 'string');
    return { path, columns: types, ...(numbers !== undefined && { numbers }), ...(texts !== undefined && { texts }) };
  });
}
