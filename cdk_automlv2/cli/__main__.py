"""Entry point of the command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command, or say what is missing to run it."""
    try:
        from cdk_automlv2.cli.commands import automlv2
    except ImportError as error:
        sys.exit(f"automlv2: {error.name} is not installed; pip install 'cdk-automlv2[cli]'")
    automlv2(prog_name="automlv2")


if __name__ == "__main__":
    main()
