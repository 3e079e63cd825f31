/**
 * The quantile function of the normal distribution, which ONNX has no operator for.
 *
 * Rational approximations of S. L. Moshier's Cephes library (ndtri, 1984 to 2000), which SciPy evaluates too.
 */
import type { GraphBuilder, Value } from '../onnx';

type Doubles = Value<'float64'>;

/** Coefficients from the highest power down; a denominator begins with 1. */
const CENTRAL = {
  numerator: [-59.96335010141079, 98.00107541859997, -56.67628574690703, 13.931260938727968, -1.2391658386738125],
  denominator: [
    1, 1.9544885833814176, 4.676279128988815, 86.36024213908905, -225.46268785411937, 200.26021238006066,
    -82.03722561683334, 15.90562251262117, -1.1833162112133,
  ],
};

/** For probabilities between exp(-32) and exp(-2). */
const TAIL = {
  numerator: [
    4.0554489230596245, 31.525109459989388, 57.16281922464213, 44.08050738932008, 14.684956192885803,
    2.1866330685079025, -0.1402560791713545, -0.03504246268278482, -0.0008574567851546854,
  ],
  denominator: [
    1, 15.779988325646675, 45.39076351288792, 41.3172038254672, 15.04253856929075, 2.504649462083094,
    -0.14218292285478779, -0.03808064076915783, -0.0009332594808954574,
  ],
};

const ROOT_OF_TWO_PI = 2.5066282746310007;

/** Where the tails begin. */
const TAIL_PROBABILITY = Math.exp(-2);

/** Smaller probabilities are taken for this, so that they have a logarithm. */
const LEAST_PROBABILITY = 1e-13;

/** The number below which a normal variable lies with the given probability, to 1e-13; NaN for NaN. */
export function normalQuantile(graph: GraphBuilder, probability: Doubles): Doubles {
  const constant = (value: number) => graph.doubles([value]);
  const polynomial = (x: Doubles, [first, ...others]: readonly number[]): Doubles =>
    others.reduce<Doubles>(
      (sum, coefficient) => graph.add(graph.multiply(sum, x), constant(coefficient)),
      constant(first!),
    );
  const ratio = (x: Doubles, { numerator, denominator }: typeof TAIL): Doubles =>
    graph.divide(polynomial(x, numerator), polynomial(x, denominator));

  const high = graph.greater(probability, constant(1 - TAIL_PROBABILITY));
  const smaller = graph.where(high, graph.subtract(constant(1), probability), probability);
  const isCentral = graph.greater(smaller, constant(TAIL_PROBABILITY));

  const offset = graph.subtract(smaller, constant(0.5));
  const square = graph.multiply(offset, offset);
  const central = graph.multiply(
    graph.add(offset, graph.multiply(offset, graph.multiply(square, ratio(square, CENTRAL)))),
    constant(ROOT_OF_TWO_PI),
  );

  const least = constant(LEAST_PROBABILITY);
  const tailed = graph.where(graph.less(smaller, least), least, smaller);
  const x = graph.node('Sqrt', [graph.multiply(constant(-2), graph.log(tailed))], 'float64');
  const inverse = graph.divide(constant(1), x);
  const distance = graph.subtract(
    graph.subtract(x, graph.divide(graph.log(x), x)),
    graph.multiply(inverse, ratio(inverse, TAIL)),
  );
  const tail = graph.where(high, distance, graph.negate(distance));
  return graph.where(isCentral, central, tail);
}
