/** Fitted scikit-learn models -> ONNX. */
export { type ConvertedModel, convertModel, convertWithSteps } from './convert';
export { modelsTable } from './models-table';
export type { StepOutput } from './steps';
