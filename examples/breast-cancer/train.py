"""Trains a tumour classifier and writes the two files that `slipway pack` wants.

    python -m venv .venv && .venv/bin/pip install -r requirements.txt
    .venv/bin/python train.py

model.joblib  the tuned model, exactly as joblib.dump saves it
golden.json   a few rows with the answers that the model gives here, where it was trained.
              Slipway asks the converted model the same rows, and packs it only if it agrees.

The data are the 569 biopsies of the Breast Cancer Wisconsin (Diagnostic) set, which come with
scikit-learn: 30 measurements of cell nuclei each, labelled 0 (malignant) or 1 (benign).
"""

import json
from pathlib import Path

import joblib
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

HERE = Path(__file__).parent

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)

model = GridSearchCV(
    Pipeline([("scale", StandardScaler()), ("classify", LogisticRegression(max_iter=1000))]),
    {"classify__C": [0.01, 0.1, 1.0, 10.0]},
    scoring="roc_auc",
)
model.fit(X_train, y_train)
print(f"best C: {model.best_params_['classify__C']}, ROC AUC on unseen rows: {model.score(X_test, y_test):.4f}")

joblib.dump(model, HERE / "model.joblib")

# Golden rows. For your own model change X_test alone. A missing value is written as None, never as NaN.
rows = X_test.head(32)
golden = {
    "inputs": rows.to_dict(orient="records"),
    "predict": model.predict(rows).tolist(),
    "predict_proba": model.predict_proba(rows).tolist(),
}
(HERE / "golden.json").write_text(json.dumps(golden, indent=1, allow_nan=False) + "\n")
