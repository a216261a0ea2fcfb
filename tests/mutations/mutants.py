"""Small mistakes that are put into a module one at a time.

A comparison, a condition or an operator is turned, a constant is one more, a default is another, a return gives None, a
statement is left out.
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.Mod: ast.Mult, ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One mistake in one module.

    Args:
        module: path of the module.
        number: of the mistake among all of the module.
        line: where it is.
        function: the function or class around it, "" for the module itself.
        before: the code that is changed.
        after: what it becomes.
    """

    module: Path
    number: int
    line: int
    function: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.before}  ->  {self.after}"


@dataclass(frozen=True)
class _Place:
    """A node and where it hangs: a field of its parent, or an item of a list there."""

    parent: ast.AST
    field: str
    item: int | None
    node: ast.AST
    function: str

    def put(self, new: ast.AST) -> None:
        if self.item is None:
            setattr(self.parent, self.field, new)
        else:
            getattr(self.parent, self.field)[self.item] = new


def mutants(module: Path) -> list[Mutant]:
    """Returns all mistakes that can be made in a module, in a fixed order."""
    return [
        Mutant(module, number, getattr(place.node, "lineno", 0), place.function, _text(place.node), _text(new))
        for number, (place, new) in enumerate(_changes(ast.parse(module.read_text())))
    ]


def mutated(mutant: Mutant) -> ast.Module:
    """Returns the tree of the module with the mistake in it."""
    tree = ast.parse(mutant.module.read_text())
    for number, (place, new) in enumerate(_changes(tree)):
        if number == mutant.number:
            place.put(ast.copy_location(new, place.node))
            return ast.fix_missing_locations(tree)
    raise ValueError(f"{mutant.module}: has no mistake number {mutant.number}")


def _text(node: ast.AST) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 100 else text[:97] + "..."


def _changes(tree: ast.Module) -> Iterator[tuple[_Place, ast.AST]]:
    for place in _places(tree, ""):
        for new in _replacements(place):
            yield place, new


def _places(parent: ast.AST, function: str) -> Iterator[_Place]:
    """Everything that runs: annotations, docstrings and what only a command line runs are left out."""
    for field, value in ast.iter_fields(parent):
        if field in ("annotation", "returns", "decorator_list"):
            continue
        for item, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(node, ast.AST) or _is_left_out(node):
                continue
            yield _Place(parent, field, item, node, function)
            inside = isinstance(node, ast.FunctionDef | ast.ClassDef)
            yield from _places(node, f"{function}.{node.name}".lstrip(".") if inside else function)  # type: ignore[attr-defined]


def _is_left_out(node: ast.AST) -> bool:
    if isinstance(node, ast.If):
        return ast.unparse(node.test) == "__name__ == '__main__'"
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _replacements(place: _Place) -> Iterator[ast.AST]:
    node = place.node
    if place.field == "test" or (place.field == "ifs"):
        yield from _turned_condition(node)
    if isinstance(node, ast.Compare):
        yield from _turned_comparisons(node)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _OPERATORS and not _is_type(node):
        changed = copy.copy(node)
        changed.op = _OPERATORS[type(node.op)]()
        yield changed
    elif isinstance(node, ast.Constant):
        yield from _other_constants(node)
    elif isinstance(node, ast.Return) and node.value is not None and ast.unparse(node.value) != "None":
        yield ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Raise | ast.Continue | ast.Break | ast.Delete):
        yield ast.Pass()
    if isinstance(node, ast.AugAssign) or (isinstance(node, ast.Expr) and not isinstance(node.value, ast.Yield)):
        yield ast.Pass()


def _turned_condition(node: ast.AST) -> Iterator[ast.AST]:
    """The opposite of a condition. Comparisons, `and`, `or` and `not` are left out: they have changes of their own."""
    if isinstance(node, ast.expr) and not isinstance(node, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.Constant):
        yield ast.UnaryOp(ast.Not(), node)


def _turned_comparisons(node: ast.Compare) -> Iterator[ast.AST]:
    for at, operator in enumerate(node.ops):
        operators = [*node.ops]
        operators[at] = _COMPARISONS[type(operator)]()
        yield ast.Compare(node.left, operators, node.comparators)


def _other_constants(node: ast.Constant) -> Iterator[ast.AST]:
    """True is False, and a number is one more."""
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int | float):
        yield ast.Constant(node.value + 1)


def _is_type(node: ast.BinOp | ast.AugAssign) -> bool:
    """Whether it is the union of two types, as in `isinstance(value, int | float)`, and no sum."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.BitOr):
        return False
    names = {"int", "float", "str", "bytes", "bool", "dict", "list", "tuple", "None"}
    sides = [ast.unparse(side).split("[")[0].rpartition(".")[2] for side in (node.left, node.right)]
    return all(side in names or side[:1].isupper() or " | " in side for side in sides)
