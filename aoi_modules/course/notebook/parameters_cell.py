"""The parameters cell of a lesson: annotated literals with a comment, as papermill reads them. Pure.

    profile: str = "cpu"  # size of the work: ci, cpu or gpu

A derived value in this cell would keep the value of the default when a run gives another parameter.
"""

import ast
import io
import tokenize
from collections.abc import Iterator

from aoi_modules.training.profiles import PROFILES


def problems(source: str) -> Iterator[str]:
    """What papermill would misread in the cell, one sentence each."""
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        yield f"not Python: {error.msg}"
        return
    commented = _commented_lines(source)
    for statement in statements:
        yield from _statement_problems(statement, commented)
    profile = literals(source).get("profile")
    if profile not in PROFILES:
        yield f'the parameters need the line: profile: str = "cpu"  # {", ".join(PROFILES)}. Received: {profile!r}'


def literals(source: str) -> dict[str, object]:
    """The parameters with their default values; anything that is no annotated literal is left out."""
    found: dict[str, object] = {}
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
            try:
                found[statement.target.id] = ast.literal_eval(statement.value)
            except ValueError:
                continue
    return found


def _statement_problems(statement: ast.stmt, commented: set[int]) -> Iterator[str]:
    written = ast.unparse(statement)
    if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name) or not statement.value:
        yield f"parameters are written as name: type = literal  # what it is. Received: {written}"
        return
    if statement.end_lineno not in commented:
        yield f"parameter {statement.target.id}: needs a comment on its line, which papermill shows as help"
    try:
        ast.literal_eval(statement.value)
    except ValueError:
        yield f"parameter {statement.target.id}: has to be a literal; derive in the next cell. Received: {written}"


def _commented_lines(source: str) -> set[int]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0] for token in tokens if token.type == tokenize.COMMENT}
