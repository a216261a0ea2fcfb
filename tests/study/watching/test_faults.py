"""A dimmed picture is as large as before, and darker. What faults do to a line is tested with the line."""

import io

import numpy as np
from PIL import Image

from aoi_modules.study.watching.faults import DIM, FAULTS, dimmed


def test_a_dimmed_picture_is_darker_and_of_the_same_size() -> None:
    file = io.BytesIO()
    Image.new("L", (12, 8), 200).save(file, "PNG")
    found = Image.open(io.BytesIO(dimmed(file.getvalue())))
    assert found.size == (12, 8)
    assert abs(float(np.asarray(found).mean()) - DIM * 200) < 1


def test_each_fault_has_a_name_of_its_own() -> None:
    assert len(set(FAULTS)) == len(FAULTS) == 4
