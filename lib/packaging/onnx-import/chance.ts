/** Operators whose answer is drawn, not computed: no golden row can hold for them. */
import { SlipwayError } from '../../model/error';
import type { OnnxDocument } from '../onnx/document';
import { messagesWithin } from '../onnx/messages';

/** Of ONNX 1.18. Dropout is not among them: outside of training it passes on what it is given. */
const RANDOM_OPERATORS = [
  'Bernoulli',
  'Multinomial',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
];

const OPERATOR = 4;

/** @throws SlipwayError E_UNSUPPORTED when the graph, or one within it, draws random numbers */
export function refuseRandomOperators({ file, nodes, reader }: OnnxDocument): void {
  for (const { raw } of nodes) {
    for (const { kind, bytes } of messagesWithin(reader, { kind: 'node', bytes: raw })) {
      if (kind !== 'node') continue;
      for (const field of reader.fields(bytes)) {
        if (field.number !== OPERATOR) continue;
        const operator = reader.text(field);
        if (!RANDOM_OPERATORS.includes(operator)) continue;
        throw new SlipwayError(
          'E_UNSUPPORTED',
          `${file}: draws random numbers (the operator ${operator}), so it answers the same row differently each time; export the model for inference, without it`,
        );
      }
    }
  }
}
