/** What puts estimators one behind the other, or stands around one. Each export is a converter, and the registry has them all. */
export { columnTransformer } from './column-transformer';
export { featureUnion } from './feature-union';
export { frozenEstimator } from './frozen';
export { functionTransformer } from './function-transformer';
export { pipeline, samplingPipeline } from './pipeline';
export { bayesSearch, search } from './search';
export { transformedTarget } from './transformed-target';
