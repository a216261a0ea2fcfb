"""What a check found, in words."""

import msgspec

from aoi_modules.datasets.checking.findings import LEFT_OUT, TOGETHER, Entry, Findings, Odd, Twins, lines


def twins(*entries: tuple[str, str, str], how: str = "equal") -> Twins:
    return Twins(how, tuple(Entry(*entry) for entry in entries))


CONTRADICTION = twins(("good/1.png", "good", LEFT_OUT), ("bad/1.png", "bad", LEFT_OUT))
LEAK = twins(("good/2.png", "good", "train"), ("good/3.png", "good", "test"), how="nearly")
REPEAT = twins(*[(f"good/{number}.png", "good", "train") for number in range(4, 10)])
FOUND = Findings(
    path="/data/parts",
    refused="1 of 3 entries cannot be used",
    way_out="skip them",
    counts={"bad": {"train": 1, "test": 0}, "good": {"train": 1234, "test": 7}},
    kinds={"PNG, gray, 8 bits": 3},
    sizes={f"{size} x 9": 1 for size in range(8)},
    twins=(CONTRADICTION, LEAK, REPEAT),
    odd=tuple(Odd(Entry(f"{number}.png", "good", "train"), "shows nothing") for number in range(7)),
    left_out=("bad/1.png: broken",),
)


def test_twins_are_sorted_by_what_they_do() -> None:
    assert (FOUND.contradictions, FOUND.leaks, FOUND.repeats) == ((CONTRADICTION,), (LEAK,), (REPEAT,))


def test_a_picture_that_is_left_out_leaks_nothing() -> None:
    assert not twins(("1", "good", "train"), ("2", "good", LEFT_OUT)).across_tables


def test_people_read_a_verdict_counts_and_examples() -> None:
    told = lines(FOUND, most=3)
    assert told[0] == "/data/parts"
    assert told[1:4] == ["  class  train  test", "  bad        1     0", "  good   1,234     7"]
    assert "files: PNG, gray, 8 bits (3)" in told
    assert "  and 5 other sizes" in told
    place = told.index("the same picture in several classes: 1")
    assert told[place + 1] == "  equal: good/1.png (good, left out) = bad/1.png (bad, left out)"
    assert "  nearly equal: good/2.png (good, train) = good/3.png (good, test)" in told
    assert any(line.endswith("good/7.png (good, train) and 2 more") for line in told)
    assert f"  {TOGETHER}" in told
    assert told[told.index("unlike the others: 7") + 4] == "  and 4 more"
    assert told[-2:] == ["training refuses it: 1 of 3 entries cannot be used", "  skip them"]


def test_what_is_not_there_is_not_told() -> None:
    assert lines(Findings(path="/data/parts")) == ["/data/parts", "training takes it"]


def test_machines_read_it_back() -> None:
    assert msgspec.json.decode(msgspec.json.encode(FOUND), type=Findings) == FOUND
