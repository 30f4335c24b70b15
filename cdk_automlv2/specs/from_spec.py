"""What ``AutoMLV2`` has for files: making one of a spec."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self, cast

from constructs import Construct

from cdk_automlv2._core.options import checked

if TYPE_CHECKING:
    from cdk_automlv2.automl import AutoMLV2


class DeclaredBySpec(Construct):
    """Part of ``AutoMLV2``."""

    @classmethod
    @checked()
    def from_spec(cls, scope: Construct, id: str, path: str | Path) -> Self:
        """Return the model that a file describes: its job, and its model and endpoint if it has.

        The constructs are those of ``fit`` and ``deploy``, with the same ids.

        Args:
            scope: Parent of the construct.
            id: Its id.
            path: The file, YAML or JSON; paths in it are relative to its folder.

        Raises:
            OptionsError: If an argument is of a wrong type.
            SpecError: With everything that is wrong in the file, each with line and column.
            ModuleNotFoundError: If PyYAML, the extra ``specs``, is not installed.
        """
        from cdk_automlv2.specs.build import declare
        from cdk_automlv2.specs.spec import load

        kind = cast("type[AutoMLV2]", cls)
        return cast("Self", declare(kind, scope, id, load(path)))
