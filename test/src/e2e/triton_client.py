"""Calls a mesh with Triton's own client, as an application team would. Arguments: address, API key, IDX images file."""

import sys

import numpy as np
import tritonclient.grpc as triton
from triton_errors import expect_error

address, api_key, idx_file = sys.argv[1:]
headers = {"authorization": f"Bearer {api_key}"}
client = triton.InferenceServerClient(address)

with open(idx_file, "rb") as file:
    images = np.frombuffer(file.read()[16:], np.uint8).reshape(-1, 28, 28)


def infer(batch, outputs=None, name="digits", dtype="UINT8", input_name="image", version="", **options):
    tensor = triton.InferInput(input_name, batch.shape, dtype)
    tensor.set_data_from_numpy(batch)
    wanted = [triton.InferRequestedOutput(output) for output in outputs] if outputs else None
    return client.infer(name, [tensor], outputs=wanted, model_version=version, headers=headers, **options)


assert client.is_server_live(headers=headers)
assert client.is_server_ready(headers=headers)
assert client.is_model_ready("digits", headers=headers)
assert client.is_model_ready("digits", "1", headers=headers)

server = client.get_server_metadata(headers=headers)
assert "statistics" in server.extensions, server

metadata = client.get_model_metadata("digits", headers=headers)
assert metadata.versions == ["1"], metadata
assert [(t.name, t.datatype, list(t.shape)) for t in metadata.inputs] == [("image", "UINT8", [-1, 28, 28])], metadata
assert {t.name: t.datatype for t in metadata.outputs} == {"probabilities": "FP32", "label": "BYTES"}, metadata

config = client.get_model_config("digits", headers=headers).config
assert config.max_batch_size > 1 and list(config.input[0].dims) == [28, 28], config

one = infer(images[:1], request_id="request 7")
probabilities = one.as_numpy("probabilities")
assert probabilities.shape == (1, 10) and abs(probabilities.sum() - 1) < 1e-5, probabilities
assert one.as_numpy("label")[0] == str(probabilities[0].argmax()).encode()
assert one.get_response().id == "request 7"
assert one.get_response().model_version == "1"
assert one.get_response().parameters["athanor_version_digest"].string_param.startswith("sha256:")

batch = infer(images[:32], outputs=["probabilities"])
assert batch.as_numpy("probabilities").shape == (32, 10)
assert batch.as_numpy("label") is None
assert np.abs(batch.as_numpy("probabilities")[:1] - probabilities).max() <= 1e-6

statistics = client.get_inference_statistics("digits", headers=headers).model_stats[0]
assert statistics.inference_stats.success.count == 2, statistics
assert statistics.inference_count == 33, statistics

expect_error("NOT_FOUND", "Request for unknown model: 'nothing' is not found", lambda: infer(images[:1], name="nothing"))
expect_error("NOT_FOUND", "version 9 is not found", lambda: infer(images[:1], version="9"))
expect_error("INVALID_ARGUMENT", "unexpected inference input 'picture'", lambda: infer(images[:1], input_name="picture"))
expect_error("INVALID_ARGUMENT", "data-type is 'FP32', but model 'digits' expects 'UINT8'", lambda: infer(images[:1].astype(np.float32), dtype="FP32"))
expect_error("INVALID_ARGUMENT", "unexpected shape for input 'image'", lambda: infer(images[:1, :, :14].copy()))
expect_error("INVALID_ARGUMENT", "unexpected inference output 'colour'", lambda: infer(images[:1], outputs=["colour"]))
expect_error("UNAUTHENTICATED", "no credential", lambda: client.get_server_metadata())
assert client.is_server_live() and client.is_server_ready(), "probes need no credential"

print("all checks passed")
