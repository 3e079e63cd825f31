"""Models of several targets, pairs of classes, mixtures, processes, and what encodes or imputes with a model of its own.

`cases(seed)` yields {"name", "model", "X"}, with hyper-parameters and data drawn from the seed.
"""

import warnings

import numpy as np
import pandas as pd
import sklearn.experimental.enable_iterative_imputer  # noqa: F401
from models import MINOR, classification, regression
from sklearn.ensemble import RandomForestClassifier
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, DotProduct, Matern, WhiteKernel
from sklearn.impute import IterativeImputer
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import BayesianRidge, LinearRegression, LogisticRegression, Ridge, RidgeClassifier
from sklearn.mixture import BayesianGaussianMixture
from sklearn.multiclass import OneVsOneClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier, RegressorChain
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

ORDERS = ["ascending", "descending", "roman", "arabic", "random"]


def classifiers(random):
    state = random.randint(1000)
    return {
        "logistic": LogisticRegression(C=10 ** random.uniform(-2, 1)),
        "margin": LinearSVC(random_state=state),
        "kernel": SVC(C=10 ** random.uniform(-1, 1), random_state=state),
        "bayes": GaussianNB(),
        "tree": DecisionTreeClassifier(max_depth=random.randint(2, 5), random_state=state),
        "forest": RandomForestClassifier(5, max_depth=3, random_state=state),
    }


def case(name, model, X):
    return {"name": name, "model": model, "X": X}


def pairs(random):
    for name, model in classifiers(random).items():
        X, y, rows = classification(random, random.randint(2, 5))
        yield case(f"OneVsOneClassifier-{name}", OneVsOneClassifier(model).fit(X, y), rows)


def several(random):
    for name, model in classifiers(random).items():
        X, y, rows = classification(random, 4)
        targets = np.c_[y, np.roll(y, 1), y[random.permutation(len(y))]]
        yield case(f"MultiOutputClassifier-{name}", MultiOutputClassifier(model).fit(X, targets), rows)
        known = np.unique(y)
        binary = np.c_[y == known[0], y > known[1], X[:, 0] > np.median(X[:, 0])].astype(int)
        order = [None, "random", [2, 0, 1]][random.randint(3)]
        options = {"chain_method": ["predict", "predict_proba"][random.randint(2)]} if MINOR >= 6 else {}
        if not hasattr(model, "predict_proba"):
            options = {}
        chain = ClassifierChain(model, order=order, random_state=random.randint(1000), **options)
        yield case(f"ClassifierChain-{name}", chain.fit(X, binary), rows)
    for base in (Ridge(), BayesianRidge(), DecisionTreeRegressor(max_depth=4, random_state=0)):
        X, y, rows = regression(random, 3)
        chain = RegressorChain(base, order="random", random_state=random.randint(1000))
        yield case(f"RegressorChain-{type(base).__name__}", chain.fit(X, y), rows)
    X, y, rows = classification(random, 4)
    yield case("ClassifierChain-margins", ClassifierChain(RidgeClassifier()).fit(X, np.c_[y == y[0], y == y[1]]), rows)


def isotonic(random):
    for bounds in ("clip", "nan"):
        x = np.round(random.normal(size=60), random.randint(1, 4))
        y = x * random.choice([-1, 1]) + random.normal(0, random.uniform(0, 1), 60)
        rows = np.concatenate([x[:20], random.normal(size=20), [-50, 50, x.min(), x.max(), np.nextafter(x.max(), 9)]])
        model = IsotonicRegression(out_of_bounds=bounds, increasing=[True, False, "auto"][random.randint(3)]).fit(x, y)
        # until 0.23 it takes one dimension only, and its parity is that of the committed models
        if MINOR >= -1:
            yield case(f"IsotonicRegression-{bounds}", model, rows.reshape(-1, 1))


def mixtures(random):
    for covariance in ("full", "tied", "diag", "spherical"):
        X, _, rows = classification(random, 3)
        prior = ["dirichlet_process", "dirichlet_distribution"][random.randint(2)]
        mixture = BayesianGaussianMixture(
            n_components=random.randint(2, 5), covariance_type=covariance, weight_concentration_prior_type=prior,
            random_state=random.randint(1000),
        )  # fmt: skip
        yield case(f"BayesianGaussianMixture-{covariance}", mixture.fit(X), rows)


def processes(random):
    scale = random.uniform(0.5, 5)
    kernels = {
        "radial": ConstantKernel(2.0) * RBF(scale) + WhiteKernel(0.1),
        "matern": Matern(scale, nu=[0.5, 1.5, 2.5][random.randint(3)]),
        "product": DotProduct(scale) * RBF(scale) + DotProduct(),
        "constant": ConstantKernel(scale),
    }
    for name, kernel in kernels.items():
        X, y, rows = regression(random, [None, 2][random.randint(2)], rows=40)
        process = GaussianProcessRegressor(kernel, alpha=0.1, optimizer=None, normalize_y=bool(random.randint(2)))
        yield case(f"GaussianProcessRegressor-{name}", process.fit(X, y), rows)


def imputers(random):
    for number in range(4):
        X, y, rows = regression(random, rows=60)
        X, rows = X @ (np.eye(X.shape[1]) + 0.3), rows[:-1] @ (np.eye(X.shape[1]) + 0.3)
        X[random.rand(*X.shape) < 0.15] = np.nan
        rows[random.rand(*rows.shape) < 0.25] = np.nan
        imputer = IterativeImputer(
            [None, Ridge(), BayesianRidge()][random.randint(3)],
            max_iter=random.randint(1, 8),
            initial_strategy=["mean", "median", "most_frequent"][random.randint(3)],
            imputation_order=ORDERS[random.randint(5)],
            n_nearest_features=[None, 2][random.randint(2)],
            min_value=[None, -3.0][random.randint(2)],
            skip_complete=bool(random.randint(2)),
            add_indicator=bool(random.randint(2)),
            random_state=random.randint(1000),
        )
        yield case(f"IterativeImputer-{number}", make_pipeline(imputer, Ridge()).fit(X, y), rows)


def encoders(random):
    from sklearn.preprocessing import TargetEncoder

    for number in range(4):
        frame = pd.DataFrame(
            {
                "city": random.choice(["Oslo", "Bergen", "Ålesund", "rare"], 90, p=[0.5, 0.3, 0.19, 0.01]),
                "rooms": random.choice([1.0, 2.0, 7.0], 90),
            }
        ).astype({"city": object})
        for name in frame:
            frame.loc[random.rand(90) < 0.15, name] = np.nan
        rows = frame.head(30).copy()
        rows.loc[0, "city"], rows.loc[1, "rooms"] = "Paris", 5.0
        y = random.normal(size=90) * 10 ** random.uniform(-1, 4)
        classes = random.randint(0, 4)
        smooth = ["auto", 10 ** random.uniform(-1, 2)][random.randint(2)]
        encoder = TargetEncoder(smooth=smooth, random_state=0)
        if classes < 2:
            model = make_pipeline(encoder, LinearRegression()).fit(frame, y)
        else:
            model = make_pipeline(encoder, LogisticRegression()).fit(frame, np.digitize(y, np.quantile(y, [0.3, 0.6][: classes - 1])))
        yield case(f"TargetEncoder-{number}", model, rows)


def bisections(random):
    from sklearn.cluster import BisectingKMeans

    for strategy in ("biggest_inertia", "largest_cluster"):
        X, _, rows = classification(random, 4)
        model = BisectingKMeans(random.randint(2, 9), bisecting_strategy=strategy, random_state=random.randint(1000))
        yield case(f"BisectingKMeans-{strategy}", model.fit(X), rows)


def sparse_kernels(random):
    for kernel in ("rbf", "linear", "poly", "sigmoid"):
        X, y, rows = classification(random, random.randint(2, 4))
        model = SVC(kernel=kernel, C=10 ** random.uniform(-1, 1), probability=MINOR < 9, random_state=random.randint(1000))
        encoder = OneHotEncoder(handle_unknown="ignore")
        spread = X.std(axis=0) + 1e-9
        yield case(f"SVC-sparse-{kernel}", make_pipeline(encoder, model).fit(np.round(X / spread), y), np.round(rows / spread))


def cases(seed):
    warnings.simplefilter("ignore")
    random = np.random.RandomState(seed)
    families = [pairs, several, isotonic, mixtures, processes, imputers, sparse_kernels]
    if MINOR >= 3:
        families.append(encoders)
    if MINOR >= 1:
        families.append(bisections)
    for family in families:
        yield from family(random)
