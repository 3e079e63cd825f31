/** Fitted scikit-learn models -> ONNX. */

export type { StepOutput } from '../estimator/steps';
export { convertModel, convertWithSteps } from './convert';
export { modelsTable } from './models-table';
