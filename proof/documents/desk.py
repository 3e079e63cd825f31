"""Model files and their rows by the names that pages give them: desk.py FOLDER."""

import json
import os
import pathlib
import pickle
import shutil
import sys
import tarfile

import joblib
import numpy as np
import pandas as pd
import xgboost
from skl2onnx import to_onnx
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import LabelEncoder, StandardScaler

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "bin" / "python"))
from slipway_save import save  # noqa: E402

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
os.chdir(folder)
random = np.random.default_rng(7)

# a model and its rows, in every form that pages read
X = pd.DataFrame({"age": random.integers(18, 80, 300).astype(float), "income": random.normal(4, 1, 300).round(3)})
y = (X["age"] / 20 + X["income"] + random.normal(0, 1, 300) > 6.5).astype(int)
model = LogisticRegression().fit(X, y)
for name in ("churn", "screening"):
    save(model, X, y, name)
save(model, X, y, ".")
table = X.copy()
table["predict"] = model.predict(X)
table.to_parquet("golden.parquet")
table.to_csv("golden.csv", index=False)
X.to_parquet("training.parquet")

# tars with one model file and with two, and the same model where MLflow and BentoML keep theirs
with tarfile.open("model.tar.gz", "w:gz") as tar:
    tar.add("model.joblib")
with tarfile.open("models.tar.gz", "w:gz") as tar:
    tar.add("model.joblib", "first.joblib")
    tar.add("model.joblib", "second.joblib")
sources = pathlib.Path(__file__).parents[2] / "test" / "fixtures" / "packaging" / "sources"
artifacts = pathlib.Path("mlruns/0/models/m-1234/artifacts")
shutil.copytree(sources / "mlflow" / "cloudpickle", artifacts)
with tarfile.open(sources / "bentoml" / "credit.bentomodel") as tar:
    tar.extractall("bento", filter="data")
for path in (artifacts / "model.pkl", pathlib.Path("bento/saved_model.pkl")):
    path.write_bytes(pickle.dumps(model))
with tarfile.open("credit.bentomodel", "w") as tar:
    tar.add("bento", ".")
shutil.rmtree("bento")

# preprocessing in files of its own
iris = pathlib.Path("iris")
iris.mkdir()
data = load_iris()
names = data.target_names[data.target]
labels = LabelEncoder().fit(names)
scaler = StandardScaler().fit(data.data)
scaled, codes = scaler.transform(data.data), labels.transform(names)
last = LogisticRegression().fit(scaled, codes)
trees = xgboost.XGBClassifier(n_estimators=5, max_depth=3, missing=-999).fit(scaled, codes)
for name, value in (("scaler", scaler), ("model", last), ("encoder", labels)):
    with open(iris / f"{name}.pkl", "wb") as file:
        pickle.dump(value, file)
trees.save_model(iris / "xgboost.json")
joblib.dump({"scaler": scaler, "model": last, "label_encoder": labels}, iris / "parts.joblib")
for name, fitted, said in (("golden", last, labels.inverse_transform), ("golden-of-trees", trees, np.asarray)):
    golden = {
        "inputs": data.data.tolist(),
        "predict": said(fitted.predict(scaled)).tolist(),
        "predict_proba": fitted.predict_proba(scaled).tolist(),
    }
    (iris / f"{name}.json").write_text(json.dumps(golden))

# an ONNX file of another exporter
pathlib.Path("model.onnx").write_bytes(
    to_onnx(model, X.to_numpy()[:1].astype(np.float32), options={"zipmap": False}).SerializeToString()
)
