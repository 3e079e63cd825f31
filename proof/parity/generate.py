"""Fits the cases of one family and writes, for each, the model and what it answers itself.

    python generate.py FAMILY SEED FOLDER

FAMILY is a module in families/ with a function `cases(seed)` that yields {"name", "model", "X"}.
For each case FOLDER gets <number>.joblib and <number>.json: golden rows, and the name of the case.
"""

import importlib
import json
import sys
import warnings
from pathlib import Path

import joblib
import numpy as np
import pandas as pd

METHODS = ("predict", "predict_proba", "decision_function")


def plain(value):
    """A value as JSON has it; a missing one is None."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and np.isnan(value):
        return None
    return value


def rows(X):
    if isinstance(X, pd.DataFrame):
        return [{str(name): plain(row[name]) for name in X.columns} for _, row in X.iterrows()]
    return [[plain(value) for value in row] for row in np.asarray(X, dtype=object)]


def main(family, seed, folder):
    warnings.simplefilter("ignore")
    sys.path.insert(0, str(Path(__file__).parent / "families"))
    module = importlib.import_module(family)
    folder.mkdir(parents=True, exist_ok=True)
    for number, case in enumerate(module.cases(seed)):
        model, X = case["model"], case["X"]
        golden = {"inputs": rows(X)}
        for method in METHODS:
            answer = getattr(model, method, None)
            if answer is not None:
                golden[method] = np.asarray(answer(X)).tolist()
        joblib.dump(model, folder / f"{number}.joblib")
        text = json.dumps({"name": case["name"], "golden": golden}, allow_nan=False)
        (folder / f"{number}.json").write_text(text)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
