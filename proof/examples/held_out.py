"""Runs a training script, then writes what its model answers to rows that it has not seen: held_out.py TRAIN.PY OUT.JSON."""

import json
import runpy
import sys

MOST_ROWS = 2000

script, out = sys.argv[1:]
trained = runpy.run_path(script, run_name="__main__")
model, rows = trained["model"], trained["X_test"].head(MOST_ROWS)
answers = {"inputs": rows.astype(object).where(rows.notna(), None).to_dict("records")}
for method in ("predict", "predict_proba", "decision_function"):
    if hasattr(model, method):
        answers[method] = getattr(model, method)(rows).tolist()
with open(out, "w", encoding="utf-8") as file:
    json.dump(answers, file)
