/** The two ways in which a graph is not for the native engine. */
import { SlipwayError } from '../../../../lib/model/error';

/** The graph is sound, as far as was looked, and asks for something that ONNX Runtime does instead. */
export class NotNative extends Error {}

/** What is wrong with a graph, alone. */
export class Malformed extends Error {}

/** The graph contradicts itself, or claims what is not there: no engine should be given it. */
export function malformed(file: string, what: string): SlipwayError {
  return new SlipwayError('E_PACKAGE', `${file}: is damaged or not an ONNX file: ${what}; pack the model again`, {
    cause: new Malformed(what),
  });
}
