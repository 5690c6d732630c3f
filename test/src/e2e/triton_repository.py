"""Asks the models of a Triton repository as Triton's documentation and its example clients do.

Arguments: address, API key, the name of the function below to run."""

import queue
import sys
import time

import numpy as np
import tritonclient.grpc as triton
from triton_errors import expect_error
from tritonclient.utils import np_to_triton_dtype

address, api_key, check = sys.argv[1:]


class ApiKey(triton.InferenceServerClientPlugin):
    def __call__(self, request):
        request.headers = {**(request.headers or {}), "authorization": f"Bearer {api_key}"}


client = triton.InferenceServerClient(address)
client.register_plugin(ApiKey())

MODELS = ["classifier", "simple", "simple_string"]
RISING = np.arange(16, dtype=np.int32).reshape(1, 16)
ONES = np.ones((1, 16), dtype=np.int32)


def tensors(**arrays):
    inputs = []
    for name, array in arrays.items():
        inputs.append(triton.InferInput(name, array.shape, np_to_triton_dtype(array.dtype)))
        inputs[-1].set_data_from_numpy(array)
    return inputs


def as_text(numbers):
    return np.array([str(number).encode() for number in numbers.flat], dtype=np.object_).reshape(numbers.shape)


def assert_sum_and_difference(result, a, b):
    np.testing.assert_array_equal(result.as_numpy("OUTPUT0"), a + b)
    np.testing.assert_array_equal(result.as_numpy("OUTPUT1"), a - b)


def simple(a=RISING, b=ONES, **options):
    return client.infer("simple", tensors(INPUT0=a, INPUT1=b), **options)


def scores(rows):
    """The classifier, in numpy."""
    return rows @ np.array([[-1, 0, 1], [-1, 0, 1]], np.float32) + np.array([0, 0.5, 0], np.float32)


def describes_models():
    assert client.is_server_live() and client.is_server_ready()
    extensions = set(client.get_server_metadata().extensions)
    assert {"classification", "model_configuration", "model_repository", "statistics"} <= extensions, extensions
    assert all(client.is_model_ready(name) and client.is_model_ready(name, "1") for name in MODELS)
    index = sorted((model.name, model.version, model.state) for model in client.get_model_repository_index().models)
    assert index == [(name, "1", "READY") for name in MODELS], index

    for name, datatype, config_type in [("simple", "INT32", "TYPE_INT32"), ("simple_string", "BYTES", "TYPE_STRING")]:
        metadata = client.get_model_metadata(name)
        assert (metadata.name, metadata.versions, metadata.platform) == (name, ["1"], "onnxruntime_onnx"), metadata
        shapes = [(tensor.name, tensor.datatype, list(tensor.shape)) for tensor in [*metadata.inputs, *metadata.outputs]]
        assert shapes == [(name, datatype, [-1, 16]) for name in ["INPUT0", "INPUT1", "OUTPUT0", "OUTPUT1"]], shapes
        config = client.get_model_config(name, as_json=True)["config"]
        assert (config["name"], config["platform"], config["max_batch_size"]) == (name, "onnxruntime_onnx", 8), config
        dims = [(tensor["name"], tensor["data_type"], tensor["dims"]) for tensor in config["input"] + config["output"]]
        assert dims == [(name, config_type, ["16"]) for name in ["INPUT0", "INPUT1", "OUTPUT0", "OUTPUT1"]], dims
        assert "dynamic_batching" not in config, config

    config = client.get_model_config("classifier", "1").config
    assert config.max_batch_size == 4 and list(config.input[0].dims) == [2], config
    assert config.output[0].label_filename == "labels.txt" and list(config.output[0].dims) == [3], config
    assert config.WhichOneof("scheduling_choice") == "dynamic_batching", config
    assert config.dynamic_batching.max_queue_delay_microseconds == 2000, config
    assert [(group.count, group.KIND_CPU == group.kind) for group in config.instance_group] == [(2, True)], config


def infers():
    both = [triton.InferRequestedOutput("OUTPUT0"), triton.InferRequestedOutput("OUTPUT1")]
    result = simple(outputs=both, request_id="1", headers={"test": "1"})
    assert_sum_and_difference(result, RISING, ONES)
    response = result.get_response()
    assert (response.model_name, response.model_version, response.id) == ("simple", "1", "1"), response
    assert [output.name for output in response.outputs] == ["OUTPUT0", "OUTPUT1"], response
    assert_sum_and_difference(simple(compression_algorithm="gzip"), RISING, ONES)
    assert simple(outputs=both[1:]).as_numpy("OUTPUT0") is None

    random = np.random.default_rng(0)
    a, b = random.integers(-(2**30), 2**30, (2, 8, 16), dtype=np.int32)
    assert_sum_and_difference(simple(a, b), a, b)

    texts = client.infer("simple_string", tensors(INPUT0=as_text(RISING), INPUT1=as_text(ONES)))
    np.testing.assert_array_equal(texts.as_numpy("OUTPUT0"), as_text(RISING + ONES))
    np.testing.assert_array_equal(texts.as_numpy("OUTPUT1"), as_text(RISING - ONES))


def infers_concurrently_and_in_streams():
    a, b = (np.full((1, 16), number, np.int32) for number in (1000, 7))

    answers = queue.Queue()
    for index in range(20):
        inputs = tensors(INPUT0=a * index, INPUT1=b)
        client.async_infer("simple", inputs, lambda result, error: answers.put((result, error)), request_id=str(index))
    received = [answers.get(timeout=20) for _ in range(20)]
    assert all(error is None for _, error in received), received
    assert {result.get_response().id for result, _ in received} == {str(index) for index in range(20)}
    for result, _ in received:
        assert_sum_and_difference(result, a * int(result.get_response().id), b)

    client.start_stream(lambda result, error: answers.put((result, error)))
    for index in range(10):
        client.async_stream_infer("simple", tensors(INPUT0=a * index, INPUT1=b), request_id=str(index))
    client.async_stream_infer("unknown", tensors(INPUT0=a, INPUT1=b))
    client.async_stream_infer("simple", tensors(INPUT0=a, INPUT1=b), request_id="last")
    for index in range(10):
        result, error = answers.get(timeout=20)
        assert error is None and result.get_response().id == str(index), (index, error)
        assert_sum_and_difference(result, a * index, b)
    _, error = answers.get(timeout=20)
    assert "Request for unknown model: 'unknown' is not found" in error.message(), error
    result, error = answers.get(timeout=20)
    assert error is None and result.get_response().id == "last", error
    client.stop_stream()


def classifies():
    rows = np.array([[2, 1], [-3, 0.25], [0, 0]], np.float32)
    raw = client.infer("classifier", tensors(x=rows)).as_numpy("scores")
    np.testing.assert_array_equal(raw, scores(rows))

    def best(count):
        outputs = [triton.InferRequestedOutput("scores", class_count=count)]
        return client.infer("classifier", tensors(x=rows), outputs=outputs).as_numpy("scores")

    labels = ["negative", "neutral", "positive"]
    for count in (1, 2, 3):
        order = [np.argsort(-row, kind="stable")[:count] for row in raw]
        expected = [[f"{row[i]:f}:{i}:{labels[i]}".encode() for i in best] for row, best in zip(raw, order)]
        np.testing.assert_array_equal(best(count), np.array(expected, np.object_))
    assert best(2)[0].tolist() == [b"3.000000:2:positive", b"0.500000:1:neutral"], best(2)

    # An output without labels has classes without them, and whole numbers are written as such.
    top = simple(outputs=[triton.InferRequestedOutput("OUTPUT0", class_count=2)]).as_numpy("OUTPUT0")
    assert top.tolist() == [[b"16:15", b"15:14"]], top


def counts_statistics():
    def statistics(name, version=""):
        (model,) = client.get_inference_statistics(name, version).model_stats
        return model

    before = statistics("simple", "1")
    simple(np.zeros((3, 16), np.int32), np.ones((3, 16), np.int32))
    simple()
    expect_error("INVALID_ARGUMENT", "unexpected shape", lambda: simple(RISING[:, :8].copy(), ONES[:, :8].copy()))
    after = statistics("simple", "1")
    assert (after.name, after.version) == ("simple", "1"), after
    assert after.last_inference >= before.last_inference > 0, after
    assert after.inference_count - before.inference_count == 4, after
    assert after.execution_count - before.execution_count == 2, after
    for kind in ["success", "queue", "compute_input", "compute_infer", "compute_output"]:
        counts = [getattr(each.inference_stats, kind).count for each in (before, after)]
        assert counts[1] - counts[0] == 2, (kind, counts)
    assert after.inference_stats.success.ns > before.inference_stats.success.ns, after
    of_three = [batch for batch in after.batch_stats if batch.batch_size == 3]
    assert len(of_three) == 1 and of_three[0].compute_infer.count == 1, after
    everything = client.get_inference_statistics(as_json=True)["model_stats"]
    assert sorted(model["name"] for model in everything) == MODELS, everything


def refuses():
    unknown = "Request for unknown model: 'unknown' is not found"
    for call in (client.is_model_ready, client.get_model_metadata, client.get_model_config):
        expect_error("NOT_FOUND", unknown, lambda: call("unknown"))
    expect_error("NOT_FOUND", unknown, lambda: client.infer("unknown", tensors(INPUT0=RISING)))
    expect_error("NOT_FOUND", "'simple' version 2 is not found", lambda: simple(model_version="2"))
    expect_error("INVALID_ARGUMENT", "'unknown' is not available", lambda: client.get_inference_statistics("unknown"))
    nine = np.zeros((9, 16), np.int32)
    expect_error("INVALID_ARGUMENT", "batch-size must be <= 8 for 'simple'", lambda: simple(nine, nine))
    floats = RISING.astype(np.float32)
    expect_error("INVALID_ARGUMENT", "data-type is 'FP32', but model 'simple' expects 'INT32'", lambda: simple(floats))
    expect_error("INVALID_ARGUMENT", "missing required input(s) ['INPUT1']", lambda: client.infer("simple", tensors(INPUT0=RISING)))
    expect_error("INVALID_ARGUMENT", "unexpected inference input 'INPUT2'", lambda: client.infer("simple", tensors(INPUT0=RISING, INPUT2=ONES)))
    expect_error("INVALID_ARGUMENT", "unexpected inference output 'OUTPUT2'", lambda: simple(outputs=[triton.InferRequestedOutput("OUTPUT2")]))
    words = tensors(INPUT0=np.full((1, 16), b"one", np.object_), INPUT1=as_text(ONES))
    expect_error("INTERNAL", "onnx runtime error", lambda: client.infer("simple_string", words))
    classes = [triton.InferRequestedOutput("OUTPUT0", class_count=1)]
    texts = tensors(INPUT0=as_text(RISING), INPUT1=as_text(ONES))
    expect_error("INVALID_ARGUMENT", "BYTES", lambda: client.infer("simple_string", texts, outputs=classes))


def unloads_and_loads():
    def entry():
        (found,) = [model for model in client.get_model_repository_index().models if model.name == "simple"]
        return found.version, found.state, found.reason

    client.unload_model("simple")
    assert not client.is_model_ready("simple")
    expect_error("NOT_FOUND", "Request for unknown model: 'simple' has no available versions", simple)
    expect_error("UNAVAILABLE", "'simple' version 1 is not at ready state", lambda: simple(model_version="1"))
    expect_error("NOT_FOUND", "'simple' version 2 is not found", lambda: simple(model_version="2"))
    while entry()[1] == "UNLOADING":
        time.sleep(0.02)
    assert entry() == ("1", "UNAVAILABLE", "unloaded"), entry()
    assert not client.is_model_ready("simple", "1")
    assert client.is_model_ready("classifier"), "others are not affected"
    client.unload_model("simple")

    client.load_model("simple")
    assert client.is_model_ready("simple") and client.is_model_ready("simple", "1")
    assert entry() == ("1", "READY", ""), entry()
    assert_sum_and_difference(simple(), RISING, ONES)
    client.load_model("simple")
    assert_sum_and_difference(simple(), RISING, ONES)
    expect_error("INTERNAL", "failed to load 'unknown'", lambda: client.load_model("unknown"))


globals()[check]()
print("all checks passed")
