import pytest

from aoi_modules.commands.options.writing import _meaning
from aoi_modules.modelstore.manifest import Head


@pytest.mark.parametrize(
    ("threshold", "text"), [(0.5, "0.5"), (0.9995, "0.9995"), (1.0, "1"), (0.48213019967, "0.48213")]
)
def test_a_threshold_is_not_rounded_to_another_one(threshold: float, text: str) -> None:
    head = Head(name="defect", kind="defect", labels=("crack",), threshold=threshold)
    assert _meaning(head) == f"threshold {text}"
