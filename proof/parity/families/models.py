"""Fitted models of the families that are neither trees nor composed of others, for the parity proof.

`cases(seed)` draws hyper-parameters and data from the seed. The rows to predict are ordinary ones, rows
of the training data, rows far away, whole numbers and the origin; some columns are constant.
"""

import warnings

import numpy as np
import pandas as pd
import sklearn
from scipy import __version__ as scipy_version
from sklearn import linear_model
from sklearn.cross_decomposition import PLSCanonical, PLSRegression
from sklearn.datasets import make_classification
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.mixture import GaussianMixture
from sklearn.naive_bayes import BernoulliNB, CategoricalNB, ComplementNB, GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor, NearestCentroid
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.svm import SVC, SVR, LinearSVC, LinearSVR, NuSVC, NuSVR, OneClassSVM

MAJOR, MINOR = (int(part) for part in sklearn.__version__.split(".")[:2])
MINOR -= 0 if MAJOR else 25  # 1.0 came after 0.24
SCIPY = tuple(int(part) for part in scipy_version.split(".")[:2])
LABELS = [np.array(["low", "médium", "high", "top"]), np.arange(4), np.array([-1.0, 0.0, 2.0, 7.0])]


def classification(random, classes, rows=90, positive=False):
    """X, y, and rows to predict."""
    features = random.randint(4, 9)
    X, y = make_classification(
        rows, features, n_informative=3, n_redundant=0, n_classes=classes, n_clusters_per_class=1,
        class_sep=random.uniform(0.3, 1.5), random_state=random.randint(10**6),
    )  # fmt: skip
    X = X * random.choice([0.1, 1.0, 20.0], features) + random.normal(0, 2, features)
    if positive:
        X = np.abs(np.round(X))
    return X, LABELS[random.randint(3)][y], to_predict(random, X)


def regression(random, outputs=None, rows=80, positive=False):
    features = random.randint(2, 8)
    X = random.normal(random.normal(0, 3, features), random.choice([0.2, 1.0, 10.0], features), (rows, features))
    if random.rand() < 0.5:
        X[:, random.randint(features)] = random.choice([0.0, 3.0])
    weights = random.normal(size=(features, outputs or 1)) / (X.std(axis=0)[:, None] + 1)
    y = X @ weights + random.normal(0, 0.5, (rows, outputs or 1))
    if positive:
        y = np.exp(y / np.abs(y).max())
    return X, y if outputs else y.ravel(), to_predict(random, X)


def to_predict(random, X):
    around = X[random.randint(len(X), size=12)] + random.normal(0, 0.5, (12, X.shape[1])) * X.std(axis=0)
    return np.vstack([X[:10], around, np.round(X[10:16]), X[:2] * 30, np.zeros((1, X.shape[1]))])


def case(random, name, model, X, y, rows, named=True):
    """Fits; one model in three is given a DataFrame."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if named and random.rand() < 0.3:
            columns = [f"column {i}" for i in range(X.shape[1])]
            X, rows = pd.DataFrame(X, columns=columns), pd.DataFrame(rows, columns=columns)
        return {"name": name, "model": model.fit(X, y), "X": rows}


def linear_regressors(random):
    alpha = 10 ** random.uniform(-3, 1)
    intercept = bool(random.rand() < 0.8)
    state = random.randint(1000)
    single = [
        linear_model.LinearRegression(fit_intercept=intercept),
        linear_model.Ridge(alpha=alpha, fit_intercept=intercept),
        linear_model.RidgeCV(),
        linear_model.Lasso(alpha=alpha),
        linear_model.LassoCV(cv=3),
        linear_model.ElasticNet(alpha=alpha, l1_ratio=random.rand()),
        linear_model.ElasticNetCV(cv=3),
        linear_model.Lars(),
        linear_model.LarsCV(cv=3),
        linear_model.LassoLars(alpha=alpha),
        linear_model.LassoLarsCV(cv=3),
        linear_model.BayesianRidge(),
        linear_model.ARDRegression(),
        linear_model.HuberRegressor(max_iter=500),
        linear_model.TheilSenRegressor(random_state=state, max_subpopulation=100),
        linear_model.OrthogonalMatchingPursuit(n_nonzero_coefs=1),
        linear_model.SGDRegressor(random_state=state, eta0=1e-4, average=bool(random.rand() < 0.5)),
        linear_model.PassiveAggressiveRegressor(random_state=state),
        LinearSVR(random_state=state, C=alpha, fit_intercept=intercept),
    ]
    if MINOR >= 0 and SCIPY >= (1, 6):  # which has the solver
        single.append(linear_model.QuantileRegressor(quantile=random.uniform(0.1, 0.9), alpha=alpha, solver="highs"))
    for model in single:
        yield case(random, f"linear-{type(model).__name__}", model, *regression(random))
    several = [
        linear_model.LinearRegression(fit_intercept=intercept),
        linear_model.Ridge(alpha=alpha),
        linear_model.Lasso(alpha=alpha),
        linear_model.MultiTaskLasso(alpha=alpha),
        linear_model.MultiTaskElasticNet(alpha=alpha),
        linear_model.MultiTaskLassoCV(cv=3),
        linear_model.MultiTaskElasticNetCV(cv=3),
        linear_model.OrthogonalMatchingPursuit(n_nonzero_coefs=1),
        linear_model.Lars(fit_intercept=intercept),
    ]
    for model in several:
        yield case(random, f"linear-{type(model).__name__}-multi", model, *regression(random, random.randint(2, 4)))


def linear_classifiers(random):
    alpha = 10 ** random.uniform(-4, 0)
    intercept = bool(random.rand() < 0.8)
    state = random.randint(1000)
    losses = ["hinge", "modified_huber", "squared_hinge", "perceptron", "huber"]
    losses.append("squared_error" if MINOR >= 0 else "squared_loss")
    if MINOR >= 1:
        losses.append("log_loss")
    if MINOR < 3:
        losses.append("log")
    classifiers = [
        *(linear_model.SGDClassifier(loss=loss, alpha=alpha, random_state=state, learning_rate="constant", eta0=1e-5) for loss in losses),
        linear_model.RidgeClassifier(alpha=alpha, fit_intercept=intercept),
        linear_model.RidgeClassifierCV(),
        linear_model.Perceptron(random_state=state),
        linear_model.PassiveAggressiveClassifier(random_state=state),
        LinearSVC(C=alpha, random_state=state, fit_intercept=intercept),
        LinearSVC(C=alpha, random_state=state, multi_class="crammer_singer", max_iter=200),
        linear_model.LogisticRegressionCV(Cs=2, cv=2, max_iter=200),
        linear_model.LogisticRegression(C=1 / alpha, fit_intercept=intercept),
        LinearDiscriminantAnalysis(),
        LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto"),
        LinearDiscriminantAnalysis(solver="eigen", shrinkage=0.3, priors=None),
    ]
    if MINOR < 8:
        classifiers.append(linear_model.LogisticRegression(solver="liblinear", C=1 / alpha))
        classifiers.append(linear_model.LogisticRegressionCV(Cs=2, cv=2, solver="liblinear"))
        classifiers.append(linear_model.LogisticRegression(multi_class="ovr"))
        classifiers.append(linear_model.LogisticRegressionCV(Cs=2, cv=2, multi_class="ovr"))
    for number, model in enumerate(classifiers):
        classes = random.randint(2, 5)
        name = f"classifier-{type(model).__name__}-{number}-of-{classes}"
        yield case(random, name, model, *classification(random, classes))


def generalised_linear(random):
    alpha = 10 ** random.uniform(-3, 1)
    models = []
    if MINOR >= -2:
        models = [
            linear_model.PoissonRegressor(alpha=alpha),
            linear_model.GammaRegressor(alpha=alpha),
            *(
                linear_model.TweedieRegressor(power=power, link=link, alpha=alpha)
                for power, link in [(0, "auto"), (1.5, "auto"), (0, "log"), (1, "identity")]
            ),
        ]
    for number, model in enumerate(models):
        X, y, rows = regression(random, positive=True)
        yield case(random, f"generalised-{type(model).__name__}-{number}", model, X, y, rows / 5)
    inner = [None, linear_model.Ridge(), linear_model.HuberRegressor()][random.randint(3)]
    key = "estimator" if MINOR >= 1 else "base_estimator"
    ransac = linear_model.RANSACRegressor(**{key: inner}, random_state=random.randint(1000), min_samples=12)
    yield case(random, "ransac", ransac, *regression(random))


def naive_bayes(random):
    alpha = 10 ** random.uniform(-3, 1)
    prior = bool(random.rand() < 0.5)
    models = [
        (GaussianNB(var_smoothing=10 ** random.uniform(-9, -2)), False),
        (MultinomialNB(alpha=alpha, fit_prior=prior), True),
        (ComplementNB(alpha=alpha, norm=prior), True),
        (BernoulliNB(alpha=alpha, binarize=float(random.randint(3)), fit_prior=prior), True),
        (BernoulliNB(alpha=alpha, binarize=random.rand()), False),
    ]
    for number, (model, positive) in enumerate(models):
        classes = random.randint(2, 5)
        X, y, rows = classification(random, classes, positive=positive)
        yield case(random, f"bayes-{type(model).__name__}-{number}", model, X, y, np.abs(rows) if positive else rows)


def categories(random):
    for number in range(3):
        classes = random.randint(2, 5)
        X, y, _ = classification(random, classes, positive=True)
        X = np.minimum(X, 6)
        model = CategoricalNB(alpha=10 ** random.uniform(-2, 1))
        if MINOR >= -1:
            model.set_params(min_categories=[None, 9][random.randint(2)])
        yield case(random, f"bayes-categories-{number}", model, X, y, X[random.permutation(len(X))[:25]])


def quadratic_discriminants(random):
    for regularisation in (0.0, random.rand()):
        model = QuadraticDiscriminantAnalysis(reg_param=regularisation, tol=1e-12)
        yield case(random, f"quadratic-{regularisation:.2f}", model, *classification(random, random.randint(2, 5)))


def neural_networks(random):
    for activation in ("identity", "logistic", "tanh", "relu"):
        options = {
            "activation": activation,
            "hidden_layer_sizes": [(5,), (7, 4), 6][random.randint(3)],
            "max_iter": 30,
            "random_state": random.randint(1000),
        }
        for classes in (2, 3):
            X, y, rows = classification(random, classes)
            yield case(random, f"neural-{activation}-of-{classes}", MLPClassifier(**options), X, y, rows)
        for outputs in (None, 2):
            X, y, rows = regression(random, outputs)
            yield case(random, f"neural-{activation}-values-{outputs}", MLPRegressor(**options), X, y, rows)
    if MINOR >= 7:
        X, y, rows = regression(random, positive=True)
        yield case(random, "neural-poisson", MLPRegressor(loss="poisson", max_iter=30), X, y, rows / 30)


def clusters(random):
    for kind in (KMeans, MiniBatchKMeans):
        X, _, rows = classification(random, 3)
        model = kind(n_clusters=random.randint(2, 9), n_init=2, random_state=random.randint(1000))
        yield case(random, f"clusters-{kind.__name__}", model, X, None, rows)
    for covariance in ("full", "tied", "diag", "spherical"):
        X, _, rows = classification(random, 3)
        model = GaussianMixture(random.randint(2, 6), covariance_type=covariance, random_state=random.randint(1000))
        yield case(random, f"clusters-mixture-{covariance}", model, X, None, rows)
    corners = np.array([[i, j] for i in (0.0, 2.0) for j in (0.0, 2.0)])
    model = KMeans(4, init=corners, n_init=1)  # the middle is as far from each corner
    yield case(random, "clusters-ties", model, corners, None, np.array([[1.0, 1.0], [0.0, 1.0], [1.0, 2.0], [1.0, 0.0]]))


def support_vectors(random):
    for kernel in ("linear", "rbf", "poly", "sigmoid"):
        options = {
            "kernel": kernel,
            "gamma": ["scale", "auto", 10 ** random.uniform(-3, 0)][random.randint(3)],
            "degree": random.randint(1, 5),
            "coef0": random.choice([0.0, 0.5, 1.0]),
            "max_iter": 20000,
        }
        for kind in (SVC, NuSVC):
            for classes in (2, 3, 4):
                X, y, rows = classification(random, classes, rows=60)
                shape = ["ovr", "ovo"][random.randint(2)]
                model = kind(
                    probability=bool(random.rand() < 0.6), decision_function_shape=shape, random_state=0,
                    break_ties=bool(shape == "ovr" and random.rand() < 0.3), **options,
                )  # fmt: skip
                model.set_params(**({"nu": random.uniform(0.1, 0.5)} if kind is NuSVC else {"C": 10 ** random.uniform(-1, 2)}))
                try:
                    made = case(random, f"vectors-{kind.__name__}-{kernel}-{classes}", model, X, y, rows)
                except ValueError:  # NuSVC: no solution for these data
                    continue
                if np.isfinite(model.intercept_).all():  # as old releases have it instead of raising
                    yield made
        X, y, rows = regression(random)
        yield case(random, f"vectors-SVR-{kernel}", SVR(C=10 ** random.uniform(-1, 1), **options), X, y, rows)
        yield case(random, f"vectors-NuSVR-{kernel}", NuSVR(nu=random.uniform(0.1, 0.9), **options), X, y, rows)
        outliers = OneClassSVM(nu=random.uniform(0.05, 0.5), **options)
        yield case(random, f"vectors-OneClassSVM-{kernel}", outliers, X, None, rows)


def neighbours(random):
    for metric, p in [("minkowski", 2), ("minkowski", 1), ("euclidean", 2), ("manhattan", 2), ("chebyshev", 2)]:
        for algorithm in ("brute", "kd_tree", "ball_tree", "auto"):
            options = {
                "n_neighbors": random.randint(1, 12),
                "weights": ["uniform", "distance"][random.randint(2)],
                "algorithm": algorithm,
                "leaf_size": random.randint(1, 40),
                "metric": metric,
                "p": p,
            }
            name = f"neighbours-{metric}{p}-{algorithm}"
            X, y, rows = classification(random, random.randint(2, 5))
            if algorithm == "brute" and y.dtype.kind == "U":
                y = np.unique(y, return_inverse=True)[1]  # scikit-learn 1.3 to 1.8 raises for text there
            yield case(random, name, KNeighborsClassifier(**options), X, y, rows)
            outputs = [None, 2][random.randint(2)]
            X, y, rows = regression(random, outputs)
            yield case(random, f"{name}-values", KNeighborsRegressor(**options), X, y, rows)


def centroids_and_projections(random):
    for metric in ("euclidean", "manhattan"):
        for shrink in (None, random.uniform(0.1, 1)):
            classes = random.randint(2, 5)
            model = NearestCentroid(metric=metric, shrink_threshold=shrink)
            if MINOR >= 6 and metric == "euclidean" and random.rand() < 0.5:
                weights = np.arange(1, classes + 1)
                model.set_params(priors=["empirical", (weights / weights.sum()).tolist()][random.randint(2)])
            yield case(random, f"centroids-{metric}-{shrink is None}", model, *classification(random, classes))
    for scale in (False, True):
        X, _, rows = classification(random, 2)  # columns that all vary
        y = X @ random.normal(size=(X.shape[1], random.randint(2, 4))) + random.normal(size=(len(X), 1))
        yield case(random, f"projection-{scale}", PLSRegression(2, scale=scale), X, y, rows)
        canonical = PLSCanonical(2, scale=scale, max_iter=2000)
        yield case(random, f"projection-canonical-{scale}", canonical, X, y, rows)
    if MINOR >= 3:  # before that there is one value a row in a list of its own
        yield case(random, "projection-one", PLSRegression(1), *regression(random))


FAMILIES = [
    linear_regressors,
    linear_classifiers,
    generalised_linear,
    naive_bayes,
    categories,
    quadratic_discriminants,
    neural_networks,
    clusters,
    support_vectors,
    neighbours,
    centroids_and_projections,
]


def cases(seed):
    for number, family in enumerate(FAMILIES):
        yield from family(np.random.RandomState(seed * 1000 + number))
