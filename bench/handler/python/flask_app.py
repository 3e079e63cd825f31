"""The usual answer: Flask around joblib.load. MODEL names the file. Also what gunicorn serves."""

import os

import joblib
from flask import Flask, jsonify, request

model = joblib.load(os.environ["MODEL"])
app = Flask(__name__)


@app.post("/predict")
def predict():
    return jsonify(result=model.predict(request.get_json()["data"]).tolist())
