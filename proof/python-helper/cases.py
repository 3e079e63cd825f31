"""Models of all kinds of rows, saved by slipway_save.py: cases.py FOLDER."""

import pathlib
import sys

import lightgbm
import numpy as np
import pandas as pd
import polars as pl
import xgboost
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestRegressor
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.multioutput import MultiOutputClassifier
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "bin" / "python"))
from slipway_save import save  # noqa: E402

out = pathlib.Path(sys.argv[1])
random = np.random.default_rng(3)
N = 400
age = random.integers(18, 80, N)
income = random.normal(40000, 9000, N)
purpose = random.choice(["car", "house", "Möbel"], N)
y = (age / 80 + (purpose == "car") + random.normal(0, 0.2, N) > 0.9).astype(int)


def mixed(last):
    number = make_pipeline(SimpleImputer(), StandardScaler())
    category = OneHotEncoder(handle_unknown="ignore")
    return make_pipeline(ColumnTransformer([("n", number, ["age", "income"]), ("c", category, ["purpose"])]), last)


gaps = np.where(np.arange(N) % 7 == 0, np.nan, age)
frame = pd.DataFrame({"age": gaps, "income": income, "purpose": purpose, "member": y == 1})
frame["when"] = pd.Timestamp("2026-01-31") + pd.to_timedelta(np.arange(N), "D")
frame.loc[3, "when"] = pd.NaT
save(mixed(LogisticRegression()).fit(frame, np.where(y, "good", "bad")), frame, np.where(y, "good", "bad"), out / "pandas")

nullable = pd.DataFrame({"age": pd.array(age, "Int64"), "income": income, "purpose": pd.Categorical(purpose)})
save(mixed(LogisticRegression()).fit(nullable, y), nullable, y, out / "pandas-nullable")

whole = pl.DataFrame({"age": [None if np.isnan(a) else a for a in gaps], "income": income, "purpose": purpose})
save(mixed(LogisticRegression()).fit(whole, y), whole, y, out / "polars")

array = np.stack([gaps, income], axis=1)
save(HistGradientBoostingClassifier(max_iter=5).fit(array, y), array, y, out / "numpy")
save(SVC().fit(np.nan_to_num(array), y), np.nan_to_num(array), y, out / "vectors")
save(RandomForestRegressor(5).fit(np.nan_to_num(array), income / 3), np.nan_to_num(array), income / 3, out / "regressor")

many = np.repeat(np.nan_to_num(array), 20, axis=0)
save(Ridge().fit(many, np.repeat(income, 20)), many, np.repeat(income, 20), out / "many")

texts = ["a cheap red car", "the old house", "red house, big house", "cheap car and old car"] * 10
save(make_pipeline(TfidfVectorizer(), MultinomialNB()).fit(texts, [0, 1, 1, 0] * 10), texts, [0, 1, 1, 0] * 10, out / "texts")

numbers = frame[["age", "income"]]
save(xgboost.XGBClassifier(n_estimators=5, max_depth=3).fit(numbers, y), numbers, y, out / "xgboost")
save(lightgbm.LGBMClassifier(n_estimators=5, verbose=-1).fit(numbers, y), numbers, y, out / "lightgbm")

both = np.stack([y, 1 - y], axis=1)
save(MultiOutputClassifier(LogisticRegression()).fit(np.nan_to_num(array) / 1e4, both), np.nan_to_num(array) / 1e4, both, out / "targets")
save(LogisticRegression().fit(np.nan_to_num(array) / 1e4, y), np.nan_to_num(array) / 1e4, folder=out / "without-answers")
