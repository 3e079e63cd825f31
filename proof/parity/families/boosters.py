"""XGBoost's and LightGBM's wrappers for scikit-learn: random models, and rows on and beside their thresholds.

`cases(seed)` yields `{"name", "model", "X"}`. Works with XGBoost 1.7 to 3.4 and LightGBM 3.3 to 4.7.
"""

import json
import re

import lightgbm as lgb
import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ROWS = 220
XGBOOST = tuple(int(part) for part in xgb.__version__.split(".")[:2])
REGRESSION = {
    "number": ["reg:squarederror", "reg:absoluteerror", "reg:pseudohubererror"],
    "positive": ["reg:gamma", "reg:tweedie", "reg:squaredlogerror"],
    "count": ["count:poisson"],
    "share": ["reg:logistic"],
}
LIGHTGBM_REGRESSION = {
    "number": ["regression", "regression_l1", "huber", "fair", "quantile", "mape"],
    "positive": ["gamma", "tweedie"],
    "count": ["poisson"],
    "share": ["cross_entropy", "cross_entropy_lambda"],
}


class Data:
    """X with holes, zeros, repeated values, a column that never varies, and targets of every kind."""

    def __init__(self, random):
        self.random = random
        width = int(random.integers(2, 8))
        X = random.normal(size=(ROWS, width))
        X[:, 0] = np.round(X[:, 0] * 3)
        X[:, -1] = np.where(random.random(ROWS) < 0.6, 0, X[:, -1])
        if width > 4:
            X[:, 2] = 1.5
        if random.random() < 0.3:
            X[:, 1] = 2**24 + np.round(X[:, 1] * 9)
        self.whole = X
        self.X = X.copy()
        if random.random() < 0.7:
            self.X[random.random(X.shape) < 0.1] = np.nan
        score = X[:, 0] / 3 + (X[:, 1] - X[:, 1].mean()) * X[:, -1] + random.normal(size=ROWS) / 3
        self.binary = (score > 0).astype(int)
        self.classes = np.digitize(score, [-0.8, 0.1, 0.9])
        self.number = score * 10 + 50
        self.positive = np.exp(np.clip(score, -3, 3)) + 0.01
        self.count = random.poisson(self.positive)
        self.share = 1 / (1 + np.exp(-score))

    def rows(self, thresholds):
        """Training rows, and rows whose values lie on thresholds, one float32 or one float64 beside them, or are special."""
        random, width = self.random, self.X.shape[1]
        special = [0.0, -0.0, 1e-35, -1e-35, float(np.float32(1e-35)), -float(np.float32(1e-35)), 2.0**24 + 1, -3e9, 1e30, np.nan]
        some = np.asarray(thresholds if len(thresholds) else [0.0], dtype=float)
        single = some.astype(np.float32)
        up, down = np.float32(np.inf), np.float32(-np.inf)
        beside = [np.nextafter(single, up), np.nextafter(single, down), np.nextafter(some, np.inf), np.nextafter(some, -np.inf)]
        pool = np.concatenate([some, single, *beside, np.tile(special, max(1, len(some) // 20))]).astype(float)
        pool = pool[~np.isinf(pool)]  # LightGBM has thresholds that no float32 reaches
        return np.vstack([self.X[:40], random.choice(pool, size=(160, width)), random.normal(size=(20, width)) * 3])


def xgboost_thresholds(model):
    document = json.loads(bytes(model.get_booster().save_raw("json")).replace(b"NaN", b"null"))
    booster = document["learner"]["gradient_booster"]
    trees = booster.get("gbtree", booster).get("model", {}).get("trees", [])
    return [value for tree in trees for value in tree["split_conditions"] if value is not None]


def lightgbm_thresholds(model):
    lines = re.findall(r"^threshold=(.*)$", model.booster_.model_to_string(), re.M)
    return [float(word) for line in lines for word in line.split()]


def xgboost_options(random):
    options = {
        "n_estimators": int(random.integers(1, 60)),
        "max_depth": int(random.integers(1, 8)),
        "learning_rate": float(random.choice([0.05, 0.3, 1.0])),
        "subsample": float(random.choice([0.6, 1.0])),
        "tree_method": str(random.choice(["exact", "hist", "approx"])),
        "gamma": float(random.choice([0, 0, 0.5])),
        "random_state": int(random.integers(1000)),
        "n_jobs": 1,
    }
    if random.random() < 0.2:
        options.update(booster="dart", rate_drop=0.3, n_estimators=int(random.integers(1, 20)))
    if random.random() < 0.2:
        options["num_parallel_tree"] = 3
    if options["tree_method"] != "exact" and random.random() < 0.3:
        options.update(grow_policy="lossguide", max_leaves=12)
    return options


def xgboost_cases(data, random):
    holes = np.isnan(data.X).any()
    for target in ("binary", "classes"):
        y = getattr(data, target)
        options = xgboost_options(random)
        if target == "binary" and random.random() < 0.5:
            options["base_score"] = float(random.uniform(0.05, 0.95))
        if target == "classes":
            options["objective"] = str(random.choice(["multi:softprob", "multi:softmax"]))
        model = xgb.XGBClassifier(**options).fit(data.X, y)
        yield f"XGBClassifier {target} {options}", model, data.rows(xgboost_thresholds(model))
    for target, objectives in REGRESSION.items():
        options = {**xgboost_options(random), "objective": str(random.choice(objectives))}
        model = xgb.XGBRegressor(**options).fit(data.X, getattr(data, target))
        yield f"XGBRegressor {options}", model, data.rows(xgboost_thresholds(model))

    half = ROWS // 2
    options = {**xgboost_options(random), "n_estimators": 60, "learning_rate": 0.9, "early_stopping_rounds": 3}
    model = xgb.XGBClassifier(**options)
    model.fit(data.X[:half], data.classes[:half], eval_set=[(data.X[half:], data.classes[half:])], verbose=False)
    yield f"XGBClassifier early {options}", model, data.rows(xgboost_thresholds(model))

    missing = float(random.choice([0.0, -999.0]))
    X = np.where(np.isnan(data.X), missing, data.X)
    options = {**xgboost_options(random), "missing": missing}
    model = xgb.XGBRegressor(**options).fit(X, data.number)
    rows = data.rows(xgboost_thresholds(model))
    yield f"XGBRegressor {options}", model, np.where(np.isnan(rows), missing, rows)

    model = xgb.XGBRFClassifier(n_estimators=int(random.integers(2, 30)), n_jobs=1).fit(data.X, data.classes)
    yield "XGBRFClassifier", model, data.rows(xgboost_thresholds(model))
    model = xgb.XGBRegressor(booster="gblinear", n_estimators=9).fit(data.whole, np.stack([data.number, data.share], 1))
    yield "XGBRegressor gblinear", model, np.clip(data.rows([]), -1e9, 1e9)
    model = xgb.XGBRanker(objective="rank:pairwise", n_estimators=9, max_depth=3).fit(data.X, data.classes, qid=np.repeat(np.arange(11), 20))
    yield "XGBRanker", model, data.rows(xgboost_thresholds(model))

    X = data.X.copy()
    X[:, 0] = random.integers(0, int(random.choice([3, 70])), ROWS)
    if holes:
        X[::7, 0] = np.nan
    kinds = ["c"] + ["q"] * (X.shape[1] - 1)
    options = {**xgboost_options(random), "tree_method": "hist", "booster": "gbtree", "max_cat_to_onehot": int(random.choice([2, 99]))}
    options.pop("rate_drop", None)
    model = xgb.XGBClassifier(feature_types=kinds, enable_categorical=True, **options).fit(X, data.classes)
    rows = data.rows(xgboost_thresholds(model))
    rows[:, 0] = random.choice([*range(80), np.nan, 2.5], len(rows))
    yield f"XGBClassifier categories {options}", model, rows
    if XGBOOST >= (3, 1):
        frame = frame_of(data, random)
        model = xgb.XGBRegressor(enable_categorical=True, tree_method="hist", n_estimators=12, max_depth=4).fit(frame, data.number)
        yield "XGBRegressor frame", model, frame[:80]


def lightgbm_options(random):
    options = {
        "n_estimators": int(random.integers(1, 60)),
        "num_leaves": int(random.integers(2, 32)),
        "learning_rate": float(random.choice([0.05, 0.3, 1.0])),
        "min_child_samples": int(random.integers(1, 30)),
        "zero_as_missing": bool(random.random() < 0.25),
        "use_missing": bool(random.random() < 0.8),
        "extra_trees": bool(random.random() < 0.2),
        "random_state": int(random.integers(1000)),
        "n_jobs": 1,
        "verbose": -1,
    }
    kind = str(random.choice(["gbdt", "gbdt", "gbdt", "dart", "rf"]))
    if kind == "rf":
        options.update(bagging_freq=1, bagging_fraction=0.7)
    return {**options, "boosting_type": kind}


def lightgbm_cases(data, random):
    for target in ("binary", "classes"):
        y = np.array(["no", "perhaps", "rather", "yes"])[getattr(data, target)]
        options = lightgbm_options(random)
        if target == "classes":
            options["objective"] = str(random.choice(["multiclass", "multiclassova"]))
        if random.random() < 0.3:
            options["sigmoid"] = 1.7
        model = lgb.LGBMClassifier(**options).fit(data.X, y)
        yield f"LGBMClassifier {target} {options}", model, data.rows(lightgbm_thresholds(model))
    for target, objectives in LIGHTGBM_REGRESSION.items():
        options = {**lightgbm_options(random), "objective": str(random.choice(objectives))}
        if options["boosting_type"] == "rf" and options["objective"] != "regression":
            options["boosting_type"] = "gbdt"
        if options["objective"] == "regression":
            options["reg_sqrt"] = bool(random.random() < 0.5)
        model = lgb.LGBMRegressor(**options).fit(data.X, getattr(data, target))
        yield f"LGBMRegressor {options}", model, data.rows(lightgbm_thresholds(model))

    half = ROWS // 2
    options = {**lightgbm_options(random), "n_estimators": 60, "learning_rate": 0.9, "boosting_type": "gbdt"}
    model = lgb.LGBMClassifier(**options)
    stop = [lgb.early_stopping(3, verbose=False)]
    model.fit(data.X[:half], data.classes[:half], eval_set=[(data.X[half:], data.classes[half:])], callbacks=stop)
    yield f"LGBMClassifier early {options}", model, data.rows(lightgbm_thresholds(model))

    X = data.X.copy()
    X[:, 0] = random.integers(0, int(random.choice([3, 70])), ROWS)
    options = {**lightgbm_options(random), "min_data_per_group": 5, "cat_smooth": 1.0, "max_cat_to_onehot": int(random.choice([2, 99]))}
    model = lgb.LGBMClassifier(**options).fit(X, data.classes, categorical_feature=[0])
    rows = data.rows(lightgbm_thresholds(model))
    rows[:, 0] = random.choice([*range(80), np.nan, 2.5, -0.5, -1, 3e9], len(rows))
    yield f"LGBMClassifier categories {options}", model, rows

    frame = frame_of(data, random)
    options = {**lightgbm_options(random), "min_data_per_group": 5}
    model = lgb.LGBMRegressor(**options).fit(frame, data.number)
    yield f"LGBMRegressor frame {options}", model, frame[:80]
    model = lgb.LGBMRanker(n_estimators=9, verbose=-1).fit(data.X, data.classes, group=[20] * 11)
    yield "LGBMRanker", model, data.rows(lightgbm_thresholds(model))


def frame_of(data, random):
    """A data frame with categories of text and of integers, some of them missing."""
    colours = np.array(["red", "green", "blue", "grey"])[random.integers(0, 4, ROWS)]
    frame = pd.DataFrame({"amount": data.X[:, 1], "colour": pd.Categorical(colours), "rest": data.X[:, -1]})
    frame["size"] = pd.Categorical(random.integers(2, 9, ROWS))
    frame.loc[::11, "colour"] = np.nan
    return frame


def composed_cases(data, random):
    for model in (xgb.XGBClassifier(n_estimators=12, max_depth=3), lgb.LGBMClassifier(n_estimators=12, verbose=-1)):
        name = type(model).__name__
        chain = make_pipeline(StandardScaler(), model)
        search = GridSearchCV(chain, {f"{name.lower()}__n_estimators": [6, 12]}, cv=2)
        yield f"GridSearchCV {name}", search.fit(data.X, data.binary), np.clip(data.rows([]), -1e9, 1e9)


def cases(seed):
    random = np.random.default_rng(seed)
    data = Data(random)
    for make in (xgboost_cases, lightgbm_cases, composed_cases):
        for name, model, X in make(data, random):
            yield {"name": name, "model": model, "X": X}
