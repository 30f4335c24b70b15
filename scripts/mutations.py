"""Small changes to Python code, each with a description that outlives moved lines."""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_LONGEST = 60
Change = Callable[[Any], ast.AST]


@dataclass(frozen=True)
class Mutation:
    """One change.

    Attributes:
        path: The file.
        module: Its path as a description has it.
        number: Which node it is, in the order of ``ast.walk``.
        kind: Which of the changes of that node.
        words: What is changed, where, to what.
    """

    path: Path
    module: str
    number: int
    kind: int
    words: str

    def __str__(self) -> str:
        return f"{self.module} {self.words}"

    def changed_tree(self) -> ast.Module:
        """Return the file's code with the change."""
        tree = ast.parse(self.path.read_text())
        target = list(ast.walk(tree))[self.number]
        _, change = list(_changes(target))[self.kind]
        changed = _Replace(target, change(copy.deepcopy(target))).visit(tree)
        return ast.fix_missing_locations(changed)


class _Replace(ast.NodeTransformer):
    def __init__(self, target: ast.AST, by: ast.AST) -> None:
        self._target = target
        self._by = by

    def visit(self, node: ast.AST) -> ast.AST:
        if node is self._target:
            return ast.copy_location(self._by, node)
        return self.generic_visit(node)


def mutations_of(path: Path, base: Path) -> Iterator[Mutation]:
    """Yield every change of one file."""
    tree = ast.parse(path.read_text())
    skipped = {id(part) for node in ast.walk(tree) if _is_idle(node) for part in ast.walk(node)}
    places = _places(tree)
    seen: Counter[str] = Counter()
    module = path.relative_to(base).as_posix()
    for number, node in enumerate(ast.walk(tree)):
        if id(node) in skipped or id(node) not in places:
            continue
        for kind, (words, _) in enumerate(_changes(node)):
            text = f"{places[id(node)]}: {words}"
            seen[text] += 1
            again = f" #{seen[text]}" if seen[text] > 1 else ""
            yield Mutation(path, module, number, kind, f"{text}{again}")


def _places(tree: ast.Module) -> dict[int, str]:
    """Return the function that each node is in; only what is in one is changed."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            for statement in node.body:
                for part in ast.walk(statement):
                    found[id(part)] = node.name
    return found


def _is_idle(node: ast.AST) -> bool:
    """Whether a node does nothing that a test should see: annotations, logs, words of errors."""
    if isinstance(node, ast.ClassDef):
        return any(isinstance(base, ast.Name) and base.id == "Protocol" for base in node.bases)
    if isinstance(node, ast.Expr):
        text = ast.unparse(node)
        return isinstance(node.value, ast.Constant) or text.startswith(("logs.", "import "))
    return isinstance(node, ast.JoinedStr | ast.arguments | ast.Import | ast.ImportFrom)


def _changes(node: ast.AST) -> Iterator[tuple[str, Change]]:
    """Yield what may be made of a node, described."""
    for kinds, changes in _BY_NODE:
        if isinstance(node, kinds):
            yield from changes(node)


def _of_comparison(node: ast.Compare) -> Iterator[tuple[str, Change]]:
    if len(node.ops) == 1 and type(node.ops[0]) in _COMPARE:
        yield _described(node, _compared)


def _of_and_or(node: ast.BoolOp) -> Iterator[tuple[str, Change]]:
    yield _described(node, _joined_otherwise)
    for number in range(len(node.values)):
        yield _described(node, _without(number))


def _of_operator(node: ast.BinOp | ast.UnaryOp) -> Iterator[tuple[str, Change]]:
    if isinstance(node.op, ast.Not):
        yield _described(node, lambda found: found.operand)
    elif isinstance(node.op, ast.BitOr):
        yield _described(node, lambda found: found.left)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield _described(node, _added_otherwise)


def _of_constant(node: ast.Constant) -> Iterator[tuple[str, Change]]:
    if isinstance(node.value, bool):
        yield _described(node, lambda found: ast.Constant(not found.value))
    elif type(node.value) is int and node.value in (0, 1):
        yield _described(node, lambda found: ast.Constant(found.value + 1))


def _of_condition(node: ast.If | ast.While | ast.IfExp) -> Iterator[tuple[str, Change]]:
    if isinstance(node.test, ast.Name | ast.Call):
        yield f"`if {_cut(ast.unparse(node.test))}` -> `if not`", _negated


def _of_return(node: ast.Return) -> Iterator[tuple[str, Change]]:
    if node.value is not None and not _is_none(node.value):
        yield _described(node, lambda _: ast.Return(ast.Constant(None)))


def _of_statement(node: ast.stmt) -> Iterator[tuple[str, Change]]:
    keeps = isinstance(node, ast.Assign) and not isinstance(
        node.targets[0], ast.Subscript | ast.Attribute
    )
    is_call = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    if is_call or not (keeps or isinstance(node, ast.Expr)):
        yield _described(node, lambda _: ast.Pass())


_BY_NODE: tuple[tuple[Any, Callable[[Any], Iterator[tuple[str, Change]]]], ...] = (
    (ast.Compare, _of_comparison),
    (ast.BoolOp, _of_and_or),
    (ast.BinOp | ast.UnaryOp, _of_operator),
    (ast.Constant, _of_constant),
    (ast.If | ast.While | ast.IfExp, _of_condition),
    (ast.Return, _of_return),
    (ast.Expr | ast.Raise | ast.Continue | ast.AugAssign | ast.Assign, _of_statement),
)


def _described(node: ast.AST, change: Callable[[Any], ast.AST]) -> tuple[str, Change]:
    after = ast.unparse(ast.fix_missing_locations(change(copy.deepcopy(node))))
    return f"`{_cut(ast.unparse(node))}` -> `{_cut(after)}`", change


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _compared(node: ast.Compare) -> ast.AST:
    return ast.Compare(node.left, [_COMPARE[type(node.ops[0])]()], node.comparators)


def _joined_otherwise(node: ast.BoolOp) -> ast.AST:
    return ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)


def _without(number: int) -> Callable[[ast.BoolOp], ast.AST]:
    def change(node: ast.BoolOp) -> ast.AST:
        rest = [value for place, value in enumerate(node.values) if place != number]
        return rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)

    return change


def _added_otherwise(node: ast.BinOp) -> ast.AST:
    return ast.BinOp(
        node.left, ast.Sub() if isinstance(node.op, ast.Add) else ast.Add(), node.right
    )


def _negated(node: ast.AST) -> ast.AST:
    assert isinstance(node, ast.If | ast.While | ast.IfExp)
    node.test = ast.UnaryOp(ast.Not(), node.test)
    return node


def _is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
