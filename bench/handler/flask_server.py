"""The usual answer, to compare with: Flask around a scikit-learn pipeline of the same kind as models/breast-cancer."""

import json
import sys
from importlib.metadata import version

from flask import Flask, jsonify, request
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from werkzeug.serving import WSGIRequestHandler, make_server

features, classes = load_breast_cancer(return_X_y=True)
model = make_pipeline(StandardScaler(), LogisticRegression()).fit(features, classes)
app = Flask(__name__)


@app.post("/predict")
def predict():
    return jsonify(result=model.predict(request.get_json()["data"]).tolist())


class Handler(WSGIRequestHandler):
    """Keeps connections and logs nothing, as the servers it is compared with."""

    protocol_version = "HTTP/1.1"

    def log_request(self, *arguments):
        pass


server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Handler)
versions = {name: version(name) for name in ("flask", "werkzeug", "scikit-learn")}
print(json.dumps({"event": "ready", "port": server.port, "python": sys.version.split()[0], **versions}), flush=True)
server.serve_forever()
