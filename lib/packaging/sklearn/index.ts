/** Fitted scikit-learn models -> ONNX. */
export { type ConvertedModel, convertModel } from './convert';
export { modelsTable } from './models-table';
