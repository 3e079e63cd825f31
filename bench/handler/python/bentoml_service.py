"""BentoML as its documentation has it: a service class with a typed method."""

import os

import bentoml
import joblib


@bentoml.service
class Model:
    def __init__(self) -> None:
        self.model = joblib.load(os.environ["MODEL"])

    @bentoml.api
    def predict(self, data: list[list[float]]) -> dict[str, list[int]]:
        return {"result": self.model.predict(data).tolist()}
