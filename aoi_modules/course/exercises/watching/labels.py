"""Exercise 10.10, its second half: which fields of a log line become labels of its stream; counted on real lines."""

from collections.abc import Sequence

from aoi_modules.course.checks import Hint, kind
from aoi_modules.log_store.lines import LABELS
from aoi_modules.study.watching import log_files
from aoi_modules.study.watching.log_files import Line

MANY = 100
"""Streams of one line; a store that has many of them is slow and wants memory."""


def check_labels(labels: object, lines: Sequence[Line]) -> str:
    """Wants the few labels by which streams are found, and none that grows with the work.

    Raises:
        Hint: one makes too many streams, or one is missing.
    """
    if not isinstance(labels, list | tuple | set) or not all(isinstance(one, str) for one in labels):
        raise Hint(f"labels: found {kind(labels)}, expected a list of names of fields")
    for one in sorted(labels):
        if one not in LABELS:
            count = len({str(line[one]) for line in lines if one in line})
            if not count:
                raise Hint(f"labels: no line has a field {one}")
            raise Hint(
                f"labels: {one} has {count} values in this shift alone, each a stream of its own, and there are more "
                "each day; it stays in the line"
            )
    for one in LABELS:
        if one not in labels:
            raise Hint(f"labels: {one} is missing: questions begin with it, and it has a handful of values")
    return f"{log_files.streams(lines, LABELS)} streams for {len(lines)} lines"
