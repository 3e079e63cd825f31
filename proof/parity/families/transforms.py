"""Neighbours, splines, projections and kernels that make columns; estimators around others; imbalanced-learn's where it is."""

import warnings

import numpy as np
import sklearn
from sklearn.datasets import make_classification
from sklearn.covariance import EllipticEnvelope
from sklearn.decomposition import FactorAnalysis, FastICA, IncrementalPCA, KernelPCA
from sklearn.impute import KNNImputer
from sklearn.kernel_approximation import Nystroem
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import LocalOutlierFactor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.random_projection import GaussianRandomProjection, SparseRandomProjection
from sklearn.tree import DecisionTreeClassifier

MAJOR, MINOR = (int(part) for part in sklearn.__version__.split(".")[:2])
MINOR -= 0 if MAJOR else 25  # 1.0 came after 0.24


def case(name, model, X):
    return {"name": name, "model": model, "X": X}


def data(random, classes=2):
    width = random.randint(4, 8)
    X, y = make_classification(
        120, width, n_informative=4, n_redundant=0, n_classes=classes, n_clusters_per_class=1,
        random_state=random.randint(1000),
    )  # fmt: skip
    X = X * 10 ** random.uniform(-1, 1, width)
    rows = np.vstack([X[:40], np.round(X[:10]), random.normal(size=(20, width)) * 5, X[:2] * 20])
    return X, y, rows


def imputers(random):
    for number in range(5):
        X, _, rows = data(random)
        y = X[:, 0] - X[:, 1]
        X[random.rand(*X.shape) < random.uniform(0.05, 0.4)] = np.nan
        rows = rows.copy()
        rows[random.rand(*rows.shape) < random.uniform(0, 0.6)] = np.nan
        imputer = KNNImputer(n_neighbors=random.randint(1, 9), add_indicator=bool(random.randint(2)))
        scaler = [StandardScaler()] if number % 2 else []
        yield case(f"KNNImputer-{number}", make_pipeline(*scaler, imputer, Ridge()).fit(X, y), rows)


def splines(random):
    from sklearn.preprocessing import SplineTransformer

    for extrapolation in ("constant", "linear", "periodic"):
        for _ in range(2):
            X, _, rows = data(random)
            y = np.sin(X[:, 0]) + X[:, 1]
            degree = random.randint(2 if extrapolation == "linear" else 1, 5)
            spline = SplineTransformer(
                n_knots=random.randint(degree + 2, 12), degree=degree, extrapolation=extrapolation,
                knots=["uniform", "quantile"][random.randint(2)], include_bias=bool(random.randint(2)),
            )  # fmt: skip
            ends = np.vstack([X.min(axis=0), X.max(axis=0), np.nextafter(X.max(axis=0), np.inf)])
            yield case(f"SplineTransformer-{extrapolation}", make_pipeline(spline, Ridge()).fit(X, y), np.vstack([rows, ends]))


def projections(random):
    X, y, rows = data(random, 3)
    state = random.randint(1000)
    whiten = {"whiten": "unit-variance"} if MINOR >= 1 else {}
    for step in (
        IncrementalPCA(random.randint(2, 4), whiten=bool(random.randint(2)), batch_size=40),
        FastICA(3, random_state=state, **whiten),
        FactorAnalysis(random.randint(1, 4), random_state=state),
        GaussianRandomProjection(random.randint(2, 6), random_state=state),
        SparseRandomProjection(random.randint(2, 6), density=0.6, random_state=state),
    ):
        yield case(type(step).__name__, make_pipeline(step, LogisticRegression()).fit(X, y), rows)


def kernels(random):
    for kernel in ("linear", "poly", "rbf", "laplacian", "sigmoid"):
        X, _, rows = data(random)
        spread = X.std(axis=0)
        X, rows = X / spread, rows / spread
        y = X[:, 0] + np.sin(X[:, 1])
        options = {"kernel": kernel, "gamma": None if kernel == "linear" else 10 ** random.uniform(-2, -0.5)}
        yield case(f"KernelRidge-{kernel}", KernelRidge(alpha=1.0, **options).fit(X, y), rows)
        if kernel != "laplacian":  # which KernelPCA does not know since 1.2
            axes = KernelPCA(random.randint(2, 4 if kernel == "linear" else 9), **options)
            yield case(f"KernelPCA-{kernel}", make_pipeline(axes, Ridge()).fit(X, y), rows)
        features = Nystroem(n_components=3 if kernel == "linear" else 12, random_state=random.randint(1000), **options)
        yield case(f"Nystroem-{kernel}", make_pipeline(features, Ridge()).fit(X, y), rows)


def outliers(random):
    for number in range(3):
        X, _, rows = data(random)
        share = random.uniform(0.05, 0.4)
        metric = ["minkowski", "manhattan", "chebyshev"][number]
        near = LocalOutlierFactor(random.randint(3, 30), metric=metric, contamination=share, novelty=True)
        yield case(f"LocalOutlierFactor-{metric}", near.fit(X), rows)
        yield case("EllipticEnvelope", EllipticEnvelope(contamination=share, random_state=number).fit(X), rows)


def wrapped(random):
    X, y, rows = data(random, 3)
    if MINOR >= -1:
        from sklearn.semi_supervised import SelfTrainingClassifier

        some = np.where(random.rand(len(y)) < 0.4, -1, y)
        yield case("SelfTrainingClassifier", SelfTrainingClassifier(DecisionTreeClassifier(max_depth=3)).fit(X, some), rows)
    if MINOR >= 0:
        from sklearn.linear_model import SGDOneClassSVM

        yield case("SGDOneClassSVM", SGDOneClassSVM(nu=random.uniform(0.1, 0.6), random_state=0).fit(X), rows)
    if MINOR >= 6:
        from sklearn.calibration import CalibratedClassifierCV
        from sklearn.frozen import FrozenEstimator

        frozen = FrozenEstimator(make_pipeline(StandardScaler(), DecisionTreeClassifier(max_depth=4)).fit(X, y))
        yield case("FrozenEstimator", CalibratedClassifierCV(frozen).fit(X, y), rows)


def sampled(random):
    try:
        from imblearn import ensemble
        from imblearn.over_sampling import SMOTE
        from imblearn.pipeline import make_pipeline as make_sampled
    except ImportError:  # it is installed beside some releases
        return
    for classes in (2, 3):
        X, y, rows = data(random, classes)
        y = np.where((y == 0) & (random.rand(len(y)) < 0.5), 1, y)
        state = random.randint(1000)
        yield case("imblearn-Pipeline", make_sampled(StandardScaler(), SMOTE(random_state=state), LogisticRegression()).fit(X, y), rows)
        for name in ("BalancedRandomForest", "RUSBoost", "BalancedBagging", "EasyEnsemble"):
            model = getattr(ensemble, f"{name}Classifier")(n_estimators=random.randint(2, 6), random_state=state)
            yield case(f"imblearn-{name}", model.fit(X, y), rows)


def cases(seed):
    warnings.simplefilter("ignore")
    random = np.random.RandomState(seed)
    families = [imputers, projections, kernels, outliers, wrapped, sampled]
    if MINOR >= 0:
        families.append(splines)
    for family in families:
        yield from family(random)
