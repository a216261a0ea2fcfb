"""Which paths stay below the folder that they are joined to, whoever wrote them."""

import re

_NONE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\\]")
"""What no path of ours has: what ends a line or a text, and the separator of another system."""
_STEPS = frozenset({"", ".", ".."})
"""Parts that lead elsewhere, or that give one file two names."""


def stays_below(path: str) -> bool:
    """Whether a path with `/` between its parts names one file below the folder that it is joined to, in one line."""
    return _NONE.search(path) is None and _STEPS.isdisjoint(path.split("/"))
