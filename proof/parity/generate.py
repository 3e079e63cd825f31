"""Fits the cases of one family and writes, for each, the model and what it answers itself.

    python generate.py FAMILY SEED FOLDER [MOST]

FAMILY is a folder of test/fixtures/packaging/sklearn, of whose make.py the CASES are fitted, or boosters. MOST is how many cases are written at most, chosen at random; all of them when it is left out. For each case FOLDER gets
<number>.joblib and <number>.json:

    name      of the case
    golden    rows, and the answers to them; null where an answer is NaN
    far       rows far outside of training, each with the answers to it alone
    movement  in the form of the answers, how far each moves when the numbers of X move by one unit in their
              last place: the largest of several random directions. null where scikit-learn does not answer
              rows that are moved, as where the numbers are categories.
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from far import far_rows

sys.path.insert(0, str(Path(__file__).parent / "../../test/fixtures/packaging/sklearn"))
import making
from making import METHODS, nested, plain

DIRECTIONS = 8


def moved(random, X):
    """X with each number one unit in the last place up or down."""

    def move(column):
        return np.nextafter(column, np.where(random.rand(*column.shape) < 0.5, np.inf, -np.inf))

    if not isinstance(X, pd.DataFrame):
        return move(np.asarray(X, dtype=float))
    X = X.copy()
    for name in X.columns:
        if X[name].dtype == np.float64:
            X[name] = move(X[name].to_numpy())
    return X


def movement(model, X, answers):
    """By method, how far answers move; None where they are labels, or cannot be told."""
    random = np.random.RandomState(0)
    most = {method: np.zeros_like(answer) for method, answer in answers.items() if answer.dtype.kind == "f"}
    for _ in range(DIRECTIONS):
        Z = moved(random, X)
        for method in list(most):
            try:
                distance = np.abs(np.asarray(getattr(model, method)(Z)) - answers[method])
            except (ValueError, IndexError):  # what is moved is no category that it knows
                del most[method]
                continue
            most[method] = np.maximum(most[method], np.where(np.isfinite(distance), distance, 0))
    return {method: nested(most[method].tolist()) if method in most else None for method in answers}


def endless(value):
    """As `nested`, with infinities as text, which JSON has not."""
    if isinstance(value, list):
        return [endless(item) for item in value]
    value = plain(value)
    return str(value) if isinstance(value, float) and np.isinf(value) else value


def answered_far(model, X):
    """Far rows that the model answers, each asked by itself."""
    answered = []
    try:
        asked = far_rows(np.random.RandomState(0), X)
    except (TypeError, ValueError):  # no numbers
        return answered
    for row in asked:
        if np.isinf(np.asarray(row.select_dtypes("number") if isinstance(row, pd.DataFrame) else row, dtype=float)).any():
            continue  # JSON has no infinity to ask with
        try:
            answers = {method: getattr(model, method)(row) for method in METHODS if hasattr(model, method)}
        except (ValueError, IndexError, OverflowError):  # too large for it
            continue
        answers = {method: np.asarray(answer) for method, answer in answers.items() if not isinstance(answer, list)}
        told = {method: endless(answer.tolist()) for method, answer in answers.items()}
        answered.append({"input": making.rows(row, making.knows_names(model))[0], "answers": told})
    return answered


def main(family, seed, folder, most=None):
    warnings.simplefilter("ignore")
    folder.mkdir(parents=True, exist_ok=True)
    cases = list(making.cases(making.family(family), seed))
    chosen = range(len(cases))
    if most is not None and most < len(cases):
        chosen = sorted(np.random.RandomState(seed).choice(len(cases), most, replace=False))
    for number in chosen:
        model, X = cases[number]["model"], cases[number]["X"]
        answers = making.answered(model, X)
        document = {"name": cases[number]["name"], "golden": making.golden(model, X, answers)}
        document["movement"] = movement(model, X, answers)
        document["far"] = answered_far(model, X)
        making.dump(cases[number], folder / f"{number}.joblib")
        (folder / f"{number}.json").write_text(json.dumps(document, allow_nan=False))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), *map(int, sys.argv[4:]))
