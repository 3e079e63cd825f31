"""Saves a fitted model with what Slipway checks it by. Copy this file beside your notebook:

    from slipway_save import save
    save(model, X, y, "credit")     # then: slipway pack credit --name credit --out models/credit

X are rows as model.predict takes them, best those of training: a frame of pandas or polars, an array, or a list of
texts. y, if given, are their true answers, for metrics.json. Needs scikit-learn and joblib.
"""

import csv
import json
import pathlib

import joblib
import numpy as np
from sklearn.utils import resample

MISSING = ("<NA>", "NaT")  # as pandas prints what JSON has no word for


def plain(value):
    """A value that JSON does not know: of numpy as Python's own, a date as text."""
    if hasattr(value, "item"):
        return value.item()
    return None if str(value) in MISSING else str(value)


def records(X):
    """Rows as Python's own values: by the names of the columns where there are some."""
    if hasattr(X, "to_dicts"):
        return X.to_dicts()  # polars
    if hasattr(X, "to_dict"):
        return X.astype(object).to_dict("records")  # pandas
    return np.asarray(X.toarray() if hasattr(X, "toarray") else X).tolist()


def answers(model, X):
    """What the model gives for each row, by method."""
    given = {"predict": np.asarray(model.predict(X)).tolist()}
    for method in ("predict_proba", "decision_function"):
        values = getattr(model, method)(X) if hasattr(model, method) else []
        if not isinstance(values, list):  # a list is one array for each of several targets
            given[method] = np.asarray(values).tolist()
            break
    return given


def save(model, X, y=None, folder="model", rows=5000):
    """Write model.joblib, golden.json, training.csv and, with y, metrics.json into a folder."""
    out = pathlib.Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, out / "model.joblib")
    count = X.shape[0] if hasattr(X, "shape") else len(X)
    sample = X if count <= rows else resample(X, replace=False, n_samples=rows, random_state=0)
    inputs = records(sample)
    with open(out / "golden.json", "w", encoding="utf-8") as file:
        json.dump({"inputs": inputs, **answers(model, sample)}, file, default=plain)
    if not isinstance(inputs[0], str):  # texts have no columns
        named = [row if isinstance(row, dict) else {f"x{i}": value for i, value in enumerate(row)} for row in inputs]
        with open(out / "training.csv", "w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, named[0].keys())
            table.writeheader()
            for row in named:
                table.writerow({key: "" if str(value) in MISSING else value for key, value in row.items()})
    if y is not None and hasattr(model, "score"):
        (out / "metrics.json").write_text(json.dumps({"score": float(model.score(X, y)), "rows": count}) + "\n")
