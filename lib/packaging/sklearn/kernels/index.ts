/** Kernel machines. Each export is a converter, and the registry has them all. */
export { gaussianProcessRegressor } from './gaussian-process';
export { kernelRidge, nystroem } from './kernel-machines';
export { kernelPca } from './kernel-pca';
export { supportVectorClassifier } from './support-vector-classifier';
export { oneClassLinear, oneClassSupportVector, supportVectorRegressor } from './support-vector-regression';
