"""FastAPI as its documentation has it: a pydantic model for the body, a plain function for work that blocks."""

import os

import joblib
from fastapi import FastAPI
from pydantic import BaseModel

model = joblib.load(os.environ["MODEL"])
app = FastAPI()


class Rows(BaseModel):
    data: list[list[float]]


@app.post("/predict")
def predict(rows: Rows) -> dict[str, list[int]]:
    return {"result": model.predict(rows.data).tolist()}
