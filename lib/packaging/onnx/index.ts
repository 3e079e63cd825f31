/** Writing ONNX models: a typed graph builder and its serialisation. */
export { GraphBuilder, rawBytes, type Value } from './graph';
export { type OnnxAttribute, type OnnxGraph, serializeModel } from './model';
