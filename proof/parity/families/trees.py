"""Trees, ensembles of them, and estimators made of others: random models and hard rows.

`cases(seed)` yields `{"name", "model", "X"}`. Works with scikit-learn 0.22 to 1.9; what a release does
not have, it does not yield.
"""

import warnings

import numpy as np
import sklearn
from sklearn.datasets import make_classification, make_regression
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.dummy import DummyClassifier, DummyRegressor

try:  # until 0.24 the import alone of this module makes it available
    from sklearn.experimental import enable_hist_gradient_boosting  # noqa: F401
except ImportError:
    pass
from sklearn.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler
from sklearn.tree import (
    DecisionTreeClassifier,
    DecisionTreeRegressor,
    ExtraTreeClassifier,
    ExtraTreeRegressor,
)

MAJOR, MINOR = (int(part) for part in sklearn.__version__.split(".")[:2])
MINOR -= 0 if MAJOR else 25  # 1.0 came after 0.24
ROWS = 150
# names of losses and criteria in this release
SQUARED_ERROR = "squared_error" if MINOR >= 0 else "mse"
LEAST_SQUARES = ["squared_error", "absolute_error"] if MINOR >= 0 else ["least_squares", "least_absolute_deviation"]
BOOSTED_SQUARES = ["squared_error", "absolute_error"] if MINOR >= 0 else ["ls", "lad"]
POISSON = "poisson" if MINOR >= -2 else "least_squares"
LOG_LOSS = "log_loss" if MINOR >= 1 else "deviance"


class Data:
    """Training data, and rows to predict that are ordinary, on the thresholds of trees, and beyond float32's integers."""

    def __init__(self, random, classes=None, targets=1, missing=False, ordinary=False):
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
        kind = 0 if ordinary else random.randint(4)
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
            model = kind(criterion=[SQUARED_ERROR, "friedman_mse"][random.randint(2)], **tree_options(random)).fit(data.X, data.y)
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
    for loss, classes in ((LOG_LOSS, 2), (LOG_LOSS, int(random.randint(3, 5))), ("exponential", 2)):
        data = Data(random, classes)
        init = [None, "zero", DummyClassifier(strategy="most_frequent"), DummyClassifier(strategy="prior")][random.randint(4)]
        model = GradientBoostingClassifier(loss=loss, init=init, **options).fit(data.X, data.y)
        yield case(f"GradientBoostingClassifier-{loss}-{min(classes, 3)}", model, data.rows(model))
    for loss in (*BOOSTED_SQUARES, "huber", "quantile"):
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
        data = Data(random, classes, missing=random.rand() < 0.6 and MINOR >= -3)
        categorical = random.rand() < 0.5 and MINOR >= -1
        if categorical:
            data.X = with_categories(random, data.X)
        options = {
            "max_iter": int(random.randint(1, 30)),
            "learning_rate": float(random.choice([0.03, 0.1, 1.0])),
            "max_leaf_nodes": [None, 3, 8][random.randint(3)],
            "min_samples_leaf": int(random.randint(1, 20)),
            "max_bins": int(random.choice([130, 255])),
            "random_state": int(random.randint(1000)),
        }
        if MINOR >= -2:
            options["early_stopping"] = bool(random.rand() < 0.3)
        if MINOR >= -1:
            options["categorical_features"] = [0, 1] if categorical else None
        if classes:
            model = HistGradientBoostingClassifier(**options).fit(data.X, data.y)
            name = f"HistGradientBoostingClassifier-{classes}"
        else:
            loss = [*LEAST_SQUARES, POISSON, "gamma" if MINOR >= 3 else POISSON][number - 2]
            y = np.abs(data.y) / np.abs(data.y).max() + 0.01 if loss in ("poisson", "gamma") else data.y
            model = HistGradientBoostingRegressor(loss=loss, **options).fit(data.X, y)
            name = f"HistGradientBoostingRegressor-{loss}"
        X = data.rows()
        if categorical:
            X = with_categories(random, X)  # most of them unknown
            X[: ROWS // 2] = data.X[: ROWS // 2]
        else:
            mapper = model._bin_mapper if MINOR >= -1 else model.bin_mapper_
            bins = [(f, t) for f, thresholds in enumerate(mapper.bin_thresholds_) for t in thresholds[:20]]
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


def some_classifiers(random):
    state = int(random.randint(1000))
    return [
        ("line", make_pipeline(StandardScaler(), LogisticRegression(C=float(random.choice([0.1, 1.0]))))),
        ("tree", DecisionTreeClassifier(max_depth=int(random.randint(1, 5)), random_state=state)),
        ("forest", RandomForestClassifier(5, max_depth=3, random_state=state)),
        ("boost", GradientBoostingClassifier(n_estimators=4, random_state=state)),
    ]


def some_regressors(random):
    state = int(random.randint(1000))
    return [
        ("line", make_pipeline(StandardScaler(), LinearRegression())),
        ("tree", DecisionTreeRegressor(max_depth=int(random.randint(1, 5)), random_state=state)),
        ("forest", RandomForestRegressor(5, max_depth=3, random_state=state)),
        ("boost", GradientBoostingRegressor(n_estimators=4, random_state=state)),
    ]


def some(random, members, least=2):
    return [members[i] for i in random.permutation(len(members))[: random.randint(least, len(members) + 1)]]


def of_base(kind, base, **options):
    """The parameter had another name until 1.1."""
    return kind(**{"estimator" if MINOR >= 2 else "base_estimator": base}, **options)


def voting(random):
    for how in ("soft", "hard"):
        data = Data(random, int(random.randint(2, 5)), ordinary=True)
        members = some(random, some_classifiers(random))
        weights = [None, random.randint(1, 4, len(members)).tolist(), random.rand(len(members))][random.randint(3)]
        model = VotingClassifier(members, voting=how, weights=weights)
        if random.rand() < 0.3 and len(members) > 2:
            model.set_params(**{members[1][0]: "drop"})
        yield case(f"VotingClassifier-{how}", model.fit(data.X, data.y), data.rows())
    data = Data(random, ordinary=True)
    members = some(random, some_regressors(random))
    weights = [None, random.rand(len(members)).tolist()][random.randint(2)]
    yield case("VotingRegressor", VotingRegressor(members, weights=weights).fit(data.X, data.y), data.rows())


def calibrated(random):
    methods = ["sigmoid", "isotonic"] + (["temperature"] if MINOR >= 8 else [])
    for method in methods:
        for classes in (2, 3):
            data = Data(random, classes, ordinary=True)
            _, base = some_classifiers(random)[random.randint(4)]
            options = {"ensemble": bool(random.randint(2))} if MINOR >= -1 else {}
            model = of_base(CalibratedClassifierCV, base, method=method, cv=3, **options)
            yield case(f"CalibratedClassifierCV-{method}-{classes}", model.fit(data.X, data.y), data.rows())


def stacking(random):
    for classes in (2, 3):
        data = Data(random, classes, ordinary=True)
        _, last = some_classifiers(random)[random.randint(4)]
        method = ["auto", "predict_proba", "predict"][random.randint(3)]
        model = StackingClassifier(
            some(random, some_classifiers(random)), last, cv=3, stack_method=method, passthrough=bool(random.randint(2))
        )
        yield case(f"StackingClassifier-{classes}", model.fit(data.X, data.y), data.rows())
    data = Data(random, ordinary=True)
    _, last = some_regressors(random)[random.randint(4)]
    model = StackingRegressor(some(random, some_regressors(random)), last, cv=3, passthrough=bool(random.randint(2)))
    yield case("StackingRegressor", model.fit(data.X, data.y), data.rows())


def bagging(random):
    def options(line):
        return {
            "n_estimators": int(random.randint(1, 15)),
            "max_features": float(random.choice([0.5, 1.0])),
            "max_samples": float(random.choice([0.1, 0.7])),
            "bootstrap": bool(random.randint(2)),
            # a line through a column and itself has coefficients of 1e12 that cancel, and no digit of its answer is certain
            "bootstrap_features": bool(random.rand() < 0.3) and not line,
            "random_state": int(random.randint(1000)),
        }

    for name, base in some_classifiers(random)[:2]:
        data = Data(random, int(random.randint(2, 5)), ordinary=name == "line")
        if name == "line":
            base = LogisticRegression()
        model = of_base(BaggingClassifier, base, **options(name == "line")).fit(data.X, data.y)
        yield case(f"BaggingClassifier-{name}", model, data.rows())
    for name, base in some_regressors(random)[:2]:
        data = Data(random, ordinary=name == "line")
        model = of_base(BaggingRegressor, base, **options(name == "line")).fit(data.X, data.y)
        yield case(f"BaggingRegressor-{name}", model, data.rows())


def ada_boost(random):
    for algorithm in ("SAMME", "SAMME.R") if MINOR < 6 else (None,):
        for base in (DecisionTreeClassifier(max_depth=int(random.randint(1, 4))), LogisticRegression(C=0.1)):
            data = Data(random, int(random.randint(2, 4)), ordinary=isinstance(base, LogisticRegression))
            options = {"n_estimators": int(random.randint(2, 30)), "learning_rate": float(random.choice([0.3, 1.0]))}
            if algorithm:
                options["algorithm"] = algorithm
            model = of_base(AdaBoostClassifier, base, random_state=0, **options).fit(data.X, data.y)
            yield case(f"AdaBoostClassifier-{algorithm}-{type(base).__name__}", model, data.rows())
    for base in (DecisionTreeRegressor(max_depth=int(random.randint(1, 4))), LinearRegression()):
        data = Data(random, ordinary=True)
        loss = ["linear", "square", "exponential"][random.randint(3)]
        model = of_base(AdaBoostRegressor, base, n_estimators=int(random.randint(1, 20)), loss=loss, random_state=0)
        yield case(f"AdaBoostRegressor-{type(base).__name__}", model.fit(data.X, data.y), data.rows())


def isolation_forests(random):
    for contamination in ("auto", 0.1, float(random.rand() / 2 + 0.001)):
        data = Data(random, 2, missing=MINOR >= 6 and random.rand() < 0.5)
        model = IsolationForest(
            n_estimators=int(random.randint(1, 40)),
            max_samples=["auto", 1, 30, 0.5][random.randint(4)],
            contamination=contamination,
            max_features=float(random.choice([0.5, 1.0])),
            random_state=int(random.randint(1000)),
        ).fit(data.X)
        yield case("IsolationForest", model, data.rows())


def thresholds(random):
    if MINOR < 5:
        return
    from sklearn.metrics import f1_score, make_scorer
    from sklearn.model_selection import FixedThresholdClassifier, TunedThresholdClassifierCV

    for name, base in some_classifiers(random):
        data = Data(random, 2, ordinary=True)
        labels = np.unique(data.y)
        method = ["auto", "decision_function"][random.randint(2)] if name in ("line", "boost") else "auto"
        label = [None, labels[0], labels[1]][random.randint(3)]
        threshold = ["auto", float(random.rand() * 0.6)][random.randint(2)]
        model = FixedThresholdClassifier(base, threshold=threshold, pos_label=label, response_method=method)
        yield case("FixedThresholdClassifier", model.fit(data.X, data.y), data.rows())
        scoring = ["balanced_accuracy", make_scorer(f1_score, pos_label=labels[random.randint(2)])][random.randint(2)]
        model = TunedThresholdClassifierCV(base, scoring=scoring, response_method=method, cv=2)
        yield case("TunedThresholdClassifierCV", model.fit(data.X, data.y), data.rows())


def transformed_targets(random):
    ways = [
        {"func": np.log1p, "inverse_func": np.expm1},
        {"func": np.log, "inverse_func": np.exp},
        {"func": np.sqrt, "inverse_func": np.square},
        {"transformer": StandardScaler()},
        {"transformer": MinMaxScaler((-1, 3))},
        {"transformer": MaxAbsScaler()},
        {"transformer": RobustScaler()},
        {"transformer": FunctionTransformer(np.log, np.exp)},
        {},
    ]
    for way in ways:
        _, regressor = some_regressors(random)[random.randint(4)]
        data = Data(random, ordinary=True)
        y = np.abs(data.y) / np.abs(data.y).max() * 10 + 0.1
        rows = data.X if "func" in way or "transformer" in way else data.rows()
        yield case("TransformedTargetRegressor", TransformedTargetRegressor(regressor, **way).fit(data.X, y), rows)
    data = Data(random, targets=2, ordinary=True)
    model = TransformedTargetRegressor(DecisionTreeRegressor(max_depth=3), transformer=StandardScaler())
    yield case("TransformedTargetRegressor-2", model.fit(data.X, data.y), data.rows())


def of_several(random):
    for classes in (2, 3, 4):
        for name, base in some_classifiers(random):
            data = Data(random, classes, ordinary=True)
            model = OneVsRestClassifier(base).fit(data.X, data.y)
            yield case(f"OneVsRestClassifier-{name}", model, data.rows())
    for name, base in some_regressors(random):
        data = Data(random, targets=int(random.randint(2, 4)), ordinary=True)
        yield case(f"MultiOutputRegressor-{name}", MultiOutputRegressor(base).fit(data.X, data.y), data.rows())


FAMILIES = [
    single_trees,
    forests,
    gradient_boosting,
    hist_gradient_boosting,
    voting,
    calibrated,
    stacking,
    bagging,
    ada_boost,
    isolation_forests,
    thresholds,
    transformed_targets,
    of_several,
    dummies,
]


def cases(seed):
    random = np.random.RandomState(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for family in FAMILIES:
            yield from family(random)
