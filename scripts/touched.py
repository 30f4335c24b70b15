"""Which functions of some files a test runs: only such a test can notice that they were changed.

Each function gets a first statement that notes its name, for as long as that is asked for: tracing
every call of the interpreter would take several times as long as the tests.
"""

from __future__ import annotations

import ast
import builtins
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

Place = tuple[str, str]
"""A file, and a function's qualified name."""

_NOTE = "note_that_it_runs"


class Touched:
    """What each test has run."""

    def __init__(self) -> None:
        self._places: defaultdict[str, set[Place]] = defaultdict(set)

    @contextmanager
    def noted(self, test: str) -> Iterator[None]:
        """Note what runs within the block of what ``noting`` has changed."""
        found = self._places[test]
        setattr(builtins, _NOTE, lambda path, name: found.add((path, name)))
        yield

    def by(self, test: str, places: set[Place]) -> bool:
        """Whether a test has run any of these functions."""
        return not places.isdisjoint(self._places[test])


def noting(path: Path) -> ast.Module:
    """Return the code of a file in which each function notes that it runs."""
    tree = ast.parse(path.read_text())
    _Noting(str(path)).visit(tree)
    return ast.fix_missing_locations(tree)


class _Noting(ast.NodeTransformer):
    def __init__(self, path: str) -> None:
        self._path = path
        self._outer = ""

    def _within(self, node: ast.AST, outer: str) -> None:
        before, self._outer = self._outer, outer
        self.generic_visit(node)
        self._outer = before

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        self._within(node, f"{self._outer}{node.name}.")
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        name = f"{self._outer}{node.name}"
        self._within(node, f"{name}.<locals>.")
        words: list[ast.expr] = [ast.Constant(self._path), ast.Constant(name)]
        note = ast.Expr(ast.Call(ast.Name(_NOTE, ast.Load()), words, []))
        node.body.insert(1 if ast.get_docstring(node) is not None else 0, note)
        return node
