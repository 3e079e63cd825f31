"""The models of the engine benchmark, fitted on data sets that scikit-learn brings along: models.py FOLDER"""

import json
import sys
from pathlib import Path

import joblib
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

cancer = load_breast_cancer(return_X_y=True)
digits = load_digits(return_X_y=True)
MODELS = {
    "logistic regression": (make_pipeline(StandardScaler(), LogisticRegression()), cancer),
    "logistic regression, 10 classes": (make_pipeline(StandardScaler(), LogisticRegression(max_iter=300)), digits),
    "forest of 100": (RandomForestClassifier(100, random_state=0), cancer),
    "forest of 500": (RandomForestClassifier(500, random_state=0), cancer),
    "forest of 100, 10 classes": (RandomForestClassifier(100, random_state=0), digits),
    "boosting of 200": (GradientBoostingClassifier(n_estimators=200, random_state=0), cancer),
    "histogram boosting of 100": (HistGradientBoostingClassifier(random_state=0), cancer),
    "perceptron 16": (make_pipeline(StandardScaler(), MLPClassifier((16,), max_iter=50)), cancer),
    "perceptron 32 x 32": (make_pipeline(StandardScaler(), MLPClassifier((32, 32), max_iter=50)), cancer),
    "perceptron 64 x 64": (make_pipeline(StandardScaler(), MLPClassifier((64, 64), max_iter=50)), cancer),
}

folder = Path(sys.argv[1])
for number, (name, (model, (x, y))) in enumerate(MODELS.items()):
    model.fit(x, y)
    joblib.dump(model, folder / f"{number}.joblib")
    (folder / f"{number}.json").write_text(json.dumps({"name": name, "rows": x[:256].tolist()}))
