"""What the local cloud uses of ministack is there: its names are not a public interface."""

import ast
import importlib
from collections import defaultdict
from pathlib import Path

import pytest

from cdk_automlv2.local import cloud

FILES = sorted(Path(cloud.__file__).parent.rglob("*.py"))


def names_used(tree):
    """Yield what a file imports of ministack, reads there, or replaces: modules, and a name.

    A file may call two modules the same, in two functions: the name is in one of them.
    """
    modules = defaultdict(set)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ministack"):
            for alias in node.names:
                yield (node.module,), alias.name
                modules[alias.asname or alias.name].add(f"{node.module}.{alias.name}")
    for node in ast.walk(tree):
        of = getattr(node, "value", None) if isinstance(node, ast.Attribute) else None
        if isinstance(of, ast.Name) and of.id in modules:
            yield tuple(sorted(modules[of.id])), node.attr


def exists(module, name):
    try:
        found = importlib.import_module(module)
    except ImportError:
        return True  # A class or function: what it has is seen where it is used.
    if hasattr(found, name):
        return True
    try:
        importlib.import_module(f"{module}.{name}")
    except ImportError:
        return False
    return True


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_name_of_ministack_that_is_used_exists(file):
    used = set(names_used(ast.parse(file.read_text())))

    missing = [
        f"{module[0]}.{name}"
        for module, name in sorted(used)
        if not any(exists(one, name) for one in module)
    ]
    assert missing == []


def test_a_name_that_is_only_replaced_counts_as_used():
    tree = ast.parse("from ministack.services import sqs\nsqs._no_such_name = 1")

    assert (("ministack.services.sqs",), "_no_such_name") in set(names_used(tree))
    assert not exists("ministack.services.sqs", "_no_such_name")
