"""The drawing lets in what the quota lets in."""

from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from aoi_modules.study.clusters.room_drawing import IN, OUT, wanted_pods


def test_pods_beyond_the_tightest_amount_are_refused_in_every_bar() -> None:
    plot = wanted_pods({"cpu": 1000, "memory": 150}, {"cpu": 100, "memory": 64}, 3, title="a room")
    (axes,) = plot.axes
    blocks = [one for one in axes.patches if isinstance(one, Rectangle)]
    assert [to_hex(one.get_facecolor()) for one in blocks] == [IN, IN, OUT, IN, IN, OUT]
    ends = [one.get_x() + one.get_width() for one in blocks]
    assert ends[4] < 1 < ends[5]
    assert ends[2] < 1, "of the other amount there is enough"


def test_a_question_does_not_show_its_answer() -> None:
    (axes,) = wanted_pods({"memory": 150}, {"memory": 64}, 3, title="a room", judged=False).axes
    assert {to_hex(one.get_facecolor()) for one in axes.patches} == {IN}
