/** Writing ONNX models: a typed graph builder and its serialisation. */
export { GraphBuilder, rawBytes, type Value } from './graph';
export { LARGE_PRODUCT_BYTES, type OnnxAttribute, type OnnxGraph, productBytes, serializeModel } from './model';
