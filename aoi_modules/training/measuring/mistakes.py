"""The test pictures about which a model was wrong, and what it says about each class. Pure.

Each answer is judged as the gateway judges it, by the threshold that ships with the head.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aoi_modules.datasets.table import Split, Table
from aoi_modules.judging.inspection import HeadResult, judge_head
from aoi_modules.judging.limits import HeadLimits
from aoi_modules.modelstore.manifest import Head
from aoi_modules.modelstore.training_report import ClassResult, Mistake, MistakeKind
from aoi_modules.verdict import Verdict

if TYPE_CHECKING:  # it needs TensorFlow
    from aoi_modules.training.measuring.evaluation import Evaluation

_WORST_FIRST: tuple[MistakeKind, ...] = ("escaped", "overkilled", "mislabelled")


def mistakes(results: "Sequence[Evaluation]", test: Table) -> tuple[Mistake, ...]:
    """Lists the wrong answers of all heads: escapes first, then overkill, then wrong labels, the surest error first.

    Args:
        results: of every head.
        test: the table that was measured.
    """
    found = [mistake for result in results for mistake in _mistakes_of(result, test)]
    return tuple(sorted(found, key=lambda one: (_WORST_FIRST.index(one.kind), _sureness(one), one.picture)))


def class_results(results: "Sequence[Evaluation]", test: Table) -> tuple[ClassResult, ...]:
    """Counts what each head that has labels says about the test pictures of each class. Arguments as `mistakes`."""
    found = []
    for result in results:
        answers_of: dict[tuple[str, bool], list[_Answer]] = defaultdict(list)
        for answer in _answers(result, test):
            answers_of[answer.truth, bool(answer.good)].append(answer)
        good_first = sorted(answers_of.items(), key=lambda item: (not item[0][1], item[0][0]))
        found += [_class_result(result.head, name, answers) for (name, _), answers in good_first]
    return tuple(found)


def class_counts(split: Split) -> dict[str, dict[str, int]]:
    """Counts the pictures of each class, or kind of defect, in each table; empty where a quantity is asked."""
    tables = {"train": split.train, "validation": split.validation, "test": split.test}
    counted = {name: Counter(_class_of(table, row) for row in range(len(table))) for name, table in tables.items()}
    names = sorted({name for counts in counted.values() for name in counts if name})
    return {name: {table: counts[name] for table, counts in counted.items()} for name in names}


@dataclass(frozen=True)
class _Answer:
    """What a head says about one test picture.

    Args:
        picture: its name.
        truth: its class.
        good: whether the part is good; None of a head that judges nothing.
        said: what the gateway would say.
        named: the likeliest label; empty of a defect head, which has a score only.
        right: whether that is the true label; None likewise.
    """

    picture: str
    truth: str
    good: bool | None
    said: HeadResult
    named: str
    right: bool | None

    @property
    def mistake(self) -> MistakeKind | None:
        """What is wrong with the answer; None if nothing is."""
        if self.good is False and self.said.verdict is Verdict.PASS:
            return "escaped"
        if self.good is True and self.said.verdict is Verdict.FAIL:
            return "overkilled"
        return "mislabelled" if self.right is False else None


def _answers(result: "Evaluation", test: Table) -> Iterator[_Answer]:
    head = result.head
    if not head.labels:
        return
    values: list[list[float]] = result.scores.tolist()
    for row, answer, label in zip(result.rows.tolist(), values, result.labels.tolist(), strict=True):
        named = head.labels[max(range(len(answer)), key=answer.__getitem__)] if head.kind == "class" else ""
        yield _Answer(
            picture=test.ids[row],
            truth=test.kinds[row] if test.kinds else head.labels[label],
            good=_is_good(head, label) if head.judges else None,
            said=judge_head(head, answer, HeadLimits()),
            named=named,
            right=named == head.labels[label] if named else None,
        )


def _mistakes_of(result: "Evaluation", test: Table) -> Iterator[Mistake]:
    for answer in _answers(result, test):
        if (kind := answer.mistake) is not None:
            yield Mistake(
                picture=answer.picture,
                head=result.head.name,
                kind=kind,
                truth=answer.truth,
                answer=_answer_in_words(result.head, answer),
                score=answer.said.score or 0.0,
                verdict=answer.said.verdict,
            )


def _answer_in_words(head: Head, answer: _Answer) -> str:
    """What the head takes the part for: the label that goes with the verdict, if that is what is wrong."""
    if head.kind == "defect":
        return head.labels[0 if answer.said.verdict is Verdict.PASS else -1]
    return answer.named if answer.mistake == "mislabelled" else str(answer.said.label)


def _class_result(head: Head, name: str, answers: Sequence[_Answer]) -> ClassResult:
    return ClassResult(
        head=head.name,
        name=name,
        pictures=len(answers),
        right=sum(bool(answer.right) for answer in answers) if head.kind == "class" else None,
        good=answers[0].good,
        passed=sum(answer.said.verdict is Verdict.PASS for answer in answers) if head.judges else None,
    )


def _sureness(mistake: Mistake) -> float:
    """Falls with how sure the head was of its error: a low score lets a defect escape, a high one fails a good part."""
    return mistake.score if mistake.kind == "escaped" else -mistake.score


def _is_good(head: Head, label: int) -> bool:
    return label == 0 if head.kind == "defect" else head.labels[label] in head.good


def _class_of(table: Table, row: int) -> str:
    if table.kinds:
        return table.kinds[row]
    return table.label_name(row) if table.label_names else ""
