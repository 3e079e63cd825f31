"""Trains a small classifier on a table with text, numbers and missing values, for the examples of docs/reference/handler.md.

    python -m venv .venv && .venv/bin/pip install -r requirements.txt
    .venv/bin/python train.py

The rows are made up by a rule with noise: nobody's loan is in them.
"""

import json
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

HERE = Path(__file__).parent
random = np.random.default_rng(0)
rows = 400

X = pd.DataFrame(
    {
        "age": random.integers(19, 75, rows).astype(float),
        "income": np.round(random.lognormal(10.4, 0.5, rows), 2),
        "purpose": random.choice(["car", "home", "study"], rows),
    }
)
X.loc[random.random(rows) < 0.1, "income"] = np.nan
score = 0.04 * (X["age"] - 40) + (X["income"].fillna(30000) - 33000) / 15000 + (X["purpose"] == "home")
y = np.where(score + random.normal(0, 0.7, rows) > 0, "approve", "review")

model = Pipeline(
    [
        (
            "columns",
            ColumnTransformer(
                [
                    ("numbers", Pipeline([("fill", SimpleImputer()), ("scale", StandardScaler())]), ["age", "income"]),
                    ("text", OneHotEncoder(), ["purpose"]),
                ]
            ),
        ),
        ("classify", LogisticRegression()),
    ]
)
model.fit(X, y)
joblib.dump(model, HERE / "model.joblib")

golden = X.head(12)
document = {
    "inputs": golden.astype(object).where(golden.notna(), None).to_dict(orient="records"),
    "predict": model.predict(golden).tolist(),
    "predict_proba": model.predict_proba(golden).tolist(),
}
(HERE / "golden.json").write_text(json.dumps(document, indent=1, allow_nan=False) + "\n")
