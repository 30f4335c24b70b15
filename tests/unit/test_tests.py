"""What tests and measurements may lean on."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted([*ROOT.glob("tests/**/*.py"), *ROOT.glob("bench/**/*.py")])
OURS = ("cdk_automlv2", "automlv2_handlers")


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def is_private(name):
    return name.startswith("_") and not name.startswith("__")


def imported(tree):
    """Yield (module, name, name here) of whatever is imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield node.module or "", alias.name, alias.asname or alias.name
        elif isinstance(node, ast.Import):
            yield from (("", alias.name, alias.asname or alias.name) for alias in node.names)


def privates_of_ours(text):
    """Return what a file takes of the library that it does not offer."""
    tree = ast.parse(text)
    ours = [item for item in imported(tree) if f"{item[0]}.{item[1]}".lstrip(".").startswith(OURS)]
    names = {here for _, _, here in ours}
    taken = {name for _, name, _ in ours if is_private(name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and is_private(node.attr):
            root = node.value
            while isinstance(root, ast.Attribute):
                root = root.value
            if isinstance(root, ast.Name) and root.id in names:
                taken.add(ast.unparse(node))
    return taken


def test_what_opens_a_browser_is_on_a_target_of_its_own():
    opening = [
        path
        for path in FILES
        if path.name.startswith("test_")
        and any(
            here in ("browser", "devtools") or name in ("NEEDED", "tab")
            for _, name, here in imported(ast.parse(path.read_text()))
        )
    ]

    assert len(opening) > 3
    assert [name_of(path) for path in opening if "mark.browser" not in path.read_text()] == []


def test_no_test_leans_on_a_private_name_of_the_library():
    found = {name_of(path): privates_of_ours(path.read_text()) for path in FILES}

    assert {name: taken for name, taken in found.items() if taken} == {}


@pytest.mark.parametrize(
    "text",
    [
        "from cdk_automlv2.job.job import _Security",
        "from automlv2_handlers import polling\npolling._again()",
        "import cdk_automlv2 as a\na._core.tags._RULE",
    ],
)
def test_a_private_name_is_seen(text):
    assert privates_of_ours(text)


def test_nothing_imports_a_module_of_tests():
    found = {
        name_of(path): {
            module
            for module, _, _ in imported(ast.parse(path.read_text()))
            if module.rpartition(".")[2].startswith("test_")
        }
        for path in FILES
    }

    assert {name: modules for name, modules in found.items() if modules} == {}
