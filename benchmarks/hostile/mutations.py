"""Broken messages: bodies with changed bytes, requests whose parts contradict each other, strange JSON documents.

Whoever calls gives the random numbers, so that a seed repeats what was sent.
"""

import random
from typing import Any

from aoi_modules.wire.messages import PredictRequest, TensorProto
from aoi_modules.wire.schema import DATA_TYPES
from benchmarks.serving import jpeg


def mutated(body: bytes, chance: random.Random) -> bytes:
    """The body with bits flipped, bytes changed, and parts cut out, doubled, swapped or put in."""
    data = bytearray(body)
    kinds = chance.choice((range(7), (0, 1, 5)))  # of those that leave the length as it is, more is still a message
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        at = chance.choice((chance.randrange(len(data) + 1), chance.randrange(min(len(data), 64) + 1)))
        size = chance.choice((1, 2, 8, 40, 1000))
        match chance.choice(kinds):
            case 0 if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
            case 1 if at < len(data):
                data[at] = chance.randrange(256)
            case 2:
                del data[at : at + size]
            case 3:
                data[at:at] = data[at : at + size]
            case 4:
                data[at:at] = chance.randbytes(min(size, 40))
            case 5:
                other = chance.randrange(len(data) + 1)
                data[at : at + size], data[other : other + size] = data[other : other + size], data[at : at + size]
            case _ if chance.random() < 0.2:
                del data[at:]
    return bytes(data)


def contradict(request: PredictRequest, chance: random.Random) -> None:
    """Changes one to three things, each of them well-formed."""
    for _ in range(chance.randint(1, 3)):
        name = chance.choice(list(request.inputs) or ["x"])
        tensor = request.inputs[name]
        dims = tensor.tensor_shape.dim
        number = chance.choice((-1, 0, 1, 2, 3, 7, 95, 97, 1 << 31, 1 << 40, (1 << 63) - 1, -(1 << 63)))
        match chance.randrange(14):
            case 0:
                tensor.dtype = chance.choice((*range(len(DATA_TYPES)), 100, 101, 114, -5, 1 << 30))
            case 1 if dims:
                dims[chance.randrange(len(dims))].size = number
            case 2:
                dims.add(size=number)
            case 3 if dims:
                del dims[chance.randrange(len(dims))]
            case 4:
                tensor.tensor_content = tensor.tensor_content[: chance.randrange(len(tensor.tensor_content) + 1)]
            case 5:
                tensor.tensor_content += chance.randbytes(chance.choice((1, 3, 4, 1024)))
            case 6:
                set_random_field(tensor, chance)
            case 7:
                request.inputs[chance.choice(("", "x", "\0", "image" * 1000, "ä"))].CopyFrom(tensor)
            case 8:
                del request.inputs[name]
            case 9:
                request.output_filter.append(chance.choice(("", "y", "output_0", "\x7f", "z" * 10_000)))
            case 10:
                request.model_spec.signature_name = chance.choice(("nope", "__saved_model_init_op", "x" * 10_000))
            case 11:
                request.model_spec.version.value = number
            case 12:
                request.model_spec.version_label = chance.choice(("", "stable", "\n"))
            case _:
                tensor.tensor_shape.unknown_rank = True
    if chance.random() < 0.05:
        request.model_spec.name = chance.choice(("", "nope", "a/../b", "\0", "m" * 100_000))


def set_random_field(tensor: TensorProto, chance: random.Random) -> None:
    """Puts values into a typed field, right or wrong; sometimes strings that are no pictures, or half of one."""
    picture = jpeg()
    values: dict[str, list[Any]] = {
        "float_val": [chance.uniform(-1, 1), float("nan"), float("inf"), 1e38],
        "int_val": [0, -1, (1 << 31) - 1],
        "string_val": [b"", b"\xff\xd8\xff", picture[: chance.randrange(len(picture))], mutated(picture, chance),
                       b"BM" + chance.randbytes(60), b"\x89PNG\r\n\x1a\n" + chance.randbytes(40), b"GIF89a"],
        "half_val": [-1, 0, 1 << 20],
        "bool_val": [True, False],
        "int64_val": [-(1 << 63), (1 << 63) - 1],
        "scomplex_val": [1.0],
    }  # fmt: skip
    name = chance.choice(list(values))
    if chance.random() < 0.5:
        tensor.ClearField("tensor_content")
        tensor.ClearField("string_val")
    getattr(tensor, name).extend(chance.choices(values[name], k=chance.choice((1, 2, 5))))


def json_body(body: bytes, chance: random.Random) -> bytes:
    """A small or strange document in place of a valid one, half of the time."""
    deep = chance.choice((10, 63, 64, 65, 2000, 20_000))
    documents = (
        b'{"instances": [1.0, -2.5e3, NaN, {"image": 3}]}',
        b'{"inputs": {"image": [[1, 2], [3, 4]]}}',
        b'{"instances": [{"image": {"b64": "aGk="}}, {"image": {"b64": ""}}]}',
        b'{"signature_name": "serving_default", "context": {"x": 1.5}, "examples": [{"x": [1.5], "y": "\\u00e4"}]}',
        b'{"instances": %s1%s}' % (b"[" * deep, b"]" * deep),
        b'{"n": %s1%s, "inputs": [1]}' % (b'{"a":[' * deep, b"]}" * deep),
        b'{"instances": [%s]}' % b",".join([b"1e99999", b"1" * 400, b"-0", b"1.", b"Inf"][: chance.randint(1, 5)]),
        b'{"inputs": {"image": [[], [[]], {}]}, "inputs": null}',
        b"[" * deep,
    )
    return chance.choice(documents) if chance.random() < 0.5 else body
