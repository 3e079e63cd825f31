"""Random pipelines of preprocessing, over ordinary rows and hard ones.

`cases(seed)` yields {"name", "model", "X"}: a fitted estimator, and the rows to compare it on. A missing
value is NaN in X, also in columns of text.
"""

import warnings

import numpy as np
import pandas as pd
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.feature_selection import (
    RFE,
    RFECV,
    GenericUnivariateSelect,
    SelectFdr,
    SelectFpr,
    SelectFromModel,
    SelectFwe,
    SelectKBest,
    SelectPercentile,
    VarianceThreshold,
)
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import (
    Binarizer,
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)
from sklearn.tree import DecisionTreeClassifier

try:
    from sklearn.feature_selection import SequentialFeatureSelector
except ImportError:  # there is none until 0.23
    SequentialFeatureSelector = None

MAJOR, MINOR = (int(part) for part in sklearn.__version__.split(".")[:2])
MINOR -= 0 if MAJOR else 25  # 1.0 came after 0.24
CITIES = ["Oslo", "Bergen", "Trondheim", "Å", "", "oslo", "rare 1", "rare 2", "rare 3"]
SHARES = [0.3, 0.2, 0.15, 0.1, 0.1, 0.09, 0.03, 0.02, 0.01]


def exposed(transformer, X, y=None):
    """A pipeline whose `predict` gives what the transformer computes: a linear model of ones on the diagonal.

    None when it computes no columns at all.
    """
    transformer.fit(X, y)
    Z = transformer.transform(X)
    Z = np.asarray(Z.todense() if hasattr(Z, "todense") else Z, dtype=float)
    width = Z.shape[1]
    if width == 0:
        return None
    model = LinearRegression()
    targets = np.zeros((len(Z), width)) if width > 1 else np.zeros(len(Z))
    model.fit(np.nan_to_num(np.clip(Z, -1e3, 1e3)), targets)
    model.coef_ = np.eye(width) if width > 1 else np.ones(1)
    model.intercept_ = np.zeros(width) if width > 1 else 0.0
    return Pipeline([("transform", transformer), ("show", model)])


def numbers(random, rows=80, columns=4):
    """Columns of several scales: one of integers, one with zeros."""
    X = random.normal(size=(rows, columns)) * 10.0 ** random.randint(-3, 4, columns) + random.normal(size=columns)
    X[:, 1] = random.randint(-9, 10, rows)
    X[random.rand(rows) < 0.2, 2] = 0
    return X


def hard(random, X):
    """X with rows beyond what fitting has seen, and on round numbers."""
    return np.vstack([X[:12], X.min(axis=0), X.max(axis=0), np.zeros(X.shape[1]), X[:3] * 1e3, X[:3] * 1e-7, -X[:3]])


def with_missing(random, X, share=0.2):
    X = np.array(X, dtype=float)
    X[random.rand(*X.shape) < share] = np.nan
    return X


def mixed(random, rows=150, missing=True):
    frame = pd.DataFrame(
        {
            "age": random.randint(18, 90, rows).astype(float),
            "income": random.lognormal(8, 1, rows),
            "city": random.choice(CITIES, rows, p=SHARES),
            "id": [f"row {i}" for i in range(rows)],
            "plan": random.choice(["a", "b"], rows),
            "rooms": random.choice([1.0, 2.0, 3.0, 7.0], rows),
        }
    )
    for column in ("city", "plan", "id"):
        frame[column] = frame[column].astype(object)
    if missing:
        for column in ("age", "city", "rooms"):
            frame.loc[random.rand(rows) < 0.15, column] = np.nan
    y = ((frame.age.fillna(50) > 50) ^ (frame.city == "Oslo")).astype(int)
    return frame, y


def scalers(random):
    X = numbers(random)
    flat = np.column_stack([X, np.full(len(X), 7.5)])
    low = random.normal()
    for scaler in (
        StandardScaler(with_mean=bool(random.randint(2)), with_std=bool(random.randint(2))),
        MinMaxScaler(feature_range=(low, low + random.rand() + 0.1)),
        MinMaxScaler(),
        MaxAbsScaler(),
        RobustScaler(with_centering=bool(random.randint(2)), quantile_range=(random.uniform(1, 30), 80.0)),
        RobustScaler(with_scaling=False),
    ):
        yield scaler, flat, hard(random, flat)
    if MINOR >= -1:
        yield MinMaxScaler(clip=True), flat, hard(random, flat)
    if MINOR >= 8:
        yield MaxAbsScaler(clip=True), flat, hard(random, flat)
    for norm in ("l1", "l2", "max"):
        tiny = np.vstack([hard(random, X), np.full(4, 1e-16), np.full(4, 1e-12)])
        yield Normalizer(norm=norm), X, tiny
    threshold = float(X[3, 0])
    yield Binarizer(threshold=threshold), X, np.vstack([hard(random, X), np.nextafter(X[3:4], np.inf)])


def functions(random):
    X = numbers(random)
    small = np.vstack([X[:20] * 1e-9, X[:5] * 1e-14, np.full((1, 4), 1e-300), np.zeros((1, 4)), np.full((1, 4), -0.0)])
    for function in (None, np.abs, np.square, np.expm1, np.exp):
        rows = np.clip(np.vstack([hard(random, X), small]), -300, 300)
        yield FunctionTransformer(function), X, rows
    positive = np.vstack([np.abs(hard(random, X)), np.abs(small)])
    yield FunctionTransformer(np.log1p, validate=bool(random.randint(2))), np.abs(X), positive
    yield FunctionTransformer(np.log1p), np.abs(X), np.clip(small, -0.9, None)
    yield FunctionTransformer(np.log1p), np.abs(X), np.array([[-0.999999, -0.5, 1e300, 3.0]])
    yield FunctionTransformer(np.sqrt), np.abs(X), positive
    yield FunctionTransformer(np.log), np.abs(X) + 1, positive + 1e-12


def shapes(random):
    X = numbers(random)
    for degree in ((0,) if MINOR >= 1 else ()) + (1, 2, 3) + (((2, 3),) if MINOR >= 0 else ()):
        for interaction in (False, True):
            bias = bool(random.randint(2)) or degree == 0
            yield PolynomialFeatures(degree, interaction_only=interaction, include_bias=bias), X, hard(random, X)
    for encode in ("ordinal", "onehot", "onehot-dense"):
        for strategy in ("uniform", "quantile"):
            bins = KBinsDiscretizer(int(random.randint(2, 7)), encode=encode, strategy=strategy).fit(X)
            edges = np.array([[edges[i % len(edges)] for edges in bins.bin_edges_] for i in range(8)])
            rows = np.vstack([hard(random, X), edges, np.nextafter(edges, -np.inf)])
            yield bins, X, rows
    for standardize in (False, True):
        yield PowerTransformer(standardize=standardize), X, np.vstack([hard(random, X)[:15], X[:4] * 1e-9])
        yield PowerTransformer("box-cox", standardize=standardize), np.abs(X) + 0.1, np.abs(hard(random, X)[:15]) + 0.1
    fixed = PowerTransformer(standardize=False).fit(X)
    fixed.lambdas_ = np.array([0.0, 2.0, 1.0, -0.7])
    yield fixed, None, X
    for whiten in (False, True):
        yield PCA(int(random.randint(1, 5)), whiten=whiten, random_state=0), X, hard(random, X)
    yield TruncatedSVD(2, random_state=0), X, hard(random, X)
    for output in ("uniform", "normal"):
        count = int(random.randint(2, 81))
        quantiles = QuantileTransformer(n_quantiles=count, output_distribution=output, random_state=0).fit(X)
        edges = quantiles.quantiles_[random.randint(len(quantiles.quantiles_), size=10)]
        yield quantiles, X, np.vstack([hard(random, X), edges, X.min(axis=0) + 0.9e-7, X.max(axis=0) - 0.9e-7])


def selections(random):
    X = numbers(random, columns=7)
    wish = X[:, 0] / X[:, 0].std() + random.normal(size=len(X))
    y = (wish > np.median(wish)).astype(int)
    X[:, 5] = X[:, 4]  # scores that are equal
    for selector in (
        SelectKBest(k=int(random.randint(1, 7))),
        SelectKBest(k="all"),
        SelectPercentile(percentile=int(random.randint(10, 100))),
        SelectPercentile(percentile=50),
        SelectFpr(alpha=0.7),
        SelectFwe(alpha=0.9),
        SelectFdr(alpha=0.9),
        GenericUnivariateSelect(mode="k_best", param=3),
        GenericUnivariateSelect(mode="percentile", param=40),
        VarianceThreshold(float(np.median(X.var(axis=0)))),
        SelectFromModel(LogisticRegression(), threshold=["mean", "median", "0.3*mean", 1e-3][random.randint(4)]),
        SelectFromModel(LogisticRegression(), threshold=-np.inf, max_features=3),
        SelectFromModel(Lasso(0.01)),
        SelectFromModel(RandomForestClassifier(5, random_state=0), threshold="median"),
        SelectFromModel(ExtraTreesClassifier(5, random_state=0)),
        SelectFromModel(DecisionTreeClassifier(random_state=0)),
        RFE(LogisticRegression(), n_features_to_select=3),
        RFECV(LogisticRegression(), cv=2),
        *([SequentialFeatureSelector(LogisticRegression(), n_features_to_select=2, cv=2)] if MINOR >= -1 else []),
    ):
        yield selector, (X, y), hard(random, X)


def imputers(random):
    X = numbers(random)
    holes = with_missing(random, X)
    rows = with_missing(random, hard(random, X))
    for strategy in ("mean", "median", "most_frequent", "constant"):
        indicator = bool(random.randint(2))
        yield SimpleImputer(strategy=strategy, add_indicator=indicator), holes, rows
    yield SimpleImputer(strategy="constant", fill_value=-1.5, add_indicator=True), holes, rows
    yield SimpleImputer(missing_values=0), X, hard(random, X)
    yield SimpleImputer(missing_values=0, add_indicator=True), X, hard(random, X)
    yield MissingIndicator(), holes, rows
    yield MissingIndicator(features="all"), holes, rows
    yield MissingIndicator(error_on_new=False), np.column_stack([X[:, :1], holes[:, 1:]]), rows
    empty = holes.copy()
    empty[:, 2] = np.nan
    yield SimpleImputer(), empty, rows
    if MINOR >= 2:
        yield SimpleImputer(keep_empty_features=True), empty, rows
    chain = [SimpleImputer(), StandardScaler(), PolynomialFeatures(2), PCA(3)]
    yield Pipeline([(type(step).__name__, step) for step in chain]), holes, rows


def encoders(random):
    frame, _ = mixed(random)
    new = frame.head(40).copy()
    new.loc[0, "city"], new.loc[1, "plan"], new.loc[2, "rooms"] = "Paris", "z", 5.0
    columns = ["city", "plan", "rooms"]
    full = frame.fillna({"city": "none", "rooms": 2})
    if MINOR >= -1:  # which accepts what is missing
        new.loc[3, "plan"] = np.nan
    else:
        frame, new = full, new.fillna({"city": "none", "rooms": 2})
    for drop in (None, "first", "if_binary") if MINOR >= -2 else (None, "first"):
        yield OneHotEncoder(drop=drop), frame[columns], frame[columns].head(40)
        if drop is None or MINOR >= 0:
            yield OneHotEncoder(drop=drop, handle_unknown="ignore"), frame[columns], new[columns]
        for options in ({"min_frequency": 0.08}, {"max_categories": 3}) if MINOR >= 1 else ():
            for unknown in ("ignore", "infrequent_if_exist"):
                encoder = OneHotEncoder(drop=drop, handle_unknown=unknown, **options)
                yield encoder, frame[columns], new[columns]
    yield OneHotEncoder(drop=["Oslo", "b", 7.0]), frame[columns], frame[columns].head(40)
    given = [["Bergen", "Oslo"], ["b", "a"], [2.0, 7.0]]
    yield OneHotEncoder(categories=given, handle_unknown="ignore"), frame[columns], new[columns]
    yield OrdinalEncoder(), full[columns], full[columns].head(40)
    if MINOR >= 1:
        known = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2)
        yield known, frame[columns], new[columns]
    if MINOR >= 3:
        grouped = OrdinalEncoder(
            handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2, max_categories=3
        )
        yield grouped, frame[columns], new[columns]
    flags = pd.DataFrame({"member": random.rand(60) < 0.5, "count": random.randint(0, 4, 60)})
    yield OneHotEncoder(), flags, flags.head(10)


def tables(random):
    """Columns of text and of numbers, as they come from a table."""
    frame, y = mixed(random)
    new = frame.head(50).copy()
    new.loc[0, "city"], new.loc[1, "plan"] = "Paris", "z"
    numeric = Pipeline([("fill", SimpleImputer(strategy="median")), ("scale", StandardScaler())])
    text = Pipeline(
        [("fill", SimpleImputer(strategy="most_frequent")), ("encode", OneHotEncoder(handle_unknown="ignore"))]
    )
    filled = Pipeline(
        [
            ("fill", SimpleImputer(strategy="constant", fill_value="?", add_indicator=True)),
            ("encode", OneHotEncoder(handle_unknown="ignore")),
        ]
    )
    together = Pipeline(
        [("fill", SimpleImputer(strategy="most_frequent")), ("encode", OneHotEncoder(handle_unknown="ignore"))]
    )
    ordinal = OneHotEncoder(handle_unknown="ignore")
    if MINOR >= -1:
        ordinal = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    filled_ordinal = Pipeline([("fill", SimpleImputer(strategy="most_frequent")), ("encode", ordinal)])
    transformers = (
        ColumnTransformer([("n", numeric, ["age", "income"]), ("t", text, ["city", "plan"])]),
        ColumnTransformer([("t", text, [2, 4]), ("n", numeric, slice("age", "income")), ("d", "drop", ["id"])]),
        ColumnTransformer(
            [("t", filled, ["city", "plan"]), ("gone", "drop", ["id"]), ("f", SimpleImputer(), ["age", "rooms"])],
            remainder="passthrough",
        ),
        ColumnTransformer(
            [("t", filled_ordinal, [False, False, True, False, True, False]), ("none", StandardScaler(), [])],
            transformer_weights={"t": 0.5},
        ),
        ColumnTransformer([("both", together, ["city", "rooms"]), ("p", "passthrough", ["income"])]),
        ColumnTransformer(
            [("t", text, ["city", "plan"]), ("gone", "drop", ["id"])],
            remainder=Pipeline([("fill", SimpleImputer()), ("log", FunctionTransformer(np.log1p))]),
        ),
        ColumnTransformer(
            [
                ("again", FeatureUnion([("a", text), ("b", filled)], transformer_weights={"a": 2.0}), ["city"]),
                ("n", FeatureUnion([("i", MissingIndicator()), ("f", SimpleImputer())]), ["age", "rooms"]),
            ]
        ),
    )
    X = numbers(random)
    places = ColumnTransformer([("ends", StandardScaler(), [-1, 0]), ("middle", RobustScaler(), slice(1, 3))])
    yield Pipeline([("prepare", places), ("model", LogisticRegression())]).fit(X, X[:, 1] > 0), hard(random, X)
    for transformer in transformers:
        for model in (LogisticRegression(max_iter=500), RandomForestClassifier(8, max_depth=5, random_state=0)):
            yield Pipeline([("prepare", transformer), ("model", model)]).fit(frame, y), new


def cases(seed):
    random = np.random.RandomState(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for family in (scalers, functions, shapes, selections, imputers, encoders):
            for i, (transformer, fitted_on, rows) in enumerate(family(random)):
                X, y = fitted_on if isinstance(fitted_on, tuple) else (fitted_on, None)
                name = f"{family.__name__} {i}: {transformer}"
                if X is None:  # it is fitted, and was changed since
                    model = exposed(Frozen(transformer), rows)
                    model.steps[0] = ("transform", transformer)
                else:
                    model = exposed(transformer, X, y)
                if model is None:
                    continue
                yield {"name": " ".join(name.split()), "model": model, "X": rows}
        for i, (model, X) in enumerate(tables(random)):
            yield {"name": f"tables {i}", "model": model, "X": X}


class Frozen:
    """A transformer that fitting leaves as it is."""

    def __init__(self, transformer):
        self.transform = transformer.transform

    def fit(self, X, y=None):
        return self
