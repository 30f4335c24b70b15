"""The reference has every public name with every argument."""

import inspect
import re

import click
import pytest
from sphinx.util.inventory import InventoryFile

import cdk_automlv2
from cdk_automlv2 import results, runtime, specs
from cdk_automlv2.cli.commands import automlv2

NAMES = sorted(cdk_automlv2.__all__)
NO_OPTIONS = {"self", "scope", "id", "cls"}
MADE = {"Candidate", "OptionsError", "ScalableInstanceCount", "ScalableProvisionedConcurrency"}
"""What the library makes and hands out; nobody calls the constructor."""


@pytest.fixture(scope="module")
def inventory(site):
    return InventoryFile.loads((site / "objects.inv").read_bytes(), uri="").data


def test_every_public_name_is_in_the_reference(inventory):
    known = set(inventory["py:class"])

    assert {f"cdk_automlv2.{name}" for name in NAMES} <= known


@pytest.mark.parametrize("module", [results, runtime, specs], ids=lambda module: module.__name__)
def test_every_function_and_class_of_a_public_module_is_in_the_reference(module, inventory):
    known = set().union(*(set(items) for kind, items in inventory.items() if "py:" in kind))
    listed = getattr(module, "__all__", None) or [
        name
        for name, item in vars(module).items()
        if not name.startswith("_") and getattr(item, "__module__", "") == module.__name__
    ]

    assert {f"{module.__name__}.{name}" for name in listed} <= known


@pytest.mark.parametrize("name", [name for name in NAMES if name not in MADE])
def test_every_argument_of_a_public_name_is_described(name, site):
    text = (site / "generated" / "reference" / f"{name}.html").read_text()
    described = set(re.findall(r"<strong>\**(\w+)</strong>", text))
    arguments = set(inspect.signature(getattr(cdk_automlv2, name)).parameters) - NO_OPTIONS
    if arguments == {"args", "kwargs"}:
        arguments = set()  # A protocol, which nobody makes.

    assert arguments <= described


def commands(of, path):
    """Yield the full names of all commands below a group."""
    yield " ".join(path)
    if isinstance(of, click.Group):
        context = click.Context(of)
        for name in of.list_commands(context):
            yield from commands(of.get_command(context, name), [*path, name])


def test_every_command_is_in_the_reference(site):
    page = (site / "command-reference.html").read_text()

    for name in commands(automlv2, ["automlv2"]):
        assert f'id="{name.replace(" ", "-")}"' in page, name
