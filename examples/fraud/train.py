"""Trains a model of fraud among card payments, and writes what `slipway pack` wants into the folder build.

The payments are synthetic: a rule with noise makes them, below, from a seed. Of a hundred about one is fraud.
"""

import json
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, make_scorer
from sklearn.model_selection import TunedThresholdClassifierCV, train_test_split
from xgboost import XGBClassifier

BUILD = Path(__file__).parent / "build"
BUILD.mkdir(exist_ok=True)

# What a mistake costs, in EUR: a fraud that passes is lost, a payment that is stopped wrongly costs a call.
MISSED, STOPPED = 150, 5

random = np.random.default_rng(0)
PAYMENTS = 30_000
fraud = random.random(PAYMENTS) < 0.012
X = pd.DataFrame(
    {
        "amount": np.round(random.lognormal(np.where(fraud, 4.4, 3.3), 1.0), 2),
        "hour": np.where(fraud, random.normal(27, 5, PAYMENTS), random.normal(14, 5, PAYMENTS)).astype(int) % 24,
        "km_from_home": np.round(random.exponential(np.where(fraud, 180, 25)), 1),
        "minutes_since_last": np.round(random.exponential(np.where(fraud, 90, 900)), 1),
        "payments_in_24h": random.poisson(np.where(fraud, 5, 2)),
        "new_device": random.random(PAYMENTS) < np.where(fraud, 0.5, 0.05),
    }
)
X.loc[random.random(PAYMENTS) < 0.05, "km_from_home"] = np.nan  # the place is not known
y = fraud.astype(int)
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)


def cost(truth, answer, pos_label=1):  # Slipway asks which class the threshold is about
    return MISSED * np.sum((truth == 1) & (answer == 0)) + STOPPED * np.sum((truth == 0) & (answer == 1))


booster = XGBClassifier(n_estimators=60, max_depth=3, learning_rate=0.1, n_jobs=1, random_state=0)
cheapest = make_scorer(cost, greater_is_better=False, pos_label=1)
model = TunedThresholdClassifierCV(booster, scoring=cheapest, cv=5, random_state=0).fit(X_train, y_train)

probability = model.predict_proba(X_test)[:, 1]
print(f"average precision on unseen payments: {average_precision_score(y_test, probability):.2f}")
print(f"threshold: {model.best_threshold_:.3f}")
print(f"cost of the unseen payments: {cost(y_test, model.predict(X_test))} EUR")
print(f"with a threshold of 0.5: {cost(y_test, (probability >= 0.5).astype(int))} EUR")
print(f"without a model: {cost(y_test, np.zeros_like(y_test))} EUR")

joblib.dump(model, BUILD / "model.joblib")
X_train.to_csv(BUILD / "training.csv", index=False)
frauds, others = np.flatnonzero(y_test == 1)[:15], np.flatnonzero(y_test == 0)[:35]
rows = X_test.iloc[np.concatenate([frauds, others])]
golden = {
    "inputs": rows.astype(object).where(rows.notna(), None).to_dict("records"),
    "predict": model.predict(rows).tolist(),
    "predict_proba": model.predict_proba(rows).tolist(),
}
(BUILD / "golden.json").write_text(json.dumps(golden) + "\n")
