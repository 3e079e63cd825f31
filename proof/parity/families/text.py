"""Models of text, for the parity proof: vocabularies, terms of several words, weights and norms drawn from the seed.

The texts are of words, and of what splits words: signs, marks, digits, letters of several scripts and cases.
"""

import warnings

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.naive_bayes import ComplementNB, MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, StandardScaler

WORDS = (
    "the and price parcel again company Straße STRASSE café cafe\u0301 ΟΔΥΣΣΕΥΣ ΣΑΣ σας İstanbul ISTANBUL ı 日本語 日本 한국어 "
    "हिन्दी עִבְרִית العربية ǅ ﬁne m² ½ Ⅷ ٣٣ 2024 x2 a I __init__ don't e.g. 𝔘𝔫𝔦 𐐀𐐁 😀 'Σ Σ' ΑΣ."
).split()
SIGNS = [" ", " ", " ", " ", ", ", ". ", "-", "_", "'", "\n", "\t", "\u00a0", "\u200b", "\u00ad", "/"]


def text(random):
    count = random.choice([0, 1, 3, 12, 60])
    return "".join(random.choice(WORDS) + random.choice(SIGNS) for _ in range(count))


def vectorizer(random):
    least = random.randint(1, 3)
    options = {
        "ngram_range": (least, least + random.randint(3)),
        "stop_words": [None, None, "english", ["price", "日本語", "The"]][random.randint(4)],
        "lowercase": bool(random.rand() < 0.8),
        "binary": bool(random.rand() < 0.3),
        "max_features": [None, 30][random.randint(2)],
        "token_pattern": [r"(?u)\b\w\w+\b", r"(?u)\b\w\w+\b", r"(?u)\b\w+\b", r"\w{1,}"][random.randint(4)],
    }
    if random.rand() < 0.3:
        return [CountVectorizer(**options)]
    weights = {
        "norm": ["l1", "l2", "l2", None][random.randint(4)],
        "use_idf": bool(random.rand() < 0.7),
        "smooth_idf": bool(random.rand() < 0.7),
        "sublinear_tf": bool(random.rand() < 0.4),
    }
    if random.rand() < 0.3:
        return [CountVectorizer(**options), TfidfTransformer(**weights)]
    return [TfidfVectorizer(**options, **weights)]


def cases(seed):
    random = np.random.RandomState(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for i in range(12):
            texts = [text(random) for _ in range(60)] + [" ".join(WORDS)] * 2
            y = random.randint(0, 2 + i % 2, len(texts))
            new = [text(random) for _ in range(80)] + texts[:20]
            final = [LogisticRegression(), MultinomialNB(), ComplementNB(), SGDClassifier(random_state=0)][i % 4]
            steps = vectorizer(random)
            if i % 3 < 2:
                model = make_pipeline(*steps, MaxAbsScaler(), final).fit(texts, y)
                X = pd.DataFrame({"x0": new}, dtype=object)
                yield {"name": f"text {i}: {steps}", "model": Texts(model), "X": X, "saved": model}
            else:
                frame = pd.DataFrame({"number": random.normal(size=len(texts)), "words": texts})
                columns = [("n", StandardScaler(), ["number"]), ("w", make_pipeline(*steps), "words")]
                model = make_pipeline(ColumnTransformer(columns), LogisticRegression()).fit(frame, y)
                yield {"name": f"table {i}: {steps}", "model": model, "X": pd.DataFrame({"number": 0.5, "words": new})}


class Texts:
    """A model of a list of texts, asked with a table of one column."""

    def __init__(self, model):
        for method in ("predict", "predict_proba", "decision_function"):
            if hasattr(model, method):
                setattr(self, method, lambda X, answer=getattr(model, method): answer(list(X["x0"])))
