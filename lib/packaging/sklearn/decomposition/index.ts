/** Decompositions of a matrix. Each export is a converter, and the registry has them all. */
export { fastIca, pca, randomProjection, truncatedSvd } from './decomposition';
export { factorAnalysis } from './factor-analysis';
