"""Exercises of lesson 6, from trained models to servables."""

from pathlib import Path

from aoi_modules.course.checks import Hint, exercise, kind
from aoi_modules.modelstore import manifest, version_dir


@exercise("6.1")
def contract(answer: object) -> str:
    """Names and dtype of fashion's `serving_default`."""
    if not isinstance(answer, dict) or set(answer) != {"input", "dtype", "outputs"}:
        raise Hint(f"found {kind(answer)}, expected a dict with the keys input, dtype and outputs")
    if answer["input"] != "image":
        raise Hint(f"input: found {kind(answer['input'])}, expected the name that structured_input_signature shows")
    if answer["dtype"] in ("float32", "uint8"):
        raise Hint(f"dtype: found {answer['dtype']!r}; that is a decoded picture, but a camera sends encoded bytes")
    if answer["dtype"] != "string":
        raise Hint(f"dtype: found {kind(answer['dtype'])}, expected TensorFlow's name for encoded bytes")
    if list(answer["outputs"]) != ["category"]:
        raise Hint(f"outputs: found {kind(answer['outputs'])}, expected the name of each head, here one")
    return "encoded pictures in, one named output a head"


@exercise("6.2")
def new_version(answer: object) -> str:
    """The folder of tile version 2 with the threshold 0.2, beside an unchanged version 1."""
    if not isinstance(answer, Path):
        raise Hint(f"found {kind(answer)}, expected the path of a version directory")
    if not answer.is_dir():
        raise Hint(f"found {answer}, which is no folder; write_servable(...).path gives the one it wrote")
    version_dir.verify(answer)
    described = manifest.read(answer)
    if described.version != 2 or answer.name != "2":
        raise Hint(f"found version {described.version} in {answer.name}, expected 2: one more than the newest")
    threshold = described.head("defect").threshold
    if threshold != 0.2:
        raise Hint(f"found the threshold {threshold}, expected 0.2; it stands in the head of the source")
    first = manifest.read(answer.with_name("1")).head("defect").threshold
    if first == 0.2:
        raise Hint("version 1 has the threshold 0.2 now; a version never changes, so leave it as it was")
    version_dir.verify(answer.with_name("1"))
    return f"version 2 fails parts from 0.2 on, version 1 still from {first:.2f}"
