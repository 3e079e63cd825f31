/** Neural networks. Each export is a converter, and the registry has them all. */
export { neuralClassifier, neuralRegressor } from './neural-network';
