"""Trees, ensembles of them, and estimators made of others: random models and hard rows.

`cases(seed)` yields `{"name", "model", "X"}`. Works with scikit-learn 1.1 to 1.9; what a release does
not have, it does not yield.
"""

import warnings

import numpy as np
import sklearn
from sklearn.datasets import make_classification, make_regression
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import (
    DecisionTreeClassifier,
    DecisionTreeRegressor,
    ExtraTreeClassifier,
    ExtraTreeRegressor,
)

MINOR = int(sklearn.__version__.split(".")[1])
ROWS = 150


class Data:
    """Training data, and rows to predict that are ordinary, on the thresholds of trees, and beyond float32's integers."""

    def __init__(self, random, classes=None, targets=1, missing=False):
        self.random = random
        self.columns = int(random.randint(3, 9))
        state = int(random.randint(2**31))
        if classes:
            X, y = make_classification(
                ROWS, self.columns, n_informative=3, n_redundant=0, n_classes=classes, n_clusters_per_class=1, random_state=state
            )
            labels = [np.arange(classes), np.array(["a", "bb", "ccc", "dddd"])[:classes], np.arange(classes) * 2.0 - 1]
            self.y = labels[random.randint(3)][y]
        else:
            X, y = make_regression(ROWS, self.columns, n_targets=targets, noise=5.0, random_state=state)
            self.y = y * 10.0 ** random.randint(-3, 4)
        kind = random.randint(4)
        if kind == 0:
            X = np.round(X)  # ties
        elif kind == 1:
            X = np.floor(X * 10) + 2**24  # integers that float32 cannot tell apart
        elif kind == 2:
            X[:, 0] = 1.0  # no variance
        self.X = X
        self.gaps = random.rand(*X.shape) < 0.15 if missing else np.zeros(X.shape, dtype=bool)
        self.X[self.gaps] = np.nan

    def rows(self, model=None):
        more = self.X[self.random.permutation(ROWS)[:60]] * self.random.choice([1.0, 1.0, -3.0, 1e6], (60, 1))
        hard = [self.X, more]
        for feature, threshold in splits_of(model)[:40]:
            row = np.repeat(self.X[:1], 3, axis=0)
            row[:, feature] = [threshold, np.nextafter(threshold, np.inf), np.float32(threshold)]
            hard.append(row)
        return np.vstack(hard)


def splits_of(model):
    trees = [model] if hasattr(model, "tree_") else []
    if hasattr(model, "estimators_"):
        trees = [tree for tree in np.ravel(np.array(model.estimators_, dtype=object)) if hasattr(tree, "tree_")]
    splits = []
    for tree in trees:
        inner = tree.tree_
        splits += [(f, t) for f, t in zip(inner.feature, inner.threshold) if f >= 0 and np.isfinite(t)]
    return splits


def tree_options(random):
    return {
        "max_depth": [None, 1, 2, 4, 9][random.randint(5)],
        "min_samples_leaf": int(random.randint(1, 6)),
        "max_features": [None, "sqrt", 0.7][random.randint(3)],
        "random_state": int(random.randint(1000)),
    }


def case(name, model, X):
    return {"name": name, "model": model, "X": X}


def single_trees(random):
    for kind in (DecisionTreeClassifier, ExtraTreeClassifier):
        classes = int(random.randint(2, 5))
        extra = kind is ExtraTreeClassifier
        missing = MINOR >= (6 if extra else 3) and random.rand() < 0.5
        data = Data(random, classes, missing=missing)
        options = {"criterion": ["gini", "entropy"][random.randint(2)], "class_weight": [None, "balanced"][random.randint(2)]}
        model = kind(**options, **tree_options(random)).fit(data.X, data.y)
        yield case(kind.__name__, model, data.rows(model))
    for kind in (DecisionTreeRegressor, ExtraTreeRegressor):
        for targets in (1, 3):
            extra = kind is ExtraTreeRegressor
            missing = MINOR >= (7 if extra else 3) and random.rand() < 0.5
            data = Data(random, targets=targets, missing=missing)
            model = kind(criterion=["squared_error", "friedman_mse"][random.randint(2)], **tree_options(random)).fit(data.X, data.y)
            yield case(f"{kind.__name__}-{targets}", model, data.rows(model))


def forests(random):
    for kind in (RandomForestClassifier, ExtraTreesClassifier):
        missing = MINOR >= (6 if kind is ExtraTreesClassifier else 4) and random.rand() < 0.5
        data = Data(random, int(random.randint(2, 5)), missing=missing)
        model = kind(int(random.randint(1, 40)), **tree_options(random)).fit(data.X, data.y)
        yield case(kind.__name__, model, data.rows(model))
    for kind in (RandomForestRegressor, ExtraTreesRegressor):
        for targets in (1, 2):
            missing = MINOR >= (7 if kind is ExtraTreesRegressor else 4) and random.rand() < 0.5
            data = Data(random, targets=targets, missing=missing)
            model = kind(int(random.randint(1, 40)), **tree_options(random)).fit(data.X, data.y)
            yield case(f"{kind.__name__}-{targets}", model, data.rows(model))


def gradient_boosting(random):
    options = {
        "n_estimators": int(random.randint(1, 40)),
        "learning_rate": float(random.choice([0.01, 0.1, 0.5, 1.0])),
        "subsample": float(random.choice([0.6, 1.0])),
        "max_depth": int(random.randint(1, 5)),
        "random_state": int(random.randint(1000)),
    }
    for loss, classes in (("log_loss", 2), ("log_loss", int(random.randint(3, 5))), ("exponential", 2)):
        data = Data(random, classes)
        init = [None, "zero", DummyClassifier(strategy="most_frequent"), DummyClassifier(strategy="prior")][random.randint(4)]
        model = GradientBoostingClassifier(loss=loss, init=init, **options).fit(data.X, data.y)
        yield case(f"GradientBoostingClassifier-{loss}-{min(classes, 3)}", model, data.rows(model))
    for loss in ("squared_error", "absolute_error", "huber", "quantile"):
        data = Data(random)
        init = [None, "zero", DummyRegressor(strategy="median")][random.randint(3)]
        model = GradientBoostingRegressor(loss=loss, init=init, **options).fit(data.X, data.y)
        yield case(f"GradientBoostingRegressor-{loss}", model, data.rows(model))
    # two classes in balance: the sum is exactly 0 where the trees say nothing
    X = np.array([[0.0], [0.0], [1.0], [1.0], [2.0], [2.0], [3.0], [3.0]])
    y = np.array([0, 1, 0, 1, 0, 1, 1, 1 if random.rand() < 0.5 else 0])
    yield case("GradientBoostingClassifier-tie", GradientBoostingClassifier(n_estimators=3).fit(X, y), X)


def with_categories(random, X):
    """Two columns of small integers with gaps, one of which may also be missing."""
    X = np.where(np.isnan(X), 0.0, X)
    for column in range(2):
        known = random.permutation(120)[: random.randint(2, 40)]
        X[:, column] = known[np.abs(X[:, column] * 7).astype(int) % len(known)]
    X[random.rand(len(X)) < 0.1, 0] = np.nan
    return X


def hist_gradient_boosting(random):
    for number in range(6):
        classes = [2, 3, None, None, None, None][number]
        data = Data(random, classes, missing=random.rand() < 0.6)
        categorical = random.rand() < 0.5
        if categorical:
            data.X = with_categories(random, data.X)
        options = {
            "max_iter": int(random.randint(1, 30)),
            "learning_rate": float(random.choice([0.03, 0.1, 1.0])),
            "max_leaf_nodes": [None, 3, 8][random.randint(3)],
            "min_samples_leaf": int(random.randint(1, 20)),
            "max_bins": int(random.choice([130, 255])),
            "early_stopping": bool(random.rand() < 0.3),
            "random_state": int(random.randint(1000)),
            "categorical_features": [0, 1] if categorical else None,
        }
        if classes:
            model = HistGradientBoostingClassifier(**options).fit(data.X, data.y)
            name = f"HistGradientBoostingClassifier-{classes}"
        else:
            loss = ["squared_error", "absolute_error", "poisson", "gamma" if MINOR >= 3 else "poisson"][number - 2]
            y = np.abs(data.y) / np.abs(data.y).max() + 0.01 if loss in ("poisson", "gamma") else data.y
            model = HistGradientBoostingRegressor(loss=loss, **options).fit(data.X, y)
            name = f"HistGradientBoostingRegressor-{loss}"
        X = data.rows()
        if categorical:
            X = with_categories(random, X)  # most of them unknown
            X[: ROWS // 2] = data.X[: ROWS // 2]
        else:
            bins = [(f, t) for f, thresholds in enumerate(model._bin_mapper.bin_thresholds_) for t in thresholds[:20]]
            on = np.repeat(data.X[:1], len(bins), axis=0)
            for row, (feature, threshold) in zip(on, bins):
                row[feature] = threshold
            X = np.vstack([X, on, np.nextafter(on, np.inf)])
        yield case(name + ("-categorical" if categorical else ""), model, X)


def dummies(random):
    if MINOR < 5:
        return  # they do not say how many columns there are
    data = Data(random, int(random.randint(2, 5)), missing=True)
    for strategy in ("prior", "most_frequent"):
        yield case(f"DummyClassifier-{strategy}", DummyClassifier(strategy=strategy).fit(data.X, data.y), data.rows())
    for targets in (1, 2):
        data = Data(random, targets=targets)
        model = DummyRegressor(strategy=["mean", "median"][random.randint(2)]).fit(data.X, data.y)
        yield case(f"DummyRegressor-{targets}", model, data.rows())


FAMILIES = [single_trees, forests, gradient_boosting, hist_gradient_boosting, dummies]


def cases(seed):
    random = np.random.RandomState(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for family in FAMILIES:
            yield from family(random)
