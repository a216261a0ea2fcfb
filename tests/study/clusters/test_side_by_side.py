"""Each part of a line stands beside its field."""

from aoi_modules.study.clusters.jupyter_example import LINE, objects
from aoi_modules.study.clusters.side_by_side import side_by_side


def test_every_part_of_the_line_is_drawn_beside_its_field() -> None:
    (axes,) = side_by_side(LINE, objects()).axes
    words = [text.get_text() for text in axes.texts]
    for part in ("jupyter-eve:1", "-p 18500:8888", "--name jupyter-eve", "-v /srv/work:...", "-d --restart=always"):
        assert part in words
    for field in ("port: 18500\ntargetPort: 8888", "name: work\nstorage: 5Gi", "limits:\nnvidia.com/gpu: 1"):
        assert field in words
