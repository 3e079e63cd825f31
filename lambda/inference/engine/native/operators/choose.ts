/** Operators that choose: Where and Clip. */
import { broadcastShape, meet } from '../graph/broadcast';
import type { Operator } from '../graph/node-reader';
import type { Value } from '../graph/value';

const where: Operator = (plan, node, inputs) => {
  if (inputs.length !== 3) throw node.refuse(`has ${inputs.length} inputs`);
  const [condition, yes, no] = inputs as [Value, Value, Value];
  if (condition.type !== 'bool' || yes.type !== no.type) throw node.refuse('has inputs of other types');
  const shape = broadcastShape(inputs);
  const out = plan.result(yes.type, shape, inputs);
  const [c, y, n] = inputs.map((input) => meet(input, shape, out.size)) as [Meeting, Meeting, Meeting];
  const { store, size } = out;
  if (out.type === 'string') {
    plan.step(inputs, [out], (rows) => {
      for (let row = 0, k = 0; row < rows; row++) {
        for (let e = 0; e < size; e++, k++) {
          const holds = condition.store.numbers[row * c.stride + c.at[e]!] !== 0;
          store.texts[k] = holds
            ? yes.store.texts[row * y.stride + y.at[e]!]!
            : no.store.texts[row * n.stride + n.at[e]!]!;
        }
      }
    });
  } else {
    plan.step(inputs, [out], (rows) => {
      const [conditions, yeses, noes, to] = [
        condition.store.numbers,
        yes.store.numbers,
        no.store.numbers,
        store.numbers,
      ];
      for (let row = 0, k = 0; row < rows; row++) {
        for (let e = 0; e < size; e++, k++) {
          to[k] =
            conditions[row * c.stride + c.at[e]!] !== 0
              ? yeses[row * y.stride + y.at[e]!]!
              : noes[row * n.stride + n.at[e]!]!;
        }
      }
    });
  }
  return [out];
};

type Meeting = ReturnType<typeof meet>;

/** A NaN stays what it is. */
const clip: Operator = (plan, node, inputs) => {
  node.expect(inputs, 3, 'float64');
  const [input, least, most] = inputs as [Value, Value, Value];
  if (least.perRow || most.perRow || least.size !== 1 || most.size !== 1) throw node.refuse('has limits that vary');
  const out = plan.result('float64', input.shape, inputs);
  const [low, high] = [least.store.numbers[0]!, most.store.numbers[0]!];
  const { store, size } = out;
  plan.step(inputs, [out], (rows) => {
    const [from, to] = [input.store.numbers, store.numbers];
    for (let i = 0, count = rows * size; i < count; i++) {
      const x = from[i]!;
      to[i] = x < low ? low : x > high ? high : x;
    }
  });
  return [out];
};

export const CHOOSE: Readonly<Record<string, Operator>> = { Where: where, Clip: clip };
