"""Asks a handler that serves two versions of a model with the public clients of other servers.

    python versions.py URL PACKAGE

Version 1 is the package, whose golden rows must come back; version 2 says the second class of every row.
"""

import asyncio
import json
import sys
import traceback
from pathlib import Path
from urllib.parse import urlparse

import numpy as np
import tritonclient.http as triton
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig
from tritonclient.utils import InferenceServerException

url, folder = sys.argv[1:]
manifest = json.loads((Path(folder) / "manifest.json").read_text())
golden = json.loads((Path(folder) / "golden.json").read_text())
name = manifest["name"]
columns = [column["name"] for column in manifest["signature"]["columns"]]
rows = np.array([row if isinstance(row, list) else [row[column] for column in columns] for row in golden["inputs"]])
expected = {"1": golden["predict"], "2": [manifest["signature"]["classes"][1]] * len(rows)}
assert expected["1"] != expected["2"]
client = triton.InferenceServerClient(urlparse(url).netloc)


def check(what, function):
    try:
        function()
        print(json.dumps({"ok": True, "name": what}), flush=True)
    except Exception as error:
        detail = f"{type(error).__name__}: {error} at {traceback.extract_tb(error.__traceback__)[-1].lineno}"
        print(json.dumps({"ok": False, "name": what, "detail": detail}), flush=True)


def inputs():
    tensor = triton.InferInput("input", list(rows.shape), "FP64")
    tensor.set_data_from_numpy(rows.astype(np.float64))
    return [tensor]


def listed():
    metadata = client.get_model_metadata(name)
    assert metadata["versions"] == ["1", "2"], metadata
    assert client.get_model_metadata(name, "2")["versions"] == ["2"]
    assert client.is_model_ready(name) and client.is_model_ready(name, "1") and client.is_model_ready(name, "2")
    index = [(entry["name"], entry["version"], entry["state"]) for entry in client.get_model_repository_index()]
    assert index == [(name, "1", "READY"), (name, "2", "READY")], index


def by_name():
    for version, labels in expected.items():
        for _ in range(5):
            result = client.infer(name, inputs(), model_version=version)
            assert result.get_response()["model_version"] == version, result.get_response()
            assert result.as_numpy("predict").ravel().tolist() == labels


def by_weight():
    seen = {"1": 0, "2": 0}
    for _ in range(100):
        result = client.infer(name, inputs())
        version = result.get_response()["model_version"]
        seen[version] += 1
        assert result.as_numpy("predict").ravel().tolist() == expected[version]
    assert min(seen.values()) > 20, seen


def one_session():
    for session in range(10):
        headers = {"x-session-id": f"session-{session}"}
        versions = {client.infer(name, inputs(), headers=headers).get_response()["model_version"] for _ in range(6)}
        assert len(versions) == 1, versions


def unknown():
    try:
        client.infer(name, inputs(), model_version="3")
    except InferenceServerException as error:
        assert 'has no version "3"' in error.message(), error
        return
    raise AssertionError("there is no version 3")


def kserve():
    async def ask():
        asked = InferenceRESTClient(RESTConfig(protocol="v2", verbose=False, retries=0))
        tensor = InferInput("input", list(rows.shape), "FP64", data=rows.astype(np.float64).tolist())
        for version in ("1", "2") * 5:
            # KServe's client has no parameter for the version, and does not keep that of the answer: rows tell which it was
            answer = await asked.infer(
                url, InferRequest(name, [tensor]), model_name=name, headers={"x-model-version": version}
            )
            found = next(output for output in answer.outputs if output.name == "predict")
            assert np.asarray(found.data).ravel().tolist() == expected[version]
        await asked.close()

    asyncio.run(ask())


check("tritonclient: both versions in metadata, index and readiness", listed)
check("tritonclient: model_version= is answered by that version, 10 times", by_name)
check("tritonclient: without it by both, about as often", by_weight)
check("tritonclient: requests of one session by one version", one_session)
check("tritonclient: a version that is not there is refused", unknown)
check("kserve: a version by its header", kserve)
