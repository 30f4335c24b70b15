"""Models as files: one YAML or JSON file describes one model.

::

    from cdk_automlv2 import specs

    specs.app("models").synth()
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cdk_automlv2.specs.errors import (
        SpecError,
        SpecFault,
    )
    from cdk_automlv2.specs.folder_app import (
        app,
        stacks,
    )
    from cdk_automlv2.specs.spec import (
        Spec,
        load,
    )

__all__ = ["Spec", "SpecError", "SpecFault", "app", "load", "stacks"]

_MODULES = {
    "Spec": "spec",
    "SpecError": "errors",
    "SpecFault": "errors",
    "app": "folder_app",
    "load": "spec",
    "stacks": "folder_app",
}


def __getattr__(name: str) -> object:
    """Import a name at its first use: reading files needs no CDK."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
