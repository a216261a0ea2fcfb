"""Many values in statements that a database takes. Pure."""

from collections.abc import Iterable, Iterator, Sequence

AT_ONCE = 200
"""Values a statement; SQLite of old took 999 in all."""


def portions(values: Iterable[str]) -> Iterator[Sequence[str]]:
    """Gives each value once, some at a time; in order, so that two who lock rows cannot lock each other."""
    every = sorted(set(values))
    for start in range(0, len(every), AT_ONCE):
        yield every[start : start + AT_ONCE]
