"""Trains a model that tells malignant from benign tumours, and writes what `slipway pack` wants into the folder build.

The data are the 569 biopsies of the Breast Cancer Wisconsin (Diagnostic) set, which scikit-learn ships.
"""

import json
from pathlib import Path

import joblib
import numpy as np
from scipy.special import expit
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import brier_score_loss
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

BUILD = Path(__file__).parent / "build"
BUILD.mkdir(exist_ok=True)

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
X = X.filter(like="worst")  # of each of ten measures the worst of all nuclei
y = np.where(y == 0, "malignant", "benign").astype(object)
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, test_size=0.4, random_state=0)

# A support vector machine answers scores. Calibration learns from held-out folds what share of a score is malignant.
machine = make_pipeline(StandardScaler(), SVC())
model = CalibratedClassifierCV(machine, method="sigmoid", cv=5, ensemble=False).fit(X_train, y_train)

truth = y_test == "malignant"
probability = model.predict_proba(X_test)[:, 1]
score = machine.fit(X_train, y_train).decision_function(X_test)
print(f"right on unseen biopsies: {model.score(X_test, y_test):.3f}")
print(f"Brier score: {brier_score_loss(truth, probability):.4f}, of the scores alone {brier_score_loss(truth, expit(score)):.4f}")
for low, high in [(0, 0.1), (0.1, 0.5), (0.5, 0.9), (0.9, 1)]:
    among = (probability >= low) & (probability < high + (high == 1))
    print(f"{low} to {high}: {among.sum()} biopsies, {truth[among].sum()} malignant, {probability[among].sum():.1f} expected")

joblib.dump(model, BUILD / "model.joblib")
X_train.to_csv(BUILD / "training.csv", index=False)
rows = X_test.head(40)
golden = {
    "inputs": rows.astype(object).to_dict("records"),
    "predict": model.predict(rows).tolist(),
    "predict_proba": model.predict_proba(rows).tolist(),
}
(BUILD / "golden.json").write_text(json.dumps(golden) + "\n")
