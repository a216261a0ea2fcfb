"""Which class is good, and what is to be learnt from pictures of one's own."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aoi_modules.datasets.folder.class_names import opinion
from aoi_modules.datasets.folder.labelled_checks import Checked
from aoi_modules.datasets.table import Target
from aoi_modules.errors import Argument, DataError

DEFECT_TARGET, CLASS_TARGET = "defect", "kind"
ONE_DEFECT = "defect"
"""What all classes that are not good are called together."""
FEWEST = 3
"""Different pictures of a class: one for each table."""

Ask = Callable[[tuple[str, ...]], Sequence[str]]
"""Asks a person which of these classes are good; none of them is an answer, too."""


@dataclass(frozen=True)
class GoodClasses:
    """What the caller says about good parts.

    Args:
        names: of the classes of good parts; none says that no class is good. None: their names tell, or a person.
        needed_by: the argument that wants a verdict, which needs a good class; None: nobody wants one.
        one_defect: all classes that are not good are one, called `defect`.
        alone: defects are not needed to learn; a single class is that of good parts.
        ask: asks a person where the names do not tell; None has nobody to ask.
    """

    names: Sequence[str] | None = None
    needed_by: Argument | None = None
    one_defect: bool = False
    alone: bool = False
    ask: Ask | None = None

    def among(self, classes: Sequence[str], origin: object) -> tuple[str, ...]:
        """Finds the good ones of the classes; none where there is nothing to judge.

        Args:
            classes: names of all classes.
            origin: the data set or model that has them, for errors.

        Raises:
            DataError: what was said does not fit the classes, or nothing was said and the names do not tell.
        """
        if self.alone and len(classes) == 1:
            return tuple(classes)
        needed = self.needed_by is not None
        good = _said(self.names, classes) if self.names is not None else _by_name(classes, needed=needed)
        if good is None and self.ask is not None:
            good = _said(self.ask(tuple(classes)), classes)
        if good is None:
            raise _unknown(origin, classes)
        if self.needed_by is not None and not good:
            raise _nothing_to_judge(origin, classes, self.needed_by)
        return good


def target_of(path: Path, checked: Sequence[Checked], good: GoodClasses) -> Target:
    """Finds out what is to be learnt: `defect` where one of two classes is good, else `kind`, good classes first.

    Args:
        path: of the data set, for errors.
        checked: its rows.
        good: what is known about good parts.

    Raises:
        DataError: the classes teach nothing, or nobody knows which are good; says which.
    """
    classes = _classes(path, checked, alone=good.alone)
    good_ones = good.among(classes, path)
    if good.one_defect and good_ones:
        defects = np.array([row.label not in good_ones for row, _ in checked], np.int64)
        return Target(DEFECT_TARGET, defects, (good_ones[0], ONE_DEFECT), good=good_ones[:1])
    ordered = (*good_ones, *(name for name in classes if name not in good_ones))
    values = np.array([ordered.index(row.label) for row, _ in checked], np.int64)
    name = DEFECT_TARGET if len(classes) == 2 and good_ones else CLASS_TARGET
    return Target(name, values, ordered, good=good_ones)


def in_words(target: Target) -> str:
    """Says what is judged: nobody is to find out later that a class was taken for good, or that none was."""
    if not target.good:
        return "no class is good: the model names classes and judges nothing"
    defective = (label for label in target.labels if label not in target.good)
    return f"good parts are called {', '.join(target.good)}; defective ones {', '.join(defective)}"


def _classes(path: Path, checked: Sequence[Checked], *, alone: bool) -> list[str]:
    """The names of the classes, of which each has pictures enough."""
    pictures: dict[str, set[str]] = defaultdict(set)
    for row, file in checked:
        pictures[row.label].add(file.sha256)
    names = sorted(pictures)
    alike = [name for name in names if sum(other.casefold() == name.casefold() for other in names) > 1]
    if alike:
        raise DataError(f"{path}: expected classes that differ by more than capitals. Received: {', '.join(alike)}")
    if alone:
        return names
    if len(names) < 2:
        raise DataError(f"{path}: expected at least two classes. Received: only {names[0]}")
    for name in names:
        if len(pictures[name]) < FEWEST:
            raise DataError(
                f"{path}: expected at least {FEWEST} different pictures of each class."
                f" Received: {len(pictures[name])} of {name}",
                hint=f"add pictures of {name}, or take the class out",
            )
    return names


def _said(names: Sequence[str], classes: Sequence[str]) -> tuple[str, ...]:
    """The classes that somebody calls good; capitals do not matter, as no two classes differ by them alone."""
    by_name = {name.casefold(): name for name in classes}
    wrong = Argument("good")
    for name in names:
        if name.casefold() not in by_name:
            raise DataError(
                f"{wrong}: expected a class, one of {', '.join(classes)}. Received: {name}", arguments=[wrong]
            )
    good = tuple(dict.fromkeys(by_name[name.casefold()] for name in names))
    if len(good) == len(classes):
        raise DataError(f"{wrong}: expected a class that is not good. Received: all classes", arguments=[wrong])
    return good


def _by_name(classes: Sequence[str], *, needed: bool) -> tuple[str, ...] | None:
    """The classes whose names say that they are good; none where no name speaks of quality; None where it is unclear.

    Without a class that is called defective, a name has to be sure: `good_front` is, `normal_mode` is not.
    """
    opinions = {name: opinion(name) for name in classes}
    good = [name for name, found in opinions.items() if found and found.good]
    defective = [name for name, found in opinions.items() if found and not found.good]
    if not good:
        nothing_said = not defective or len(defective) == len(classes)  # left and right, or kinds of defects alone
        return () if nothing_said and not needed else None
    unsure = [name for name in good if not opinions[name].sure]  # type: ignore[union-attr]
    return None if len(good) == len(classes) or (unsure and not defective) else tuple(good)


def _unknown(origin: object, classes: Sequence[str]) -> DataError:
    good, no_good = Argument("good", ...), Argument("good", ())
    return DataError(
        f"{origin}: which class is good? Their names do not tell: {', '.join(classes)}",
        hint=f"{_names_one(good)}; {no_good} says that no class is good, and then nothing is judged",
        arguments=[good, no_good],
    )


def _nothing_to_judge(origin: object, classes: Sequence[str], needed_by: Argument) -> DataError:
    good = Argument("good", ...)
    return DataError(
        f"{origin}: no class is good, so {needed_by} has nothing to judge: {', '.join(classes)}",
        hint=_names_one(good),
        arguments=[good, needed_by],
    )


def _names_one(good: Argument) -> str:
    return f"{good} names a class of good parts, and may be repeated"
