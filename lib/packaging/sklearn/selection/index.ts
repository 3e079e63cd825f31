/** Selectors of columns. Each export is a converter, and the registry has them all. */
export { featureSelectors } from './feature-selection';
