"""Runs the Python that documents show, with data of every kind: python_blocks.py BLOCKS OUT.

BLOCKS is a file of JSON: {"page", "heading", "code"} of each block. For each kind of data that the block is for there is a
folder in OUT with what it wrote, ready for `slipway pack`. Prints the folders, one a line.
"""

import json
import os
import pathlib
import sys

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

HELPER = pathlib.Path(__file__).parents[2] / "bin" / "python"
sys.path.insert(0, str(HELPER))
blocks = json.loads(pathlib.Path(sys.argv[1]).read_text())
out = pathlib.Path(sys.argv[2]).resolve()
random = np.random.default_rng(5)
N = 300


def plain():
    X = pd.DataFrame({"age": random.integers(18, 80, N), "income": random.normal(40000, 9000, N)})
    return RandomForestClassifier(20, random_state=0), X


def missing():
    _, X = plain()
    X = X.astype(float).mask(random.random(X.shape) < 0.2)
    return HistGradientBoostingClassifier(max_iter=20), X


def mixed():
    """Dates that the model leaves out, truth values, categories, texts with gaps, and pandas' own missing values."""
    _, X = missing()
    X["purpose"] = pd.Categorical(random.choice(["car", "house", "Möbel"], N))
    X["region"] = random.choice(["north", "south", None], N)
    X["member"] = random.random(N) < 0.5
    X["children"] = pd.array(random.integers(0, 4, N), "Int64")
    X.loc[5:9, "children"] = pd.NA
    X["since"] = pd.Timestamp("2026-01-31") + pd.to_timedelta(np.arange(N), "D")
    X.loc[3, "since"] = pd.NaT
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    texts = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
    columns = make_column_transformer(
        (numbers, ["age", "income", "children"]), (texts, ["purpose", "region"]), ("passthrough", ["member"])
    )
    return make_pipeline(columns, LogisticRegression()), X


def texts():
    X = ["a cheap red car", "the old house", "red house, big house", "cheap car and old car"] * 20
    return make_pipeline(TfidfVectorizer(), LogisticRegression()), X


FRAMES = {"numbers": plain, "missing": missing, "mixed": mixed}

WRITE_GOLDEN = 'json.dump(golden, open("golden.json", "w"), default=str)\n'
WRITE_MODEL = 'joblib.dump(model, "model.joblib")\n'
BY_HAND = "import json\nimport joblib\n" + WRITE_MODEL

# By the heading of a block: the kinds of data it is for, what the page takes as given before it, and what comes after it.
BEFORE = {
    "A regressor": BY_HAND,
    "A model of text": BY_HAND,
    "Missing values": BY_HAND + 'file = open("golden.json", "w")\n',
    "As a table": WRITE_MODEL,
    "Which rows, and how many": WRITE_MODEL,
}
AFTER = {
    "A regressor": WRITE_GOLDEN,
    "A model of text": WRITE_GOLDEN,
    "Missing values": "file.close()\n",
    "The step at which a difference starts": 'import json\njson.dump(golden, open("golden.json", "w"), default=str)\n',
}


# Not for data of every kind: by the heading, the kinds that the page says it is for.
KINDS = {"A model of text": {"texts": texts}, "Missing values": {"numbers": plain, "missing": missing}}


for number, block in enumerate(blocks):
    heading, code = block["heading"], block["code"]
    for kind, frame in KINDS.get(heading, FRAMES).items():
        model, X = frame()
        y = random.integers(0, 2, len(X))
        if heading == "A regressor":
            y = random.normal(size=len(X))
            trees = HistGradientBoostingRegressor(max_iter=10)
            model = make_pipeline(model[0], trees) if kind == "mixed" else trees
        model.fit(X, y)
        folder = out / f"{number}-{kind}"
        folder.mkdir()
        os.chdir(folder)
        given = {"model": model, "X": X, "y": y, "X_train": X, "X_test": X, "sample": X[:50], "joblib": joblib}
        if heading == "The step at which a difference starts":
            if not hasattr(model, "steps"):
                continue
            exec(next(each["code"] for each in blocks if each["heading"] == "A classifier"), given)
        try:
            exec(BEFORE.get(heading, "") + code + "\n" + AFTER.get(heading, ""), given)
        except Exception as error:
            raise RuntimeError(f"{block['page']}, {heading}, with {kind}") from error
        print(json.dumps({"page": block["page"], "line": block["line"], "kind": kind, "folder": str(folder)}), flush=True)
