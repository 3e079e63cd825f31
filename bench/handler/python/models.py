"""Fits the models that are compared, and writes the files, golden rows for packing, and the rows that are sent.

python models.py FOLDER
"""

import json
import sys
from pathlib import Path

import joblib
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

MODELS = {
    "logistic": make_pipeline(StandardScaler(), LogisticRegression()),
    "forest-100": RandomForestClassifier(100, random_state=0),
    "forest-500": RandomForestClassifier(500, random_state=0),
    "boosting-200": GradientBoostingClassifier(n_estimators=200, random_state=0),
    "mlp-3x256": make_pipeline(StandardScaler(), MLPClassifier((256, 256, 256), random_state=0)),
    # so slow that requests share a run; for bench:sizing, which does not ask how good it is
    "mlp-3x1024": make_pipeline(StandardScaler(), MLPClassifier((1024, 1024, 1024), max_iter=3, random_state=0)),
}

folder = Path(sys.argv[1])
features, classes = load_breast_cancer(return_X_y=True)
sample = features[:64]
for name, model in MODELS.items():
    model.fit(features, classes)
    joblib.dump(model, folder / f"{name}.joblib")
    golden = {
        "inputs": sample.tolist(),
        "predict": model.predict(sample).tolist(),
        "predict_proba": model.predict_proba(sample).tolist(),
    }
    (folder / f"{name}.golden.json").write_text(json.dumps(golden))
