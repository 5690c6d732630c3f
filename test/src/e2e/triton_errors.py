"""What scripts of this folder expect of an error that Triton's client raises."""

from tritonclient.utils import InferenceServerException


def expect_error(code, words, call):
    try:
        call()
    except InferenceServerException as error:
        assert code in error.status(), f"expected {code}, got {error.status()}: {error.message()}"
        assert words in error.message(), f"expected {words!r} in {error.message()!r}"
        return
    raise AssertionError(f"expected {code} {words!r}, got an answer")
