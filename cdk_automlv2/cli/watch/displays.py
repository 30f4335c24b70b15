"""Where events go: a live screen, rows, or lines of JSON."""

from __future__ import annotations

from typing import Final, Protocol, Self

from rich.console import RenderableType
from rich.live import Live
from rich.text import Text

from cdk_automlv2.cli import out, safe, times
from cdk_automlv2.cli.following import options_typed
from cdk_automlv2.cli.watch import changes, view
from cdk_automlv2.cli.watch.changes import Event
from cdk_automlv2.cli.watch.snapshot import Snapshot

_MEMBERS: Final = ("event", "id", "name", "state", "detail", "value", "reason")
"""Of an event, as they stand in a row, behind its moment."""


class Display(Protocol):
    """Shows snapshots as they come."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(self, *error: object) -> None:
        """End, however it ends."""

    def show(self, snapshot: Snapshot) -> None:
        """Show what is new."""

    def note(self, words: str) -> None:
        """Show a remark."""

    def end(self, event: Event) -> None:
        """Show how it ended."""


def chosen(*, as_json: bool) -> Display:
    """Return the display for whoever reads."""
    if as_json or not out.is_terminal() or out.console().is_dumb_terminal:
        return Stream(as_json=as_json)
    return Screen()


class Screen:
    """A block of the terminal that is drawn again each second; its last state stays."""

    def __init__(self) -> None:
        self._console = out.console()
        self._glyphs = out.glyphs(self._console)
        self._options = options_typed()  # The thread that draws knows no command.
        self._snapshot: Snapshot | None = None
        self._live = Live(
            console=self._console,
            get_renderable=self._render,
            refresh_per_second=2,
            vertical_overflow="visible",
        )

    def __enter__(self) -> Self:
        """Begin."""
        self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Leave the last state on the terminal."""
        self._live.stop()

    def show(self, snapshot: Snapshot) -> None:
        """Draw it."""
        self._snapshot = snapshot
        self._live.refresh()

    def note(self, words: str) -> None:
        """Print a line above the block."""
        self._console.print(Text(safe.lines(words), overflow="fold"))

    def end(self, event: Event) -> None:
        """Print nothing more: the block says it."""

    def _render(self) -> RenderableType:
        if self._snapshot is None:
            return Text("")
        settled = self._snapshot.is_settled
        moment = self._snapshot.at if settled else times.now()
        return view.render(self._snapshot, moment, self._glyphs, self._options)


class Stream:
    """One line for each event, on standard output."""

    def __init__(self, *, as_json: bool) -> None:
        self._rows = None if as_json else out.Rows("time", *_MEMBERS)
        self._before: Snapshot | None = None

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *error: object) -> None:
        """End."""

    def show(self, snapshot: Snapshot) -> None:
        """Print what has changed."""
        for event in changes.between(self._before, snapshot):
            self._print(event)
        self._before = snapshot

    def note(self, words: str) -> None:
        """Print a remark on standard error."""
        out.remark(words)

    def end(self, event: Event) -> None:
        """Print the result."""
        self._print(event)

    def _print(self, event: Event) -> None:
        if self._rows is None:
            out.event({"schema-version": out.SCHEMA, **event})
        else:
            self._rows.add([out.plain(event["at"]), *(event[name] for name in _MEMBERS)])
