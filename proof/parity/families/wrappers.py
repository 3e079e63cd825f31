"""Boosters inside scikit-learn's wrappers, and behind steps that give them sparse matrices.

`cases(seed)` yields `{"name", "model", "X"}`. What a wrapper asks of an estimator depends on the methods that it has in its
release: LightGBM's classifier has a `decision_function` since 4.7, XGBoost's has none.
"""

import lightgbm as lgb
import numpy as np
import pandas as pd
import sklearn
import xgboost as xgb
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.decomposition import TruncatedSVD
from sklearn.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    BaggingClassifier,
    BaggingRegressor,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.feature_selection import SelectKBest, VarianceThreshold
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier, MultiOutputRegressor, RegressorChain
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import (
    Binarizer,
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    Normalizer,
    OneHotEncoder,
    PolynomialFeatures,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)
from sklearn.random_projection import SparseRandomProjection

ROWS = 240
VERSION = tuple(int(part) for part in sklearn.__version__.split(".")[:2])
XGBOOST = tuple(int(part) for part in xgb.__version__.split(".")[:2])


def classifiers(random):
    size = {"n_estimators": int(random.integers(2, 9)), "n_jobs": 1, "random_state": int(random.integers(99))}
    yield xgb.XGBClassifier(max_depth=3, **size)
    yield lgb.LGBMClassifier(num_leaves=6, verbose=-1, **size)


def regressors(random):
    size = {"n_estimators": int(random.integers(2, 9)), "n_jobs": 1, "random_state": int(random.integers(99))}
    yield xgb.XGBRegressor(max_depth=3, **size)
    yield lgb.LGBMRegressor(num_leaves=6, verbose=-1, **size)


class Data:
    def __init__(self, random):
        width = int(random.integers(3, 6))
        X = np.round(random.normal(size=(ROWS, width)), 2)
        X[:, 1] = np.where(random.random(ROWS) < 0.5, 0, X[:, 1])
        score = X[:, 0] + X[:, 1] * X[:, 2] + random.normal(size=ROWS) / 2
        self.holes = np.where(random.random(X.shape) < 0.1, np.nan, X)
        self.X = X
        self.binary = (score > 0.2).astype(int)
        self.classes = np.digitize(score, [-0.7, 0.6])
        self.texts = np.array(["few", "many", "some"])[self.classes]
        self.number = np.round(score * 10 + 50, 2)
        self.frame = pd.DataFrame(X, columns=list("edcba")[:width])
        self.words = pd.DataFrame(
            {
                "s": random.choice(list("abcdefghijkl"), ROWS),
                "t": random.choice(["u", "v", "w"], ROWS),
                "n": np.abs(np.round(X[:, 0], 1)),
                "z": random.choice([0.0, 0.0, 1.0, 2.0], ROWS),
            }
        )


def classifier_wrappers(model, data, random):
    """Names, wrappers and their targets."""
    calibrations = ["sigmoid", "isotonic"] + (["temperature"] if VERSION >= (1, 8) else [])
    for method in calibrations:
        target = data.classes if random.random() < 0.5 else data.binary
        options = {"ensemble": bool(random.random() < 0.5)} if VERSION >= (0, 24) else {}
        yield f"calibrated {method}", CalibratedClassifierCV(model, method=method, cv=3, **options), target
    yield "calibrated pipeline", CalibratedClassifierCV(make_pipeline(StandardScaler(), model), cv=2), data.binary
    yield "calibrated bagging", CalibratedClassifierCV(BaggingClassifier(model, n_estimators=2, random_state=0), cv=2), data.binary
    yield "one versus one", OneVsOneClassifier(model), data.texts
    yield "one versus one of two", OneVsOneClassifier(model), data.binary
    yield "one versus rest", OneVsRestClassifier(model), data.texts
    yield "one versus rest of two", OneVsRestClassifier(model), data.binary
    members = [("one", model), ("other", LogisticRegression())]
    for voting in ("soft", "hard"):
        yield f"voting {voting}", VotingClassifier(members, voting=voting), data.classes
    twice = [("one", model), ("two", sklearn.clone(model).set_params(learning_rate=0.7))]
    yield "voting alike", VotingClassifier(twice, voting="soft"), data.binary
    passthrough = bool(random.random() < 0.5)
    yield "stacking", StackingClassifier(members, sklearn.clone(model), cv=2, passthrough=passthrough), data.classes
    yield "stacking of two", StackingClassifier(members, LogisticRegression(), cv=2, passthrough=passthrough), data.binary
    yield "bagging", BaggingClassifier(model, n_estimators=3, max_features=0.7, random_state=1), data.classes
    algorithms = ["SAMME", "SAMME.R"] if VERSION < (1, 6) else [None]
    for algorithm in algorithms:
        for target in (data.binary, data.classes):
            options = {} if algorithm is None else {"algorithm": algorithm}
            yield f"AdaBoost {algorithm}", AdaBoostClassifier(model, n_estimators=3, random_state=0, **options), target
    several = np.stack([data.binary, 1 - data.binary * (data.X[:, 0] > 0)], 1)
    yield "outputs", MultiOutputClassifier(model), several
    for method in ["predict", "predict_proba"] if VERSION >= (1, 6) else [None]:
        options = {} if method is None else {"chain_method": method}
        yield f"chain {method}", ClassifierChain(model, order=[1, 0], **options), several
    if VERSION >= (1, 0):
        from sklearn.semi_supervised import SelfTrainingClassifier

        unknown = np.where(random.random(ROWS) < 0.3, -1, data.classes)
        yield "self-training", SelfTrainingClassifier(model), unknown
    if VERSION >= (1, 5):
        from sklearn.model_selection import FixedThresholdClassifier

        yield "threshold", FixedThresholdClassifier(model, threshold=0.3), data.binary
    name = type(model).__name__.lower()
    yield "search", GridSearchCV(OneVsRestClassifier(model), {"estimator__n_estimators": [2, 4]}, cv=2), data.classes
    yield f"search {name}", GridSearchCV(CalibratedClassifierCV(model, cv=2), {"method": ["sigmoid"]}, cv=2), data.binary


def regressor_wrappers(model, data, random):
    members = [("one", model), ("other", LinearRegression())]
    several = np.stack([data.number, -data.number], 1)
    yield "voting", VotingRegressor(members), data.number
    yield "stacking", StackingRegressor(members, sklearn.clone(model), cv=2, passthrough=True), data.number
    yield "bagging", BaggingRegressor(model, n_estimators=3, max_features=0.7, random_state=1), data.number
    yield "AdaBoost", AdaBoostRegressor(model, n_estimators=4, random_state=0), data.number
    yield "outputs", MultiOutputRegressor(model), several
    yield "chain", RegressorChain(model, order=[1, 0]), several
    yield "target", TransformedTargetRegressor(model, func=np.log1p, inverse_func=np.expm1), np.abs(data.number)


def fits(model, X, y):
    try:
        model.fit(X, y)
    except ValueError as error:
        if "worse than random" not in str(error):  # where AdaBoost gives up
            raise
        return False
    return True


def wrapped_cases(data, random):
    for models, wrappers in ((classifiers, classifier_wrappers), (regressors, regressor_wrappers)):
        for model in models(random):
            for name, wrapper, target in wrappers(model, data, random):
                X = data.frame if random.random() < 0.5 else data.X
                holes = VERSION >= (1, 0) and name in ("calibrated sigmoid", "one versus one", "outputs") and X is data.X
                X = data.holes if holes else X
                if fits(wrapper, X, target):
                    yield f"{name} of {type(model).__name__}", wrapper, X[:120]


def labelled_cases(data, random):
    """Several labels, and several quantiles, of one model."""
    several = np.stack([data.binary, 1 - data.binary * (data.X[:, 0] > 0), data.classes % 2], 1)[:, : int(random.integers(2, 4))]
    yield "XGBClassifier labels", xgb.XGBClassifier(n_estimators=4, n_jobs=1).fit(data.holes, several), data.holes
    if XGBOOST >= (2, 0):
        options = {"objective": "reg:quantileerror", "quantile_alpha": [0.2, 0.5, 0.9], "n_estimators": 5, "n_jobs": 1}
        yield "XGBRegressor quantiles", xgb.XGBRegressor(**options).fit(data.holes, data.number), data.holes
    if XGBOOST >= (3, 3):
        options = {"objective": "reg:expectileerror", "expectile_alpha": 0.3, "n_estimators": 5, "n_jobs": 1}
        yield "XGBRegressor expectile", xgb.XGBRegressor(**options).fit(data.holes, data.number), data.holes


def sparse_steps(random):
    """What keeps a sparse matrix sparse, and what does not."""
    for function in (np.abs, np.sqrt, np.log1p, np.expm1, None):
        yield f"function {getattr(function, '__name__', None)}", FunctionTransformer(function, accept_sparse=True)
    yield "polynomial", PolynomialFeatures(2, include_bias=bool(random.random() < 0.5))
    yield "maximum", MaxAbsScaler()
    yield "standard", StandardScaler(with_mean=False)
    yield "robust", RobustScaler(with_centering=False)
    yield "norm", Normalizer()
    yield "binary", Binarizer(threshold=float(random.choice([0.0, 1.0])))
    yield "quantiles", QuantileTransformer(n_quantiles=20, output_distribution=str(random.choice(["uniform", "normal"])))
    yield "imputer", SimpleImputer(strategy=str(random.choice(["mean", "most_frequent"])), add_indicator=bool(random.random() < 0.5))
    yield "indicator", make_union(SimpleImputer(), MissingIndicator(features="all"))
    yield "components", TruncatedSVD(3, random_state=0)
    yield "best", SelectKBest(k=6)
    yield "variance", VarianceThreshold(0.01)
    yield "words", TfidfTransformer(sublinear_tf=bool(random.random() < 0.5))
    yield "projection", SparseRandomProjection(5, random_state=0, dense_output=bool(random.random() < 0.5))
    yield "union", make_union(MaxAbsScaler(), TruncatedSVD(2, random_state=0))


def sparse_cases(data, random):
    frame = data.words
    encode = ColumnTransformer([("o", OneHotEncoder(handle_unknown="ignore"), ["s", "t"])], remainder="passthrough")
    for name, step in sparse_steps(random):
        for model in classifiers(random):
            fitted = make_pipeline(encode, step, model).fit(frame, data.binary)
            yield f"{name} before {type(model).__name__}", fitted, frame[:100]
    bins = make_pipeline(KBinsDiscretizer(4), xgb.XGBRegressor(n_estimators=4, n_jobs=1))
    yield "bins before XGBRegressor", bins.fit(data.X, data.number), data.X
    for passthrough in (True, False):
        members = [("one", lgb.LGBMClassifier(n_estimators=3, verbose=-1))]
        stack = StackingClassifier(members, xgb.XGBClassifier(n_estimators=4, n_jobs=1), cv=2, passthrough=passthrough)
        yield f"stack passthrough={passthrough}", make_pipeline(encode, stack).fit(frame, data.classes), frame[:100]
    several = np.stack([data.number, -data.number], 1)
    chain = make_pipeline(encode, RegressorChain(xgb.XGBRegressor(n_estimators=4, n_jobs=1)))
    yield "chain", chain.fit(frame, several), frame[:100]
    for wrapper in (OneVsRestClassifier, CalibratedClassifierCV, BaggingClassifier, AdaBoostClassifier):
        model = make_pipeline(encode, wrapper(xgb.XGBClassifier(n_estimators=4, n_jobs=1)))
        if fits(model, frame, data.classes):
            yield f"sparse {wrapper.__name__}", model, frame[:100]


def cases(seed):
    random = np.random.default_rng(seed)
    data = Data(random)
    for make in (wrapped_cases, labelled_cases, sparse_cases):
        for name, model, X in make(data, random):
            yield {"name": name, "model": model, "X": X}
