/**
 * Modules of scikit-learn that have another name since 0.22, of the classes that are converted. Files of releases
 * before name these.
 *
 * Source: `sklearn/_build_utils/deprecated_modules.py` of scikit-learn 0.22, which lists what it has renamed.
 */

/** By package, those that have an underscore before their name since. */
const UNDERSCORED: Readonly<Record<string, readonly string[]>> = {
  covariance: ['elliptic_envelope'],
  decomposition: ['factor_analysis', 'incremental_pca', 'kernel_pca', 'pca', 'truncated_svd'],
  ensemble: ['bagging', 'forest', 'iforest', 'voting', 'weight_boosting'],
  feature_selection: ['from_model', 'rfe', 'univariate_selection', 'variance_threshold'],
  gaussian_process: ['gpr'],
  linear_model: [
    ...['base', 'bayes', 'coordinate_descent', 'huber', 'least_angle', 'logistic', 'omp', 'passive_aggressive'],
    ...['perceptron', 'ransac', 'ridge', 'stochastic_gradient', 'theil_sen'],
  ],
  mixture: ['bayesian_mixture', 'gaussian_mixture'],
  neighbors: ['classification', 'lof', 'nearest_centroid', 'regression'],
  neural_network: ['multilayer_perceptron'],
  preprocessing: ['data', 'label'],
};

/** Full names before and since. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ...Object.entries(UNDERSCORED).flatMap(([name, modules]) =>
    modules.map((module) => [`sklearn.${name}.${module}`, `sklearn.${name}._${module}`] as const),
  ),
  ['sklearn.cluster.k_means_', 'sklearn.cluster._kmeans'],
  ['sklearn.cross_decomposition.pls_', 'sklearn.cross_decomposition._pls'],
  ['sklearn.decomposition.fastica_', 'sklearn.decomposition._fastica'],
  ['sklearn.ensemble.gradient_boosting', 'sklearn.ensemble._gb'],
  ['sklearn.svm.classes', 'sklearn.svm._classes'],
  ['sklearn.tree.tree', 'sklearn.tree._classes'],
]);

/** The full name that a class has since 0.22. */
export function currentClassName(fullName: string): string {
  const dot = fullName.lastIndexOf('.');
  const module = RENAMED.get(fullName.slice(0, dot));
  return module === undefined ? fullName : module + fullName.slice(dot);
}
