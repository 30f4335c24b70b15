"""One page for each public name, made from the lazy tables: what is public cannot be missing."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import Any

from sphinx.application import Sphinx
from sphinx.errors import PycodeError
from sphinx.pycode import ModuleAnalyzer

import cdk_automlv2
from builder.made import title, write_pages

GROUPS = {
    "automl": "The SDK's API",
    "job": "Jobs and data",
    "problem_configs": "Problems",
    "hosting": "Models and endpoints",
    "release": "Releases",
    "batch": "Batch transforms",
    "": "Settings, limits and errors",
}
"""Titles, by the folder that a name is from; the last one takes what has no other."""

MODULES = {
    "cdk_automlv2.runtime": "At run time",
    "cdk_automlv2.results": "Typed answers",
    "cdk_automlv2.specs": "Models as files",
    "cdk_automlv2.local": "The local cloud, from Python",
}

INTERNAL = frozenset(
    {
        *("bind", "broken_rules", "errors", "is_owned_resource", "metric_problems"),
        *("objective_faults", "of_checked", "problems", "to_request", "invokes_endpoint"),
    }
)
"""Methods without an underscore that only the library itself calls."""

MADE_BY_OTHERS = frozenset({"cdk_automlv2.local.LocalCloud"})
"""Classes that a reader gets from a class method or a function, not from the constructor."""

_CLASS = """.. autoclass:: {name}
   :members:
   :inherited-members: {stop}
"""
_STOP = "Resource,Construct,Exception,ValueError,tuple,object,Protocol"


def pages() -> dict[str, str]:
    """Return the pages of the reference, by file name."""
    made = {}
    grouped: dict[str, list[str]] = {group: [] for group in GROUPS}
    for name in cdk_automlv2.__all__:
        folder = cdk_automlv2._MODULES[name].partition(".")[0]
        grouped[folder if folder in GROUPS else ""].append(name)
        made[f"{name}.rst"] = _page(name, "cdk_automlv2", [name])
    for module, words in MODULES.items():
        made[f"{module}.rst"] = _page(f"{module}: {words.lower()}", module, names_of(module))
    return {"index.rst": _index(grouped), **made}


def names_of(module: str) -> list[str]:
    """Return the public names of a module: those it lists, else those that it defines."""
    of = import_module(module)
    listed = getattr(of, "__all__", None)
    if listed is not None:
        return sorted(listed)
    return sorted(
        name
        for name, item in vars(of).items()
        if not name.startswith("_") and getattr(item, "__module__", None) == module
    )


def _page(words: str, module: str, names: list[str]) -> str:
    of = import_module(module)
    text = title(words) + f".. currentmodule:: {module}\n\n"
    return text + "\n".join(_directive(name, getattr(of, name)) for name in names)


def _directive(name: str, item: object) -> str:
    if inspect.isclass(item):
        return _CLASS.format(name=name, stop=_STOP)
    kind = "autofunction" if inspect.isfunction(item) else "autodata"
    return f".. {kind}:: {name}\n"


def _index(grouped: dict[str, list[str]]) -> str:
    parts = [title("Reference"), "Every public name, with every argument.\n\n"]
    for group, names in grouped.items():
        parts.append(_tree(GROUPS[group], names))
    parts.append(_tree("Modules", list(MODULES)))
    return "".join(parts)


def _tree(caption: str, names: list[str]) -> str:
    entries = "".join(f"   {name}\n" for name in names)
    return title(caption, "-") + f".. toctree::\n   :maxdepth: 1\n\n{entries}\n"


def _skip(app: Sphinx, what: str, name: str, item: Any, skip: bool, options: Any) -> bool | None:
    return True if name in INTERNAL else None


def _made_by(
    app: Sphinx, what: str, name: str, item: Any, options: Any, signature: str | None, answer: Any
) -> tuple[str, None] | None:
    return ("", None) if name in MADE_BY_OTHERS else None


def _leave_sources_of_others() -> None:
    """Spare the parsing of the CDK's sources, which nothing here is documented from."""
    for module in ("aws_cdk", "constructs", "constructs._jsii", "jsii._runtime"):
        ModuleAnalyzer.cache["module", module] = PycodeError(f"{module} is not ours")


def _make(app: Sphinx) -> None:
    write_pages("reference", pages())


def setup(app: Sphinx) -> dict[str, bool]:
    """Join the build."""
    app.connect("builder-inited", _make)
    app.connect("autodoc-skip-member", _skip)
    app.connect("autodoc-process-signature", _made_by)
    _leave_sources_of_others()
    return {"parallel_read_safe": True, "parallel_write_safe": True}
