"""Small ONNX models, written without the package onnx: field by field, as the format says."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
WEIGHTS: Array = (np.random.default_rng(5).normal(size=(3, 2)) / 100).astype(np.float32)


def varint(value: int) -> bytes:
    head = b""
    while value >= 0x80:
        head, value = head + bytes([value & 0x7F | 0x80]), value >> 7
    return head + bytes([value])


def field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    content = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(content)) + content


def value_info(name: str, shape: Sequence[int | str]) -> bytes:
    dims = b"".join(field(1, field(1 if isinstance(size, int) else 2, size)) for size in shape)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, dims)))


def tensor(name: str, values: Array) -> bytes:
    dims = b"".join(field(1, size) for size in values.shape)
    return dims + field(2, 1) + field(8, name) + field(9, values.astype("<f4").tobytes())


def node(kind: str, inputs: Sequence[str], output: str, attributes: bytes = b"") -> bytes:
    taken = b"".join(field(1, name) for name in inputs)
    return taken + field(2, output) + field(3, output) + field(4, kind) + attributes


def integers(name: str, values: Sequence[int]) -> bytes:
    """An attribute that is a list of whole numbers."""
    return field(5, field(1, name) + b"".join(field(8, value) for value in values) + field(20, 7))


def integer(name: str, value: int) -> bytes:
    return field(5, field(1, name) + field(3, value) + field(20, 2))


def write(path: Path, shape: Sequence[int | str]) -> Path:
    """image -> mean of each channel -> `logits` (N, 2) and, after a softmax, `scores` (N, 2); NCHW or NHWC by shape."""
    axes = [1, 2] if shape[3] == 3 else [2, 3]
    nodes = [
        node("ReduceMean", ["image"], "mean", integers("axes", axes) + integer("keepdims", 0)),
        node("MatMul", ["mean", "weights"], "logits"),
        node("Softmax", ["logits"], "scores", integer("axis", 1)),
    ]
    graph = b"".join(field(1, one) for one in nodes) + field(2, "net") + field(5, tensor("weights", WEIGHTS))
    graph += field(11, value_info("image", shape)) + field(11, value_info("weights", WEIGHTS.shape))
    graph += field(12, value_info("scores", [shape[0], 2])) + field(12, value_info("logits", [shape[0], 2]))
    path.write_bytes(field(1, 8) + field(2, "tests") + field(7, graph) + field(8, field(1, "") + field(2, 13)))
    return path


def logits(pictures: Array) -> Array:
    """What the model says about float32 (N, H, W, 3)."""
    scores: Array = np.mean(pictures, axis=(1, 2)) @ WEIGHTS
    return scores
