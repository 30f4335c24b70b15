"""Every message with which the function fails a request, from its sources, and what to do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sphinx.application import Sphinx

from cdk_automlv2.cli.explain.remedies import remedy_for

from .made import FOLDER, write_pages

SOURCES = FOLDER.parents[1] / "lambda" / "automlv2_handlers"
SHOWN = frozenset(
    {
        *("LifecycleError", "EndError", "RefusedError", "DeniedError"),
        *("NameTakenError", "NotFoundError", "QuotaError"),
    }
)
"""Errors whose text ends in a stack event or in the record of a release."""

_SOMETHING = "…"
_LEAST_LETTERS = 6
_DEEPEST = 3


@dataclass(frozen=True)
class _Scope:
    """Where names are looked up: in the function around, and among all functions."""

    around: ast.AST
    functions: dict[str, list[ast.FunctionDef]]
    depth: int = 0


def messages(sources: Path = SOURCES) -> list[str]:
    """Return the messages, sorted; what changes from case to case is an ellipsis."""
    trees = [ast.parse(path.read_text()) for path in sorted(sources.rglob("*.py"))]
    functions: dict[str, list[ast.FunctionDef]] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                functions.setdefault(node.name, []).append(node)
    found = {
        text
        for tree in trees
        for around in [
            tree,
            *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)),
        ]
        for text in _of(_Scope(around, functions))
    }
    return sorted(text for text in found if _letters(text) >= _LEAST_LETTERS)


def _of(scope: _Scope) -> Iterator[str]:
    for node in ast.walk(scope.around):
        if isinstance(node, ast.Call) and _name(node.func) in SHOWN and node.args:
            yield from _texts(node.args[-1], scope)


def _texts(node: ast.expr, scope: _Scope) -> Iterator[str]:
    """Yield what an expression may be: texts, names of texts, calls that return texts."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr():
            yield "".join(_part(part) for part in node.values)
        case ast.IfExp():
            yield from _texts(node.body, scope)
            yield from _texts(node.orelse, scope)
        case ast.BinOp(op=ast.Add()):
            yield from _joined(node, scope)
        case ast.Name():
            yield from _assigned(node.id, scope)
        case ast.Call():
            yield from _returned(_name(node.func), scope)


def _joined(node: ast.BinOp, scope: _Scope) -> Iterator[str]:
    rights = [*_texts(node.right, scope)] or [_SOMETHING]
    for left in [*_texts(node.left, scope)] or [_SOMETHING]:
        yield from (left + right for right in rights)


def _returned(name: str, scope: _Scope) -> Iterator[str]:
    for function in scope.functions.get(name, []) if scope.depth < _DEEPEST else []:
        inner = _Scope(function, scope.functions, scope.depth + 1)
        for item in ast.walk(function):
            if isinstance(item, ast.Return) and item.value is not None:
                yield from _texts(item.value, inner)


def _assigned(name: str, scope: _Scope) -> Iterator[str]:
    for item in ast.walk(scope.around):
        match item:
            case ast.Assign(targets=[ast.Name(id=target)]) if target == name:
                yield from _texts(item.value, scope)


def _part(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    assert isinstance(part, ast.FormattedValue)
    return f"'{_SOMETHING}'" if part.conversion == ord("r") else _SOMETHING


def _name(of: ast.expr) -> str:
    return ast.unparse(of).rpartition(".")[2]


def _letters(text: str) -> int:
    return sum(letter.isalpha() for letter in text)


def text() -> str:
    """Return the part of the page in Markdown: each message and its remedy."""
    found = [(message, remedy_for(message.replace(_SOMETHING, "x"))) for message in messages()]
    rows = [
        f"| `` {message.replace('|', '/')} `` | {remedy.words} |"
        for message, remedy in found
        if remedy.pattern
    ]
    return "\n".join(["| The message | Then |", "|---|---|", *rows, ""])


def _make(app: Sphinx) -> None:
    write_pages("messages", {"function.inc": text()})


def setup(app: Sphinx) -> dict[str, bool]:
    """Join the build."""
    app.connect("builder-inited", _make)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
