"""What closes itself at the end of a `with` block."""

from abc import ABC, abstractmethod
from typing import Self


class Closing(ABC):
    """A context manager whose `close` is called at the end of the block, whatever happened in it."""

    @abstractmethod
    def close(self) -> None:
        """Ends what was begun."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()
