"""Figures of quality from the first picture to the page's numbers."""

from tests.gateway.doors.station.conftest import Station


def test_what_people_said_becomes_figures(station: Station) -> None:
    for number in range(12):
        station.inspect((0.1, 0.45, 0.9)[number % 3], lot=f"L{number % 2}")
    unknown = station.get("/v1/quality").json()["total"]["escape"]
    assert (unknown["value"], "was judged at random" in unknown["unknown"]) == (None, True)
    while (part := station.next("Ada"))["inspection"] is not None:
        record = station.get(f"/v1/inspections/{part['inspection']}").json()
        bad = record["inspection"]["verdict"] != "PASS"
        opinion = {"verdict": "defect", "defect": "crack"} if bad else {"verdict": "good"}
        assert station.judge(part["inspection"], **opinion).status_code == 200
    found = station.get("/v1/quality", by="lot").json()
    total = found["total"]
    assert total["verdicts"] == {"PASS": 4, "REVIEW": 4, "FAIL": 4}
    assert (total["escape"]["value"], total["escape"]["interval"][0]) == (0.0, 0.0)
    assert total["escape"]["interval"][1] > 0.1, "of eight defective parts nobody is that sure"
    assert total["overkill"]["value"] == 0.0
    assert (total["first_pass"]["value"], total["first_pass"]["of"]) == (1 / 3, 12)
    assert {group["name"] for group in found["groups"]} == {"L0", "L1"}
    assert [(bar["name"], bar["count"]) for bar in found["defects"]] == [("crack", 8.0)]
    assert len(found["chart"]["points"]) == 2


def test_shifts_are_those_of_the_plant(station: Station) -> None:
    station.inspect(0.1)
    (group,) = station.get("/v1/quality", by="shift").json()["groups"]
    assert group["name"] in ("early", "late")
    assert station.get("/v1/quality", shift=group["name"]).json()["total"]["first_pass"]["parts"] == 1
    refused = station.get("/v1/quality", shift="noon")
    assert (refused.status_code, "shift: expected one of: early, late" in refused.json()["detail"]) == (400, True)
