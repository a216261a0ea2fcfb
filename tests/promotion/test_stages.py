"""The two stages: a candidate tried beside the version in service, and what the line saw of it."""

import io
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PIL import Image

from aoi_modules.gateway.routes import Route
from aoi_modules.modelstore.registry.labelling import label
from aoi_modules.modelstore.registry.opening import open_registry
from aoi_modules.modelstore.registry.pushing import push
from aoi_modules.promotion import contest as contests
from aoi_modules.promotion.contest import Contest, contest_of
from aoi_modules.promotion.findings import decide
from aoi_modules.promotion.gate import Gate, HeldOut, Latency, Station
from aoi_modules.promotion.gathering import Evidence
from aoi_modules.promotion.stages import before_canary, before_stable, contenders_of
from aoi_modules.results.quality.strata import Stratum
from aoi_modules.verdict import Verdict
from tests.promotion.lines import KEY, judged
from tests.results.evidence.comparisons import caught, found

PASS, REVIEW, FAIL = Verdict


def route(**others: Any) -> Route:
    return msgspec.convert({"model": "lamp", "upstream": "127.0.0.1:1", "label": "stable", **others}, Route)


def evidence(folder: Path, count: int) -> Evidence:
    """As many dark good parts as bright defective ones, all of them judged."""
    parts, files = [], []
    for number in range(2 * count):
        good = number % 2 == 0
        pixels = np.random.default_rng(number).integers(0, 60, (8, 8), np.uint8) + (0 if good else 180)
        file = io.BytesIO()
        Image.fromarray(pixels.astype(np.uint8)).save(file, "png")
        files.append(folder / f"{number}.png")
        files[-1].write_bytes(file.getvalue())
        parts.append(judged(number, verdict=FAIL, chance=1.0, good=good))
    line = {(FAIL, 1.0): Stratum(verdict=FAIL, chance=1.0, population=2 * count, sampled_good=2 * count)}
    return Evidence(key=KEY, held_out=frozenset(), parts=parts, files=files, line=line)


@pytest.mark.slow
def test_a_candidate_by_its_own_limits_is_refused_or_waits_for_what_is_unknown(lamps: Path, tmp_path: Path) -> None:
    objects = open_registry(str(tmp_path / "registry"))
    for version in (1, 2):
        push(objects, lamps / str(version), who="me")
    label(objects, "lamp", "stable", 1, who="me")
    contest: Contest = contest_of(objects, "lamp", "2")
    base_path = contests.pull(objects, contest, tmp_path / "models")
    gate = Gate(held_out=HeldOut(escape=0.2, overkill=0.2), latency=Latency(ratio=50.0, rounds=6, calls=1), signed=True)
    known = evidence(tmp_path, 40)
    blind = route(canary={"label": "canary", "share": 0.1, "heads": {"glare": {"threshold": 0.999999}}})
    same, worse = (before_canary(one, contest, gate, known, base_path, ["key.pub"]) for one in (route(), blind))
    states = {one.rule: one.state for one in same}
    assert states == {
        "origin": "unknown",  # a lamp does not say what it learnt from
        "signed": "passed",
        "escape": "passed",
        "overkill": "passed",
        "parity": "passed",
        "size": "passed",
        "latency": "passed",
        "drift": "unknown",
    }
    assert decide(same) == "not enough evidence"
    escape = next(one for one in worse if one.rule == "escape")
    assert escape.state == "failed"
    assert "the candidate alone lets pass 40, the version in service alone 0" in escape.why
    assert decide(worse) == "refuse"
    assert [one.model.version for one in contenders_of(route(), contest)] == [1, 2]
    nothing = msgspec.structs.replace(gate, parity=None, size=None, drift=None, signed=None)
    empty = before_canary(route(), contest, nothing, evidence(tmp_path, 0), base_path, None)
    assert {one.rule: one.state for one in empty} == dict.fromkeys(
        ("origin", "escape", "overkill", "latency"), "unknown"
    )


def test_what_the_line_saw_decides() -> None:
    good = found(caught(FAIL, FAIL, 600), caught(PASS, FAIL, 60))
    assert decide(before_stable(good, 0, Station())) == "promote"
    assert decide(before_stable(good, None, Station())) == "not enough evidence"
    assert decide(before_stable(good, 2, Station())) == "refuse"
    assert decide(before_stable(good, None, Station(failures=None))) == "promote"
    unset = msgspec.structs.replace(good, unset=("defect",))
    assert decide(before_stable(unset, 0, Station())) == "limits not confirmed"
    assert decide(before_stable(found(caught(FAIL, FAIL, 300), caught(FAIL, PASS, 60)), 0, Station())) == "refuse"
