"""Every service stands in the picture, inside of it, and each way begins and ends at one of them."""

from aoi_modules.study.watching.service_drawing import BOXES, WAYS, services


def touches(point: tuple[float, float]) -> bool:
    return any(
        left - 0.05 <= point[0] <= left + width + 0.05 and low - 0.05 <= point[1] <= low + height + 0.05
        for (left, low, width, height), _ in BOXES.values()
    )


def test_all_services_are_drawn() -> None:
    plot = services()
    (axes,) = plot.axes
    assert set(BOXES) <= {text.get_text() for text in axes.texts}
    assert plot._repr_png_().startswith(b"\x89PNG")


def test_each_way_leads_from_one_to_another() -> None:
    for start, end, _, text in WAYS:
        assert touches(start), text
        assert touches(end), text


def test_no_two_stand_on_the_same_place() -> None:
    places = [place for place, _ in BOXES.values()]
    for number, (left, low, width, height) in enumerate(places):
        for other_left, other_low, other_width, other_height in places[:number]:
            apart = left + width <= other_left or other_left + other_width <= left
            above = low + height <= other_low or other_low + other_height <= low
            assert apart or above
