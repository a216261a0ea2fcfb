"""report.html"""

import base64
import re
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

from aoi_modules import plots
from aoi_modules.modelstore.manifest import Head
from aoi_modules.modelstore.training_report import ClassResult, Mistake, TrainingReport
from aoi_modules.training.reporting import page
from aoi_modules.training.reporting.page import Row
from aoi_modules.verdict import Verdict
from tests.training.small import ORIGIN, PICTURE

DEFECT = Head(
    name="crack",
    kind="defect",
    labels=("good", "crack"),
    threshold=0.3456,
    metrics={"auroc": 0.98765, "escape_rate": 0.05, "escape_rate_low": 0.01, "escape_rate_high": 0.2, "novel": 2.0},
)
REPORT = TrainingReport(
    recipe="magnetic-tile",
    profile="ci",
    seed=7,
    heads=(DEFECT,),
    picture=PICTURE,
    data=ORIGIN,
    backbone="mobilenet-0.25",
    weights="random",
    metrics={**DEFECT.metrics, "train_pictures": 1200.0, "test_pictures": 40.0},
    notes=("the backbone has random weights",),
    samples=(),
    seconds=83.25,
    model_sha256="f" * 64,
    tools={"keras": "3.15.1"},
    options={"epochs": 20, "cached": True, "learning_rate": 0.003, "imbalance": "focal-loss"},
    left_out=("<script>alert(1)</script>: no picture",),
)


class Outline(HTMLParser):
    """Tags that are open, and what the page would load."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.sources += [value or "" for name, value in attrs if name in ("src", "href", "srcset")]
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def outline(text: str) -> Outline:
    found = Outline()
    found.feed(text)
    return found


@pytest.fixture
def png(tmp_path: Path) -> Path:
    file = tmp_path / "plot.png"
    plots.history({"loss": [1.0, 0.5]}, ORIGIN).savefig(file, dpi=30)
    return file


def test_the_page_is_one_whole_file_that_loads_nothing(tmp_path: Path, png: Path) -> None:
    path = page.write_page(tmp_path, REPORT, {"history": png, "roc-crack": png})
    text = path.read_text(encoding="utf-8")
    found = outline(text)
    assert path == tmp_path / "report.html"
    assert found.open == []
    assert "script" not in found.tags
    assert "link" not in found.tags
    assert len(found.sources) == 2
    for source in found.sources:
        kind, _, content = source.partition(",")
        assert kind == "data:image/png;base64"
        assert base64.b64decode(content) == png.read_bytes()
    assert not re.search(r"https?://|@import|url\(", text)


def test_what_is_written_in_data_is_text_not_markup() -> None:
    text = page.page(REPORT, {})
    assert "&lt;script&gt;alert(1)&lt;/script&gt;: no picture" in text
    assert "<script" not in text


def test_drawn_data_is_said_loudly_and_only_then() -> None:
    assert 'class="loud"' in page.page(REPORT, {})
    assert "(stand-in data)</title>" in page.page(REPORT, {})
    real = msgspec.structs.replace(REPORT, data=msgspec.structs.replace(ORIGIN, stand_in=False))
    assert "stand-in" not in page.page(real, {}).lower()


def test_figures_come_with_meaning_and_interval() -> None:
    found = {row.name: row for row in page.rows(DEFECT)}
    assert list(found) == ["threshold", "AUROC", "escape rate", "novel"]
    assert found["escape rate"] == Row("escape rate", "defective parts that pass", "5.0%", "1.0% to 20.0%")
    assert found["threshold"].value == "0.346"
    assert (found["AUROC"].value, found["AUROC"].interval) == ("0.988", "")
    assert found["novel"] == Row("novel", "", "2", "")


def test_figures_of_unseen_things_say_so() -> None:
    head = Head(
        name="open",
        kind="defect",
        labels=("good", "open"),
        metrics={"unseen_escape_rate": 0.1, "unseen_escape_rate_low": 0.0, "unseen_escape_rate_high": 0.3},
    )
    (row,) = page.rows(head)
    assert (row.name, row.value, row.interval) == ("escape rate, unseen", "10.0%", "0.0% to 30.0%")
    assert "saw nothing" in row.meaning


def test_quantities_are_readable() -> None:
    head = Head(
        name="price",
        kind="value",
        labels=(),
        metrics={"median_percentage_error": 0.2134, "mean_absolute_error": 123456.7},
    )
    assert [row.value for row in page.rows(head)] == ["21.3%", "123,457"]


def test_several_heads_explain_a_figure_once_and_have_a_table_together() -> None:
    heads = (DEFECT, msgspec.structs.replace(DEFECT, name="fray"))
    figures = {f"{head.name}_{name}": value for head in heads for name, value in head.metrics.items()}
    many = msgspec.structs.replace(REPORT, heads=heads, metrics={**figures, "mean_auroc": 0.9})
    text = page.page(many, {})
    assert text.count("defective parts that pass") == 1
    assert text.count(">escape rate") == 2
    assert "all heads together" in text
    assert "mean AUROC" in text
    assert "all heads together" not in page.page(REPORT, {})


def test_options_tools_and_pictures_are_told() -> None:
    text = page.page(REPORT, {})
    for part in ("learning rate", "0.003", "focal-loss", "3.15.1", "1,200 train, 40 test", "f" * 64, "83.2 s"):
        assert part in text
    assert re.search(r"cached</td><td>yes<", text)


def test_every_plot_says_how_to_read_it(png: Path) -> None:
    text = page.page(REPORT, {"roc-pin-hole": png, "overkill_over_escape": png, "something_else": png})
    assert "ROC: pin-hole" in text
    assert page.READINGS["overkill_over_escape"] in text
    assert "<h3>Something else</h3>" in text
    assert text.count("<figcaption>") == 2


def test_a_report_with_next_to_nothing_is_a_page_too() -> None:
    bare = msgspec.structs.replace(
        REPORT, heads=(Head(name="x", kind="value", labels=()),), metrics={}, notes=(), options={}, left_out=()
    )
    text = page.page(bare, {})
    assert "Nothing could be measured" in text
    assert outline(text).open == []
    assert "Before you believe" not in text


@pytest.mark.parametrize(("seconds", "text"), [(83.25, "83.2 s"), (600, "10 min"), (7860, "2 h 11 min")])
def test_long_trainings_are_told_in_hours(seconds: float, text: str) -> None:
    assert f"&middot; {text}</p>" in page.page(msgspec.structs.replace(REPORT, seconds=seconds), {})


def test_the_wrong_pictures_stand_before_all_figures(png: Path) -> None:
    wrong = Mistake(
        picture="crack/<1>.png", head="crack", kind="escaped", truth="crack", answer="good", score=0.25,
        verdict=Verdict.PASS,
    )  # fmt: skip
    report = msgspec.structs.replace(REPORT, mistakes=(wrong,))
    text = page.page(report, {}, {wrong.picture: png.read_bytes()})
    assert outline(text).open == []
    assert text.index("Escaped: 1") < text.index("crack/&lt;1&gt;.png") < text.index("Figures on the test pictures")
    assert base64.b64encode(png.read_bytes()).decode() in text


def test_a_page_without_mistakes_says_so_and_one_of_values_says_nothing() -> None:
    assert "No test picture was answered wrong" in page.page(msgspec.structs.replace(REPORT, mistakes=()), {})
    value = Head(name="price", kind="value", labels=())
    priced = msgspec.structs.replace(REPORT, heads=(value,), mistakes=())
    assert "wrong ones first" not in page.page(priced, {})
    assert "wrong ones first" not in page.page(REPORT, {})


def test_classes_are_counted_by_table_with_their_rates() -> None:
    results = (
        ClassResult(head="crack", name="good", pictures=20, good=True, passed=18),
        ClassResult(head="crack", name="crack", pictures=10, good=False, passed=1),
    )
    counts = {"good": {"train": 60, "validation": 21, "test": 20}, "crack": {"train": 30, "validation": 11, "test": 10}}
    report = msgspec.structs.replace(REPORT, classes=results, counts=counts)
    good, crack = page.class_rows(report, DEFECT)
    assert (good.name, good.counts, good.right) == ("good", ("60", "21", "20"), "")
    assert good.wrong.startswith("10.0% (2 of 20")
    assert good.wrong.endswith("overkill")
    assert crack.wrong.startswith("10.0% (1 of 10")
    assert crack.wrong.endswith("escaped")
    assert "Wrong verdict" in page.page(report, {})
    assert "Right label" not in page.page(report, {})


def test_the_title_is_the_part_of_ones_own_pictures() -> None:
    assert "<title>magnetic-tile: what" in page.page(REPORT, {})
    own = msgspec.structs.replace(REPORT, recipe="folder", data=msgspec.structs.replace(ORIGIN, name="capacitor"))
    assert "<title>capacitor: what" in page.page(own, {})
