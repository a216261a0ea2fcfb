# ruff: noqa: RUF001
"""What names of classes say about their parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.datasets.folder.class_names import Opinion, opinion

GOOD = """
good OK ok_front okFront OKFront good-001 GOOD_PARTS ＯＫ OK件 良品 正常品_1 合格 無異常 无缺陷 양품 정상부품 хорошо
годен gut i.O. iO IO bueno bon İyi ดี O.K. no_defect without-defects defect-free keine_Fehler
anomaly-free 0_defects non-defective sans_défaut не_дефектный
""".split()
DEFECTIVE = """
NG def_front defects NG件 不良 不良品 非良品 不是良品 不合格 未通过 불량품 비정상 брак не_годен негоден schlecht n.i.O.
niO NIO n_io malo mauvais KÖTÜ hatalı HATALI ไม่ดี not_ok nok N.OK notOK no_good NOT-GOOD non_conforme K.O. n.o.k. FAIL
no-go abnormal_1
""".split()
NOTHING = "left right 0 1 class_0 goodness bypass okra knock scratch 划痕 改良 true".split()
DOUBTFUL = """
almost_ok ok? good_or_bad ok_ng ok_with_dust ok_no_label ok_not false_ng 良品ではない 无明显缺陷 疑似不良
""".split()


@pytest.mark.parametrize("name", GOOD)
def test_good_parts_are_known_by_their_name(name: str) -> None:
    assert opinion(name) == Opinion(good=True, sure=True)


@pytest.mark.parametrize("name", DEFECTIVE)
def test_defective_parts_are_known_by_their_name_and_a_negation_is_not_read_over(name: str) -> None:
    found = opinion(name)
    assert found is not None
    assert not found.good


@pytest.mark.parametrize("name", [*NOTHING, *DOUBTFUL])
def test_names_that_say_nothing_or_leave_a_doubt_give_no_opinion(name: str) -> None:
    assert opinion(name) is None


def test_a_word_of_many_meanings_is_sure_only_alone() -> None:
    assert opinion("normal") == Opinion(good=True, sure=True)
    assert opinion("normal_mode") == Opinion(good=True, sure=False)
    assert opinion("io connector") == Opinion(good=True, sure=False)


@given(st.text())
def test_any_name_can_be_asked_about(name: str) -> None:
    assert opinion(name) == opinion(name)


@given(st.sampled_from(GOOD), st.sampled_from(DEFECTIVE))
def test_a_name_that_says_both_says_nothing(good: str, defective: str) -> None:
    assert opinion(f"{good} {defective}") is None
    assert opinion(f"{defective} / {good}") is None
