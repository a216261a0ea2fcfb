import io

import numpy as np
import pytest
from PIL import Image

from aoi_modules.errors import NotAPicture
from aoi_modules.line.faults.kinds import Fault
from aoi_modules.line.faults.pictures import DIM, spoiled
from aoi_modules.pictures import decoding
from aoi_modules.pictures.quality import measure_file
from tests.gateway.conftest import picture_bytes


def stripes() -> bytes:
    """A picture with sharp edges."""
    file = io.BytesIO()
    Image.fromarray(np.tile(np.array([40, 200], np.uint8), (60, 40))).save(file, "PNG")
    return file.getvalue()


def test_a_broken_picture_is_none() -> None:
    with pytest.raises(NotAPicture):
        decoding.decode(spoiled(picture_bytes(), Fault.BROKEN))


def test_a_lamp_dims() -> None:
    before, after = (decoding.decode(one).mean() for one in (stripes(), spoiled(stripes(), Fault.DARK)))
    assert after == pytest.approx(DIM * before, rel=0.02)


def test_a_lens_is_out_of_focus() -> None:
    before, after = (measure_file(one) for one in (stripes(), spoiled(stripes(), Fault.BLURRED)))
    assert after.sharpness < before.sharpness / 4
    assert after.brightness == pytest.approx(before.brightness, abs=0.02)
