"""Exercises of lesson 6, from trained models to servables."""

from pathlib import Path

from aoi_modules.course.checks import Hint, exercise, kind
from aoi_modules.course.exercises.fields import fields, number
from aoi_modules.modelstore import layout, manifest, version_dir
from aoi_modules.modelstore.manifest import Manifest

PAIR = {"short": 0.3, "open": 0.6}
"""Head -> threshold that exercise 6.3 asks for."""
TRUNK, BLOCK, BLOCKS = 27, 8, 13
"""Convolutions of a MobileNet: one at the bottom, then two in each of 13 blocks; 6.4 fine-tunes from block 8 on."""
CHANGED = 2 * (BLOCKS - BLOCK + 1)
HEADS = 6


@exercise("6.1")
def contract(answer: object) -> str:
    """Names and dtype of fashion's `serving_default`."""
    if not isinstance(answer, dict) or set(answer) != {"input", "dtype", "outputs"}:
        raise Hint(f"found {kind(answer)}, expected a dict with the keys input, dtype and outputs")
    if answer["input"] != layout.IMAGE:
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
    folder, described = _published(answer)
    if described.version != 2 or folder.name != "2":
        raise Hint(f"found version {described.version} in {folder.name}, expected 2: one more than the newest")
    threshold = described.head("defect").threshold
    if threshold != 0.2:
        raise Hint(f"found the threshold {threshold}, expected 0.2; it is a field of the source's head")
    first = manifest.read(folder.with_name("1")).head("defect").threshold
    if first == 0.2:
        raise Hint("version 1 has the threshold 0.2 now; a version never changes, so leave it as it was")
    version_dir.verify(folder.with_name("1"))
    return f"version 2 fails parts from 0.2 on, version 1 still from {first:.2f}"


@exercise("6.3")
def pair(answer: object) -> str:
    """The folder of a servable with the heads short and open, each with the threshold that was asked for."""
    _, described = _published(answer)
    found = {head.name: head.threshold for head in described.heads}
    if set(found) < set(PAIR):
        raise Hint(
            f"found a servable with the head {', '.join(found)} alone; two calls write two versions, of which a server "
            "loads one. write_servable takes a list of sources"
        )
    if set(found) != set(PAIR):
        raise Hint(f"found the heads {', '.join(found)}, expected {' and '.join(PAIR)}")
    for name, threshold in PAIR.items():
        if found[name] != threshold:
            raise Hint(f"{name}: found the threshold {found[name]:.3g}, expected {threshold}; a Wish says it to read")
    return "one component, two heads, each with a threshold of its own; the trunk is in there once"


def _published(answer: object) -> tuple[Path, Manifest]:
    """The folder of a whole version directory, and its manifest."""
    if not isinstance(answer, Path):
        raise Hint(f"found {kind(answer)}, expected the path of a version directory")
    if not answer.is_dir():
        raise Hint(f"found {answer}, which is no folder; write_servable(...).path gives the one it wrote")
    version_dir.verify(answer)
    return answer, manifest.read(answer)


@exercise("6.4")
def convolutions(answer: object) -> str:
    """How many convolutions differ after fine-tuning from block 8 on, and how many six merged heads have then."""
    counts = fields(answer, ("changed", "merged"))
    changed, merged = number("changed", counts["changed"]), number("merged", counts["merged"])
    if changed == BLOCKS - BLOCK + 1:
        raise Hint("changed: found the number of blocks, but each has two convolutions, conv_dw and conv_pw")
    if changed == CHANGED - 2:
        raise Hint("changed: found what lies above conv_dw_8 and its block; it learns too, so its block counts")
    if changed == 2 * BLOCK or changed == TRUNK - CHANGED:
        raise Hint("changed: found the lower part; the upper layers learn, the lower ones stay as they were")
    if changed != CHANGED:
        raise Hint(f"changed: found {changed:g}; count conv_dw_8, conv_pw_8, and so on up to conv_pw_{BLOCKS}")
    if merged == TRUNK:
        raise Hint(
            "merged: found one whole trunk, as if spur's still had the same weights; what differs is there twice"
        )
    if merged in (2 * TRUNK, HEADS * TRUNK):
        raise Hint(
            "merged: found whole trunks, as if nothing was equal; the layers under conv_dw_8 still are, and so is "
            "their input"
        )
    if merged == TRUNK + (HEADS - 1) * CHANGED:
        raise Hint(
            "merged: found an upper part for each head, but the five others were not fine-tuned and share theirs"
        )
    if merged != TRUNK + CHANGED:
        raise Hint(f"merged: found {merged:g}; take the one trunk of five heads, and add what spur has for itself")
    return f"{TRUNK} for all, and {CHANGED} more that spur needs for itself; look below"
