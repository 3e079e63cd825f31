/** Clusters. Each export is a converter, and the registry has them all. */
export { bisectingKMeans } from './bisecting-k-means';
export { kMeans } from './k-means';
