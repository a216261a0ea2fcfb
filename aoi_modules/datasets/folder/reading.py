"""What a caller says about how a data set is to be read, where it does not tell itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from aoi_modules.errors import Argument, DataError

GroupBy = Literal["folder"]
GROUPS_BY: tuple[GroupBy, ...] = get_args(GroupBy)
DECIMAL_MARKS = (".", ",")


@dataclass(frozen=True)
class Reading:
    """How a folder or a CSV file is read.

    Args:
        path_column: name of the column of picture files; None is `path`.
        label_column: of the classes; None is `label`.
        split_column: of the tables; None is `split` if there is one.
        group_column: of what must not be separated; None is `group` if there is one.
        features: columns of numbers to learn from; None takes every column beside the others, () none.
        decimal: what stands before a fraction, `.` or `,`; None finds it out.
        group_by: `folder` makes a group of each folder right below the class folders; those of one name belong
            together, whatever their classes.
        group_pattern: a regular expression that finds the group in each picture's name, such as `board(\\d+)_`: what
            its brackets hold, or all that it finds.
    """

    path_column: str | None = None
    label_column: str | None = None
    split_column: str | None = None
    group_column: str | None = None
    features: Sequence[str] | None = None
    decimal: str | None = None
    group_by: GroupBy | None = None
    group_pattern: str | None = None

    def __post_init__(self) -> None:
        for name, known in (("decimal", DECIMAL_MARKS), ("group_by", GROUPS_BY)):
            value = getattr(self, name)
            if value is not None and value not in known:
                wrong = Argument(name)
                expected = " or ".join(map(repr, known))
                raise DataError(f"{wrong}: expected {expected}. Received: {value!r}", arguments=[wrong])

    @property
    def about_columns(self) -> tuple[str, ...]:
        """Names of the fields that were said and are about columns, which only a file has."""
        names = ("path_column", "label_column", "split_column", "group_column", "features", "decimal")
        return tuple(name for name in names if getattr(self, name) is not None)
