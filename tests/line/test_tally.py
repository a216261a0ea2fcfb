from aoi_modules.line.faults.kinds import Fault
from aoi_modules.line.pictures import KnownPicture
from aoi_modules.line.tally import Tally
from aoi_modules.verdict import Verdict

GOOD, CRACK = KnownPicture("tile", b"", ""), KnownPicture("tile", b"", "Crack")


def test_verdicts_are_counted_against_what_is_true() -> None:
    tally = Tally()
    assert tally.in_words() == "0 pictures: 0 PASS, 0 REVIEW, 0 FAIL"
    for picture, verdict in ((GOOD, "PASS"), (GOOD, "FAIL"), (GOOD, "REVIEW"), (CRACK, "PASS"), (CRACK, "FAIL")):
        tally.judged(picture, None, Verdict(verdict))
    tally.judged(CRACK, Fault.DARK, Verdict.PASS)
    tally.refuse()
    tally.fail()
    assert (tally.escaped.count, tally.escaped.total) == (1, 2), "nothing is true of a picture that was spoiled"
    assert (tally.overkilled.count, tally.overkilled.total) == (1, 3)
    assert tally.inspected == 6
    assert tally.in_words() == (
        "6 pictures: 3 PASS, 1 REVIEW, 2 FAIL; 1 of 2 defective ones passed; 1 of 3 good ones failed; "
        "1 broken ones were refused; 1 got no answer"
    )
