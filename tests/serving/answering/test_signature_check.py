import numpy as np
import pytest

from aoi_modules.errors import RpcError
from aoi_modules.serving.answering import signature_check
from aoi_modules.serving.answering.signature_check import InputCheck
from aoi_modules.wire.messages import SignatureDef
from aoi_modules.wire.schema import DATA_TYPES
from tests.serving.fake_engine import float_signature

TWO = float_signature(inputs=("a", "b"), outputs=("y", "z"))


def picture_signature() -> SignatureDef:
    signature = SignatureDef()
    info = signature.inputs["image"]
    info.dtype = DATA_TYPES.index("UINT8")
    for size in (-1, 28, 28, 1):
        info.tensor_shape.dim.add(size=size)
    return signature


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ((), "input size does not match signature: 0!=2 len({}) != len({a,b}). Sent extra: {}. "
             "Missing but required: {a,b}."),
        (("a", "b", "c"), "input size does not match signature: 3!=2 len({a,b,c}) != len({a,b}). Sent extra: {c}. "
                          "Missing but required: {}."),
        (("a", "c"), "Signature input alias: b(feed name: b:0) not found in request and no default value provided"),
    ],
)  # fmt: skip
def test_other_inputs_are_refused(names: tuple[str, ...], message: str) -> None:
    with pytest.raises(RpcError) as caught:
        signature_check.check_names(TWO, names)
    assert caught.value.code == "INVALID_ARGUMENT"
    assert message in caught.value.message


def test_the_right_inputs_pass() -> None:
    signature_check.check_names(TWO, {"b", "a"})
    signature_check.check_names(float_signature(inputs=()), ())


def test_what_has_a_default_may_be_left_out() -> None:
    signature = float_signature(inputs=("a", "b", "c"))
    signature.defaults["b"].float_val.append(1.0)
    signature_check.check_names(signature, {"a", "c"})
    signature_check.check_names(signature, {"a", "b", "c"})
    with pytest.raises(RpcError, match=r"alias: c\(feed name: c:0\) not found in request and no default value"):
        signature_check.check_names(signature, {"a", "b"})
    with pytest.raises(RpcError, match="Used request inputs: a,c, request input: a,c,d"):
        signature_check.check_names(signature, {"a", "c", "d"})
    with pytest.raises(RpcError, match=r"4!=3 .* Sent extra: \{d\}"):
        signature_check.check_names(signature, {"a", "b", "c", "d"})


def test_outputs() -> None:
    assert signature_check.chosen_outputs(TWO, []) == ["y", "z"]
    assert signature_check.chosen_outputs(TWO, ["z"]) == ["z"]
    with pytest.raises(RpcError, match="output tensor alias not found in signature: q Outputs expected to be in the"):
        signature_check.chosen_outputs(TWO, ["q"])
    with pytest.raises(RpcError, match="duplicate output tensor alias: y"):
        signature_check.chosen_outputs(TWO, ["y", "y"])


def test_a_full_check_takes_any_batch() -> None:
    for batch in (0, 1, 5):
        inputs = {"image": np.zeros((batch, 28, 28, 1), np.uint8)}
        signature_check.check_inputs(picture_signature(), inputs, InputCheck.FULL)


@pytest.mark.parametrize(
    ("shape", "dtype", "received"),
    [
        ((28, 28, 1), "uint8", "uint8 (28, 28, 1)"),
        ((1, 28, 27, 1), "uint8", "uint8 (1, 28, 27, 1)"),
        ((1, 28, 28, 1), "float32", "float (1, 28, 28, 1)"),
    ],
)
def test_a_full_check_refuses_other_shapes_and_dtypes(shape: tuple[int, ...], dtype: str, received: str) -> None:
    inputs = {"image": np.zeros(shape, dtype)}
    if len(shape) == 4:
        signature_check.check_inputs(picture_signature(), inputs, InputCheck.RANK)
    with pytest.raises(RpcError) as caught:
        signature_check.check_inputs(picture_signature(), inputs, InputCheck.FULL)
    assert caught.value.message == f"input image: expected uint8 (?, 28, 28, 1). Received: {received}"


def test_another_rank_than_that_of_pictures_is_refused_unless_nothing_is_checked() -> None:
    inputs = {"image": np.ones((2, 2), np.float32)}
    with pytest.raises(RpcError, match=r"input image: expected .*Received: float \(2, 2\)"):
        signature_check.check_inputs(picture_signature(), inputs, InputCheck.RANK)
    signature_check.check_inputs(picture_signature(), inputs, InputCheck.NONE)
    with pytest.raises(RpcError, match="input size does not match signature"):
        signature_check.check_inputs(picture_signature(), {}, InputCheck.NONE)
