"""Makes the forest of the benchmark, or times Python's own ways with it.

    forest.py make FILE   fits 300 trees on 20,000 rows of 20 columns and 3 classes
    forest.py load FILE   prints what joblib.load takes
    forest.py onnx FILE   prints what skl2onnx takes, reading included; nothing when it is not installed
"""

import json
import resource
import sys
import time

import joblib


def main(task, path):
    if task == "make":
        from sklearn.datasets import make_classification
        from sklearn.ensemble import RandomForestClassifier

        X, y = make_classification(20_000, 20, n_informative=8, n_classes=3, flip_y=0.2, random_state=0)
        joblib.dump(RandomForestClassifier(300, n_jobs=2, random_state=0).fit(X, y), path)
        return
    import sklearn.ensemble  # noqa: F401  importing is not what is measured

    if task == "onnx":
        try:
            from skl2onnx import to_onnx
            from skl2onnx.common.data_types import DoubleTensorType
        except ImportError:
            return
    began, used = time.perf_counter(), time.process_time()
    model = joblib.load(path)
    if task == "onnx":
        to_onnx(model, initial_types=[("X", DoubleTensorType([None, 20]))]).SerializeToString()
    wall, cpu = time.perf_counter() - began, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"wallMs": wall * 1000, "cpuMs": cpu * 1000, "peakMiB": peak}))


main(sys.argv[1], sys.argv[2])
