/** Encoders of categories and bins. Each export is a converter, and the registry has them all. */
export { kBinsDiscretizer } from './k-bins-discretizer';
export { oneHotEncoder } from './one-hot-encoder';
export { ordinalEncoder } from './ordinal-encoder';
export { targetEncoder } from './target-encoder';
