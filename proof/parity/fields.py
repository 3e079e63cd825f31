"""Prints the fields that fitted estimators of this release of scikit-learn have, as JSON.

    python fields.py

For each class, by its full name, the names of its parameters and of all attributes that were met in random models
of all families and in the committed fixtures of this release, with spaces between.
"""

import json
import sys
import warnings
from pathlib import Path

import joblib
import numpy as np
import sklearn
from sklearn.base import BaseEstimator
from sklearn.datasets import make_regression
from sklearn.linear_model import LassoLarsIC, OrthogonalMatchingPursuitCV

FIXTURES = Path(__file__).parent / "../../test/fixtures/packaging"
sys.path.insert(0, str(FIXTURES / "sklearn"))
import making

ALWAYS = {"n_features_in_", "feature_names_in_", "_sklearn_version", "_sklearn_output_config", "_metadata_requests"}


def walk(value, seen, fields):
    if id(value) in seen or isinstance(value, (str, bytes, int, float, type)):
        return
    seen[id(value)] = value
    if isinstance(value, dict):
        inside = value.values()
    elif isinstance(value, (list, tuple)):
        inside = value
    elif isinstance(value, np.ndarray):
        inside = value.ravel() if value.dtype == object else ()
    elif isinstance(value, BaseEstimator):
        name = f"{type(value).__module__}.{type(value).__name__}"
        state = value.__getstate__()
        if name.startswith("sklearn."):
            known = fields.setdefault(name, set())
            known.update(state, type(value)._get_param_names())
        inside = state.values()
    else:
        return
    for each in inside:
        walk(each, seen, fields)


def main():
    warnings.simplefilter("ignore")
    fields = {}
    for family in making.families():
        for seed in range(1, 4):  # some options leave fields of their own
            for case in making.cases(making.family(family), seed):
                walk(case.get("saved", case["model"]), {}, fields)
    for model in (LassoLarsIC(), OrthogonalMatchingPursuitCV()):
        walk(model.fit(*make_regression(60, 5, random_state=0)), {}, fields)
    for path in sorted(FIXTURES.glob(f"**/sklearn-{sklearn.__version__}/*.joblib")):
        try:
            walk(joblib.load(path), {}, fields)
        except (ImportError, AttributeError, EOFError):  # of a library that is not here
            continue
    print(json.dumps({name: " ".join(sorted(fields[name] - ALWAYS)) for name in sorted(fields)}, indent=2))


if __name__ == "__main__":
    main()
