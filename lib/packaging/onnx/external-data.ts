/**
 * Tensors whose data lie in other files. A model may name any path for them, and the engine would read it;
 * so wherever a tensor can stand, it is looked at.
 */
import { SlipwayError } from '../../model/error';
import { TENSOR } from '../../model/formats/onnx-fields';
import type { ProtobufReader } from '../../model/formats/protobuf-reader';
import { type Message, messagesWithin } from './messages';

/** @throws SlipwayError E_UNSUPPORTED when some tensor within the message refers to a file */
export function refuseExternalData(reader: ProtobufReader, message: Message): void {
  for (const { kind, bytes } of messagesWithin(reader, message)) {
    if (kind !== 'tensor') continue;
    for (const field of reader.fields(bytes)) {
      if (field.number === TENSOR.external || (field.number === TENSOR.location && field.value !== 0)) {
        throw new SlipwayError(
          'E_UNSUPPORTED',
          `${reader.file}: keeps some of its data in other files; save it in one, as onnx.save(onnx.load("model.onnx"), "whole.onnx") does`,
        );
      }
    }
  }
}
