"""Asks a handler with the public clients of other servers; one line of JSON for each check.

    python clients.py URL ADMIN_URL PACKAGE_OF_NUMBERS PACKAGE_OF_TEXT

What must come back are the golden rows of the packages: answers of scikit-learn, recorded where the models were trained.
"""

import asyncio
import io
import json
import sys
import traceback
import urllib.request
from pathlib import Path
from urllib.parse import urlparse

import ml_dtypes
import numpy as np
import pandas as pd
import tritonclient.http as triton
import tritonclient.http.aio as triton_aio
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig
from kserve.protocol.infer_type import RequestedOutput
from tritonclient.utils import InferenceServerException

url, admin_url, *packages = sys.argv[1:]
address = urlparse(url).netloc


class Package:
    def __init__(self, folder):
        manifest = json.loads((Path(folder) / "manifest.json").read_text())
        golden = json.loads((Path(folder) / "golden.json").read_text())
        self.name = manifest["name"]
        self.columns = manifest["signature"]["columns"]
        self.names = [column["name"] for column in self.columns]
        rows = golden["inputs"]
        self.frame = pd.DataFrame(rows, columns=self.names if isinstance(rows[0], list) else None)[self.names]
        self.labels = golden["predict"]
        self.probabilities = np.array(golden["predict_proba"])
        self.classes = np.array(manifest["signature"]["classes"], dtype=object)


numbers, text = map(Package, packages)


def check(name):
    """Run the function now, and say whether it went through."""

    def run(function):
        try:
            function()
            print(json.dumps({"ok": True, "name": name}), flush=True)
        except Exception as error:
            detail = f"{type(error).__name__}: {error} at {traceback.extract_tb(error.__traceback__)[-1].lineno}"
            print(json.dumps({"ok": False, "name": name, "detail": detail}), flush=True)

    return run


def plain(values):
    return [value.decode() if isinstance(value, bytes) else value for value in np.asarray(values).ravel().tolist()]


def holds(package, labels, probabilities=None):
    assert plain(labels) == package.labels, f"{plain(labels)[:5]} instead of {package.labels[:5]}"
    if probabilities is not None:
        difference = np.abs(np.asarray(probabilities).reshape(package.probabilities.shape) - package.probabilities)
        assert difference.max() < 1e-9, f"a probability differs by {difference.max()}"


def whole(package, binary, dtype=np.float64, datatype="FP64"):
    """The model's own tensor."""
    tensor = triton.InferInput("input", list(package.frame.shape), datatype)
    tensor.set_data_from_numpy(package.frame.to_numpy().astype(dtype), binary_data=binary)
    return [tensor]


def by_column(package, binary):
    """One tensor for each column; a missing number is NaN."""
    inputs = []
    for name in package.names:
        values = package.frame[name].to_numpy()
        is_text = values.dtype == object or not np.issubdtype(values.dtype, np.number)
        tensor = triton.InferInput(name, [len(values), 1], "BYTES" if is_text else "FP64")
        values = values.astype(object) if is_text else values.astype(np.float64)
        tensor.set_data_from_numpy(values.reshape(-1, 1), binary_data=binary)
        inputs.append(tensor)
    return inputs


def outputs(binary):
    return [triton.InferRequestedOutput(name, binary_data=binary) for name in ("predict", "predict_proba")]


client = triton.InferenceServerClient(address)
version = client.get_model_metadata(numbers.name)["versions"][0]


@check("tritonclient: live, ready, metadata, versions")
def _():
    assert client.is_server_live() and client.is_server_ready()
    assert client.is_model_ready(numbers.name) and client.is_model_ready(numbers.name, version)
    assert "binary_tensor_data" in client.get_server_metadata()["extensions"]
    metadata = client.get_model_metadata(text.name)
    assert [tensor["name"] for tensor in metadata["inputs"]] == ["input", "text"], metadata
    assert {entry["name"]: entry["state"] for entry in client.get_model_repository_index()} == {
        numbers.name: "READY",
        text.name: "READY",
    }


for sent in (True, False):
    for got in (True, False):
        way = f"{'binary' if sent else 'JSON'} in, {'binary' if got else 'JSON'} out"

        @check(f"tritonclient: numbers, {way}")
        def _():
            result = client.infer(
                numbers.name, whole(numbers, sent), outputs=outputs(got), request_id="a1", model_version=version
            )
            holds(numbers, result.as_numpy("predict"), result.as_numpy("predict_proba"))
            response = result.get_response()
            assert response["id"] == "a1" and response["model_version"] == version, response
            assert ("data" not in result.get_output("predict")) == got

        if sent:  # Triton's client writes NaN into JSON, which has none

            @check(f"tritonclient: text and missing numbers, {way}")
            def _():
                result = client.infer(text.name, by_column(text, sent), outputs=outputs(got))
                holds(text, result.as_numpy("predict"), result.as_numpy("predict_proba"))


@check("tritonclient: text in JSON")
def _():
    rows = text.frame.dropna().index
    package = Package(packages[1])
    package.frame = text.frame.loc[rows]
    package.labels = [text.labels[row] for row in rows]
    package.probabilities = text.probabilities[rows]
    result = client.infer(package.name, by_column(package, False), outputs=outputs(False))
    holds(package, result.as_numpy("predict"), result.as_numpy("predict_proba"))


@check("tritonclient: all outputs, binary, when none are named")
def _():
    result = client.infer(numbers.name, whole(numbers, True))
    holds(numbers, result.as_numpy("predict"), result.as_numpy("predict_proba"))
    assert result.as_numpy("decision_function").shape == (len(numbers.frame),)


for algorithm in ("gzip", "deflate"):

    @check(f"tritonclient: {algorithm} both ways")
    def _():
        many = 900
        values = np.tile(numbers.frame.to_numpy(), (many // len(numbers.frame) + 1, 1))[:many]
        tensor = triton.InferInput("input", list(values.shape), "FP64")
        tensor.set_data_from_numpy(values)
        result = client.infer(
            numbers.name,
            [tensor],
            outputs=outputs(False),
            request_compression_algorithm=algorithm,
            response_compression_algorithm=algorithm,
        )
        holds(
            numbers,
            result.as_numpy("predict")[: len(numbers.frame)],
            np.asarray(result.as_numpy("predict_proba"))[: len(numbers.frame)],
        )


for datatype, rounded in (
    ("FP32", lambda values: values.astype(np.float32)),
    ("FP16", lambda values: values.astype(np.float16)),
    ("BF16", lambda values: values.astype(ml_dtypes.bfloat16)),
    ("INT64", lambda values: values.astype(np.int64)),
    ("INT16", lambda values: values.astype(np.int16)),
    ("UINT32", lambda values: values.astype(np.uint32)),
    ("BOOL", lambda values: values > 1),
):

    @check(f"tritonclient: {datatype} means the numbers that it holds")
    def _():
        values = rounded(np.ascontiguousarray(numbers.frame.to_numpy()))
        tensor = triton.InferInput("input", list(values.shape), datatype)
        tensor.set_data_from_numpy(values)
        found = client.infer(numbers.name, [tensor]).as_numpy("predict_proba")
        same = triton.InferInput("input", list(values.shape), "FP64")
        same.set_data_from_numpy(values.astype(np.float64))
        expected = client.infer(numbers.name, [same]).as_numpy("predict_proba")
        assert np.array_equal(found, expected), np.abs(found - expected).max()


@check("tritonclient reads the answer to a body of bytes alone")
def _():
    body = numbers.frame.to_numpy().astype("<f8").tobytes()
    headers = {"Inference-Header-Content-Length": "0", "Content-Type": "application/octet-stream"}
    request = urllib.request.Request(f"{url}/v2/models/{numbers.name}/infer", body, headers)
    with urllib.request.urlopen(request) as response:
        length = int(response.headers["Inference-Header-Content-Length"])
        result = triton.InferenceServerClient.parse_response_body(response.read(), header_length=length)
    holds(numbers, result.as_numpy("predict"), result.as_numpy("predict_proba"))


@check("tritonclient: mistakes are exceptions that say what is wrong")
def _():
    narrow = triton.InferInput("input", [1, 2], "FP64")
    narrow.set_data_from_numpy(np.zeros((1, 2)))
    for attempt, status, words in (
        (lambda: client.infer("none", whole(numbers, True)), "404", "there is no model"),
        (lambda: client.infer(numbers.name, whole(numbers, True), model_version="1"), "404", "has no version"),
        (lambda: client.infer(numbers.name, [narrow]), "400", "expected shape [rows, 30]"),
    ):
        try:
            attempt()
        except InferenceServerException as error:
            assert error.status() == status and words in error.message(), error
        else:
            raise AssertionError(f"no {status}")


@check("tritonclient: several requests at once, and the asynchronous client")
def _():
    with triton.InferenceServerClient(address, concurrency=8) as several:
        requests = [several.async_infer(numbers.name, whole(numbers, True)) for _ in range(32)]
        for request in requests:
            holds(numbers, request.get_result().as_numpy("predict"))

    async def ask():
        async with triton_aio.InferenceServerClient(address) as aio:
            return await aio.infer(numbers.name, whole(numbers, True))

    holds(numbers, asyncio.run(ask()).as_numpy("predict"))


def ranked(package, count):
    """The most probable classes by numpy, as labels and probabilities."""
    order = np.argsort(-package.probabilities, axis=1, kind="stable")[:, :count]
    return package.classes[order], np.take_along_axis(package.probabilities, order, axis=1)


for package, tensors in ((numbers, whole), (text, by_column)):
    for got in (True, False):

        @check(f"tritonclient: the most probable classes of {package.name}, {'binary' if got else 'JSON'} out")
        def _():
            labels, probabilities = ranked(package, 2)
            names = [triton.InferRequestedOutput(name, binary_data=got) for name in ("labels", "probabilities")]
            result = client.infer(package.name, tensors(package, True), outputs=names, parameters={"top": 2})
            assert plain(result.as_numpy("labels")) == labels.ravel().tolist(), result.as_numpy("labels")[:3]
            assert np.abs(result.as_numpy("probabilities") - probabilities).max() < 1e-9

        @check(f"tritonclient: class_count of {package.name}, {'binary' if got else 'JSON'} out")
        def _():
            labels, probabilities = ranked(package, 1)
            asked = [triton.InferRequestedOutput("predict_proba", binary_data=got, class_count=1)]
            result = client.infer(package.name, tensors(package, True), outputs=asked)
            for found, label, probability in zip(plain(result.as_numpy("predict_proba")), labels, probabilities):
                value, index, name = found.split(":", 2)
                assert name == str(label[0]) == str(package.classes[int(index)]), found
                assert abs(float(value) - probability[0]) < 1e-9, found


@check("kserve: the most probable classes")
def _():
    async def ask():
        rest = InferenceRESTClient(RESTConfig(protocol="v2"))
        values = numbers.frame.to_numpy()
        tensor = InferInput("input", list(values.shape), "FP64")
        tensor.set_data_from_numpy(values, binary_data=False)
        request = InferRequest(numbers.name, [tensor], parameters={"top": 2})
        result = await rest.infer(url, request, model_name=numbers.name)
        await rest.close()
        return {output.name: output.as_numpy() for output in result.outputs}

    labels, probabilities = ranked(numbers, 2)
    found = asyncio.run(ask())
    assert plain(found["labels"]) == labels.ravel().tolist(), found["labels"][:3]
    assert np.abs(found["probabilities"] - probabilities).max() < 1e-9


@check("kserve: live, ready, infer in JSON and binary")
def _():
    def tensors(binary):
        values = numbers.frame.to_numpy()
        tensor = InferInput("input", list(values.shape), "FP64")
        tensor.set_data_from_numpy(values, binary_data=binary)
        return [tensor]

    async def ask():
        rest = InferenceRESTClient(RESTConfig(protocol="v2"))
        assert await rest.is_server_live(url) and await rest.is_server_ready(url)
        assert await rest.is_model_ready(url, numbers.name)
        for sent in (True, False):
            for got in (True, False):
                names = [RequestedOutput(name, {"binary_data": got}) for name in ("predict", "predict_proba")]
                request = InferRequest(numbers.name, tensors(sent), request_id="k1", request_outputs=names)
                result = await rest.infer(url, request, model_name=numbers.name)
                assert result.id == "k1"
                found = {output.name: output.as_numpy() for output in result.outputs}
                holds(numbers, found["predict"], found["predict_proba"])
        await rest.close()

    asyncio.run(ask())


def post(path, body, content_type="application/json", accept="*/*"):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data, {"Content-Type": content_type, "Accept": accept})
    with urllib.request.urlopen(request) as response:
        return response.read().decode()


@check("MLflow: dataframe_split as pandas makes it, read as the scoring client reads it")
def _():
    split = numbers.frame.to_dict(orient="split")
    holds(numbers, json.loads(post("/invocations", {"dataframe_split": split}))["predictions"])
    records = numbers.frame.to_dict(orient="records")
    holds(numbers, json.loads(post("/invocations", {"dataframe_records": records}))["predictions"])


@check("TensorFlow Serving and SageMaker: instances, and columns as inputs")
def _():
    instances = {"signature_name": "serving_default", "instances": numbers.frame.to_numpy().tolist()}
    holds(numbers, json.loads(post("/predict", instances))["predictions"])
    holds(numbers, json.loads(post("/invocations", {"inputs": numbers.frame.to_dict(orient="list")}))["predictions"])


@check("SageMaker: CSV as pandas writes it, answered as CSV")
def _():
    for header in (True, False):
        csv = numbers.frame.to_csv(index=False, header=header).encode()
        answer = post("/invocations?proba=true", csv, "text/csv", "text/csv")
        found = pd.read_csv(io.StringIO(answer), header=None).to_numpy()
        assert np.abs(found - numbers.probabilities).max() < 1e-9


def refused(path, body, content_type="application/json"):
    """What is said of a body that is refused."""
    try:
        post(path, body, content_type)
    except urllib.error.HTTPError as error:
        assert error.code in (400, 422), error.code
        return error.read().decode().replace('\\"', '"')
    raise AssertionError("it was answered")


@check("pandas: each orient, and CSV with its index, is answered right or refused with what to write")
def _():
    frame = numbers.frame
    for orient in ("records", "split", "values"):
        holds(numbers, json.loads(post("/predict", frame.to_json(orient=orient, double_precision=15).encode()))["result"])
    for orient in ("columns", "index", "table"):
        assert 'orient="records"' in refused("/predict", frame.to_json(orient=orient).encode()), orient
    one = json.loads(post("/predict", frame.iloc[0].to_json(double_precision=15).encode()))["result"]
    assert one == json.loads(post("/predict", frame[:1].to_json(orient="records", double_precision=15).encode()))["result"]
    for csv in (frame.to_csv(), frame.to_csv(index=False), frame.to_csv(index=False, header=False)):
        holds(numbers, json.loads(post("/predict", csv.encode(), "text/csv"))["result"])
    assert "which the model does not have" in refused("/predict", frame.to_csv(index_label="id").encode(), "text/csv")
    assert "index=False" in refused("/predict", frame.to_csv(header=False).encode(), "text/csv")
    for orient in ("records", "split", "columns"):
        path = "/v2/models/" + numbers.name + "/infer"
        assert "inputs" in refused(path, frame.to_json(orient=orient).encode())


@check("tritonclient: unload and load on the admin listener")
def _():
    admin = triton.InferenceServerClient(urlparse(admin_url).netloc, network_timeout=60)
    admin.unload_model(text.name)
    assert not client.is_model_ready(text.name)
    states = {entry["name"]: entry["state"] for entry in admin.get_model_repository_index()}
    assert states[text.name] == "UNAVAILABLE", states
    admin.load_model(text.name)
    assert client.is_model_ready(text.name)
    result = client.infer(text.name, by_column(text, True), outputs=outputs(True))
    holds(text, result.as_numpy("predict"), result.as_numpy("predict_proba"))
