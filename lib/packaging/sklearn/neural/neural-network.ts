/** `sklearn.neural_network`: layers of sums and activations. */

import { classesOf } from '../../estimator/classes';
import type { Converter } from '../../estimator/converter';
import type { Estimator, Reader } from '../../estimator/estimator';
import { type Features, refuseMissing } from '../../estimator/features';
import { shapedList } from '../../estimator/parameters';
import { expit, largest, withOpposite } from '../../graph-parts/probability';
import type { GraphBuilder, Value } from '../../onnx';

type Activation = (graph: GraphBuilder, value: Value<'float64'>) => Value<'float64'>;

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  identity: (_, value) => value,
  logistic: expit,
  relu: (graph, value) => graph.node('Relu', [value], 'float64'),
  softmax: (graph, value) => graph.softmax(value),
  tanh: (graph, value) => graph.node('Tanh', [value], 'float64'),
  exp: (graph, value) => graph.exp(value), // of regressors with loss="poisson", since 1.7
};

function activation(estimator: Estimator, name: string): Activation {
  return ACTIVATIONS[estimator.option(name, Object.keys(ACTIVATIONS), `use ${Object.keys(ACTIVATIONS).join(', ')}`)]!;
}

const LAYERS: Reader = { reads: ['activation', 'out_activation_', 'coefs_', 'intercepts_', 'hidden_layer_sizes'] };

/** What comes out of the last layer, shape `[rows, outputs]`. */
function forward(graph: GraphBuilder, model: Estimator, input: Features, outputs: number): Value<'float64'> {
  const estimator = model.readBy(LAYERS);
  const inner = activation(estimator, 'activation');
  const last = activation(estimator, 'out_activation_');
  const hidden = estimator.list('intercepts_').length - 1;
  const widths = [input.columns.length, ...hiddenWidths(estimator, hidden), outputs];
  const into = widths.slice(1);
  const weights = shapedList(
    estimator,
    'coefs_',
    into.map((width, i) => [widths[i]!, width]),
  );
  const biases = shapedList(
    estimator,
    'intercepts_',
    into.map((width) => [width]),
  );
  let { value } = input;
  weights.forEach((matrix, layer) => {
    const sums = graph.matmul(value, graph.doubles(matrix, [widths[layer]!, widths[layer + 1]!]));
    const act = layer < hidden ? inner : last;
    value = act(graph, graph.add(sums, graph.doubles(biases[layer]!)));
  });
  return value;
}

/** A single number stands for one hidden layer. */
function hiddenWidths(estimator: Estimator, layers: number): number[] {
  const given = estimator.get('hidden_layer_sizes');
  const sizes = typeof given === 'number' ? [given] : estimator.list('hidden_layer_sizes');
  if (sizes.length !== layers || !sizes.every((size) => typeof size === 'number')) {
    throw estimator.damaged('hidden_layer_sizes does not fit intercepts_');
  }
  return sizes as number[];
}

export const neuralClassifier: Converter = {
  classNames: ['sklearn.neural_network._multilayer_perceptron.MLPClassifier'],
  reads: ['n_outputs_', 'out_activation_'],

  predict(estimator, input, { graph }) {
    const classes = classesOf(estimator);
    const count = classes.labels.length;
    const outputs = estimator.integer('n_outputs_');
    if (outputs > 1 && estimator.get('out_activation_') === 'logistic') {
      throw estimator.unsupported(
        `(${estimator.className}) predicts several labels at once, which is not converted; fit one model for each`,
      );
    }
    if (outputs !== (count === 2 ? 1 : count))
      throw estimator.damaged(`it has ${outputs} outputs for ${count} classes`);
    refuseMissing(input);
    const out = forward(graph, estimator, input, outputs);
    const shared = { classes: classes.labels, computeClass: 'scalar' } as const;
    if (count > 2) {
      return {
        outputs: { predict: largest(graph, classes, out), predict_proba: { value: out, width: count } },
        ...shared,
      };
    }
    const second = graph.greater(graph.reshape(out, [-1]), graph.doubles([0.5]));
    return {
      outputs: {
        predict: { value: classes.at(graph, graph.cast(second, 'int64')), width: 1 },
        predict_proba: { value: withOpposite(graph, out), width: 2 },
      },
      ...shared,
    };
  },
};

export const neuralRegressor: Converter = {
  classNames: ['sklearn.neural_network._multilayer_perceptron.MLPRegressor'],
  reads: ['n_outputs_'],

  predict(estimator, input, { graph }) {
    refuseMissing(input);
    const outputs = estimator.integer('n_outputs_');
    const out = forward(graph, estimator, input, outputs);
    return {
      outputs: { predict: { value: outputs === 1 ? graph.reshape(out, [-1]) : out, width: outputs } },
      computeClass: 'scalar',
    };
  },
};
