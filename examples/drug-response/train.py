"""Trains a model of when breast cancer comes back, and writes what `slipway pack` wants into the folder build.

The data are 686 patients of the trial GBSG2, with and without hormone therapy, which lifelines ships. Many were not
followed to the end. A patient whose class is not known for that reason gets no weight. The others get more of it, for
those who were lost like them (inverse probability of censoring).
"""

import json
from pathlib import Path

import joblib
import numpy as np
from lifelines import KaplanMeierFitter
from lifelines.datasets import load_gbsg2
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

BUILD = Path(__file__).parent / "build"
BUILD.mkdir(exist_ok=True)

EARLY, LATE = 2 * 365, 5 * 365  # days
CLASSES = ["within 2 years", "2 to 5 years", "not within 5 years"]

patients = load_gbsg2()
numbers, texts = ["age", "tsize", "pnodes", "progrec", "estrec"], ["horTh", "menostat", "tgrade"]
X = patients[numbers + texts]
time, came_back = patients["time"].to_numpy(), patients["cens"].to_numpy() == 1
y = np.select([time <= EARLY, time <= LATE], CLASSES[:2], CLASSES[2]).astype(object)

known = came_back | (time > LATE)
followed = KaplanMeierFitter().fit(time, ~came_back)  # the share that is still followed after so many days
weight = known / np.maximum(followed.predict(np.minimum(time, LATE)).to_numpy(), 0.05)

X_train, X_test, y_train, y_test, w_train, w_test = train_test_split(X, y, weight, test_size=0.3, random_state=0)
columns = ColumnTransformer([("numbers", "passthrough", numbers), ("texts", OneHotEncoder(), texts)])
forest = RandomForestClassifier(50, max_depth=4, min_samples_leaf=10, random_state=0, n_jobs=1)
model = make_pipeline(columns, forest)
model.fit(X_train, y_train, randomforestclassifier__sample_weight=w_train)

probability = model.predict_proba(X_test)
base = np.array([w_train[y_train == label].sum() for label in model.classes_]) / w_train.sum()
print(f"classes: {', '.join(model.classes_)}")
print(f"of all: {', '.join(f'{share:.2f}' for share in base)}")
print(f"log loss on unseen patients: {log_loss(y_test, probability, sample_weight=w_test, labels=model.classes_):.3f}")
print(f"with these shares for everybody: {log_loss(y_test, np.tile(base, (len(y_test), 1)), sample_weight=w_test, labels=model.classes_):.3f}")

joblib.dump(model, BUILD / "model.joblib")
X_train.to_csv(BUILD / "training.csv", index=False)
rows = X_test.head(50)
golden = {
    "inputs": rows.astype(object).to_dict("records"),
    "predict": model.predict(rows).tolist(),
    "predict_proba": model.predict_proba(rows).tolist(),
}
(BUILD / "golden.json").write_text(json.dumps(golden) + "\n")
