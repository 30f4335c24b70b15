"""Draws each picture of a terminal beside its tape: ``python -m docs.terminal.draw``.

The real command runs with the answers that are on tape, so that a picture shows what the command
of this version prints.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from cdk_automlv2.cli.commands import automlv2
from docs.terminal.tape import Client, Tape

FOLDER = Path(__file__).parent
SCENES = {
    "candidates": "candidates Tumours",
    "explain": "explain Broken",
}
"""Names of pictures, and what is typed."""

WIDTH = 80
_ENVIRONMENT = {
    "COLUMNS": str(WIDTH),
    "LINES": "40",
    "TERM": "xterm-256color",
    "COLORTERM": "truecolor",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "AWS_DEFAULT_REGION": "us-east-1",
}
_FONTS = re.compile(r"@font-face \{\{.*?\}\}\s*", re.DOTALL)
_FORMAT = _FONTS.sub("", CONSOLE_SVG_FORMAT).replace(
    "font-family: Fira Code, monospace;",
    "font-family: ui-monospace, 'SFMono-Regular', Menlo, Consolas, 'DejaVu Sans Mono', monospace;",
)
"""Rich's own, without fonts that would be loaded from elsewhere."""


class _Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def drawing(name: str) -> str:
    """Return a picture as it is drawn now."""
    tape = Tape.load(FOLDER / f"{name}.json")
    shown = typed(SCENES[name], tape.playing())
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text("$ ", style="bold green") + Text(f"automlv2 {SCENES[name]}", style="bold"))
    console.print(Text.from_ansi(shown.rstrip("\n")))
    return console.export_svg(title="automlv2", code_format=_FORMAT, unique_id=name)


def typed(words: str, client: Client) -> str:
    """Return what a terminal shows after a command was typed."""

    def factory(profile: str | None, region: str | None, local: bool) -> Client:
        return client

    with _terminal() as terminal, suppress(SystemExit):
        automlv2.main(words.split(), prog_name="automlv2", obj=factory)
    return terminal.getvalue()


@contextmanager
def _terminal() -> Iterator[_Terminal]:
    """Let the command write to a terminal of ours; what is on the screen at the end is kept."""
    before = dict(os.environ), sys.stdout, sys.stderr
    os.environ.update(_ENVIRONMENT)
    os.environ.pop("NO_COLOR", None)
    for name in [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL")]:
        del os.environ[name]
    sys.stdout = sys.stderr = terminal = _Terminal()
    try:
        yield terminal
    finally:
        environment, sys.stdout, sys.stderr = before
        os.environ.clear()
        os.environ.update(environment)


def main() -> None:
    """Draw all of them."""
    for name in SCENES:
        path = FOLDER / f"{name}.svg"
        path.write_text(drawing(name))
        print(path)  # noqa: T201


if __name__ == "__main__":
    main()
