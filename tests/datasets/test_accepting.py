"""The assertion in the graph: its sentence, run at once, traced, and saved."""

from pathlib import Path

import pytest
from PIL import Image

from aoi_modules.datasets.accepting import accepted
from aoi_modules.pictures import formats
from aoi_modules.tf import tf
from tests.pictures import drawn
from tests.pictures.drawn import encoded, soft

RGB = Image.fromarray(soft(16, 16))
PICTURES = {form: encoded(RGB, form) for form in ("PNG", "JPEG", "BMP")}
REFUSED = {
    "nothing": (b"", formats.NOTHING),
    "text": (b"hello", formats.UNKNOWN),
    "GIF": (encoded(RGB, "GIF"), next(refusal for _, start, refusal in formats.FOREIGN if start == b"GIF8")),
    "WebP": (encoded(RGB, "WEBP"), next(refusal for _, start, refusal in formats.FOREIGN if start == b"WEBP")),
    "16 bits": (drawn.png(bytes(100), 3, 3, bits=16), formats.SIXTEEN_BITS),
    "CMYK": (encoded(RGB.convert("CMYK"), "JPEG"), formats.PRINT_COLOURS),
    "palette BMP": (encoded(RGB.quantize(60), "BMP"), formats.COLOUR_TABLE),
    "too large": (drawn.png(b"", 60_000, 60_000), formats.TOO_LARGE),
    "cut off": (PICTURES["BMP"][:-1], formats.DAMAGED),
}


@pytest.mark.parametrize("form", PICTURES)
def test_what_is_read_passes_as_it_is(form: str) -> None:
    assert accepted(tf.constant(PICTURES[form])).numpy() == PICTURES[form]


def test_a_bmp_loses_what_stands_behind_its_pixels() -> None:
    assert accepted(PICTURES["BMP"] + b"behind").numpy() == PICTURES["BMP"]


@pytest.mark.parametrize("case", REFUSED)
def test_the_rest_fails_by_its_sentence_at_once_and_traced(case: str) -> None:
    content, refusal = REFUSED[case]
    for run in (accepted, tf.function(accepted)):
        with pytest.raises(tf.errors.InvalidArgumentError) as caught:
            run(tf.constant(content))
        assert refusal.sentence in caught.value.message


def test_the_assertion_survives_saving(tmp_path: Path) -> None:
    module = tf.Module()
    module.run = tf.function(accepted, input_signature=[tf.TensorSpec((), tf.string)])
    tf.saved_model.save(module, str(tmp_path))
    loaded = tf.saved_model.load(str(tmp_path))
    assert loaded.run(PICTURES["PNG"]).numpy() == PICTURES["PNG"]
    for content, refusal in REFUSED.values():
        with pytest.raises(tf.errors.InvalidArgumentError) as caught:
            loaded.run(content)
        assert refusal.sentence in caught.value.message
