"""Fitted models of the families that are neither trees nor composed of others, for the parity proof.

`cases(seed)` draws hyper-parameters and data from the seed. The rows to predict are ordinary ones, rows
of the training data, rows far away, whole numbers and the origin; some columns are constant.
"""

import warnings

import numpy as np
import pandas as pd
import sklearn
from sklearn import linear_model
from sklearn.datasets import make_classification
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.svm import LinearSVC, LinearSVR

MINOR = int(sklearn.__version__.split(".")[1])
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
        linear_model.QuantileRegressor(quantile=random.uniform(0.1, 0.9), alpha=alpha, solver="highs"),
        linear_model.OrthogonalMatchingPursuit(n_nonzero_coefs=1),
        linear_model.SGDRegressor(random_state=state, eta0=1e-4, average=bool(random.rand() < 0.5)),
        linear_model.PassiveAggressiveRegressor(random_state=state),
        LinearSVR(random_state=state, C=alpha, fit_intercept=intercept),
    ]
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
    losses = ["hinge", "log_loss", "modified_huber", "squared_hinge", "perceptron", "squared_error", "huber"]
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


FAMILIES = [linear_regressors, linear_classifiers]


def cases(seed):
    for number, family in enumerate(FAMILIES):
        yield from family(np.random.RandomState(seed * 1000 + number))
