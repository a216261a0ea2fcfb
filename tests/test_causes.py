"""No wide `except` guesses a cause: it tells what was caught in its own words, passes it on, or says why not."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "aoi_modules"
EVERYTHING = {"Exception", "BaseException", "<bare>"}
WIDE = EVERYTHING | {
    "OSError", "IOError", "EnvironmentError", "RuntimeError", "OpError", "RequestException", "SubprocessError",
    "AoiError", "DataError", "ModelError", "StoreError", "CourseError", "RpcError",
}  # fmt: skip
"""Errors with many causes."""

AROUND_A_BLOCK = {
    ("datasets/sources/fetch.py", "_alone_in", "OSError"): "names the file that the system names",
    ("modelstore/version_dir.py", "staged", "OSError"): "names the file that the system names; the block only writes",
    ("results/database/connection.py", "Database._connected", "NoConnection"): "no other library has this error",
    ("results/database/connection.py", "Database._connected", "OSError"): "the driver's words, for a question",
    (
        "results/database/connection.py",
        "Database._connected",
        "TimeoutError",
    ): "the driver's words, for a question",
    ("training/fitting/outputs.py", "staged", "OSError"): "names the file that the system names; the block only writes",
}
"""Context managers that give errors of their caller's block other words -> why these are true."""


@dataclass(frozen=True)
class Caught:
    """One class of errors in one `except` or `suppress`.

    Args:
        function: by its name within the module.
        kind: of the errors, without its module.
        told: the handler uses the error, or raises it again.
        passed: the handler raises it again, in some case at least.
        explained: a comment there says why.
        around_block: a context manager catches it from its caller's block.
    """

    function: str
    kind: str
    told: bool = False
    passed: bool = False
    explained: bool = False
    around_block: bool = False


def caught(source: str) -> Iterator[Caught]:
    """Everything that a module catches."""
    lines = source.splitlines()

    def walk(node: ast.AST, names: tuple[str, ...], manages: bool) -> Iterator[Caught]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names = (*names, node.name)
            manages = any("contextmanager" in ast.unparse(one) for one in node.decorator_list)
        function = ".".join(names)
        if isinstance(node, ast.Try):
            yields = manages and any(isinstance(n, ast.Yield) for part in node.body for n in ast.walk(part))
            for handler in node.handlers:
                uses, passes = _uses(handler), _passes(handler)
                explained = _commented(lines, handler)
                for kind in _kinds(handler.type):
                    yield Caught(function, kind, uses or passes, passes, explained, yields)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
            for argument in node.args:
                explained = _commented(lines, node)
                yield from (Caught(function, kind, explained=explained) for kind in _kinds(argument))
        for child in ast.iter_child_nodes(node):
            yield from walk(child, names, manages)

    yield from walk(ast.parse(source), (), False)


def _kinds(node: ast.expr | None) -> list[str]:
    if node is None:
        return ["<bare>"]
    return [ast.unparse(one).rpartition(".")[2] for one in (node.elts if isinstance(node, ast.Tuple) else [node])]


def _uses(handler: ast.ExceptHandler) -> bool:
    """Whether the handler looks at the error."""
    nodes = [node for part in handler.body for node in ast.walk(part)]
    return handler.name is not None and any(isinstance(n, ast.Name) and n.id == handler.name for n in nodes)


def _commented(lines: list[str], node: ast.ExceptHandler | ast.Call) -> bool:
    return any("  # " in f" {line}" for line in lines[node.lineno - 1 : node.end_lineno])


def _passes(handler: ast.ExceptHandler) -> bool:
    """Whether the handler raises the very error again."""
    return any(isinstance(n, ast.Raise) and n.exc is None for part in handler.body for n in ast.walk(part))


def found() -> list[tuple[str, Caught]]:
    paths = sorted(PACKAGE.rglob("*.py"))
    return [
        (path.relative_to(PACKAGE).as_posix(), one)
        for path in paths
        for one in caught(path.read_text(encoding="utf-8"))
    ]


def test_what_is_caught_widely_is_told_or_passed_on() -> None:
    silent = {(module, one) for module, one in found() if one.kind in WIDE and not (one.told or one.explained)}
    assert silent == set(), "use the error's own words, or raise it again, or say in a comment why it is not told"


def test_who_catches_everything_says_why() -> None:
    bare = {(module, one) for module, one in found() if one.kind in EVERYTHING and not (one.passed or one.explained)}
    assert bare == set(), "say in a comment why it has to be so wide"


def test_a_context_manager_passes_on_what_fails_in_its_block() -> None:
    """Else a broken picture is told as a lock that another process holds."""
    reworded = {(module, one.function, one.kind) for module, one in found() if one.around_block and not one.passed}
    assert reworded - set(AROUND_A_BLOCK) == set(), "leave the yield out of the try"
    assert set(AROUND_A_BLOCK) - reworded == set(), "these do so no longer"


@pytest.mark.parametrize(
    ("handler", "told", "passed", "explained"),
    [
        ("except OSError:\n        pass", False, False, False),
        ("except OSError as error:\n        raise ValueError('no such file') from error", True, False, False),
        ("except OSError as error:\n        raise ValueError('no such file') from None", False, False, False),
        ("except OSError as error:\n        raise ValueError(str(error)) from None", True, False, False),
        ("except OSError:  # why\n        raise", True, True, True),
        ("except (KeyError, OSError):\n        raise ValueError from None", False, False, False),
    ],
)
def test_handlers_are_read(handler: str, told: bool, passed: bool, explained: bool) -> None:
    source = f"class A:\n  def f(self):\n    try:\n        g()\n    {handler}\n"
    assert [one for one in caught(source) if one.kind == "OSError"] == [
        Caught("A.f", "OSError", told, passed, explained)
    ]


@pytest.mark.parametrize(
    ("decorator", "body", "around"),
    [
        ("@contextmanager", "yield", True),
        ("@contextlib.asynccontextmanager", "yield 1", True),
        ("@contextmanager", "g()", False),
        ("@cache", "yield", False),
    ],
)
def test_context_managers_are_found(decorator: str, body: str, around: bool) -> None:
    source = f"{decorator}\ndef f():\n    try:\n        {body}\n    except KeyError:\n        raise ValueError\n"
    assert [one.around_block for one in caught(source)] == [around]


def test_what_is_suppressed_is_found() -> None:
    source = "def f():\n    with contextlib.suppress(OSError, KeyError):\n        g()\n"
    assert [(one.function, one.kind, one.told) for one in caught(source)] == [
        ("f", "OSError", False),
        ("f", "KeyError", False),
    ]
