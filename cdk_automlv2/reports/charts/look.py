"""Colours: markers that the page's own variables take the place of, and fixed ones for pictures."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Look:
    """The colours of a chart.

    Attributes:
        ink: Text.
        muted: Text of less weight.
        grid: Lines that nothing depends on.
        accent: What the chart is about.
        second: What it is compared with.
        soft: A light surface of the accent.
        on_accent: Text on the accent.
        card: Behind the chart.
    """

    ink: str
    muted: str
    grid: str
    accent: str
    second: str
    soft: str
    on_accent: str
    card: str

    def variables(self) -> dict[str, str]:
        """Return the page's variables with their colours."""
        return {f"--{name.replace('_', '-')}": colour for name, colour in asdict(self).items()}


LIGHT = Look(
    ink="#16181d",
    muted="#515964",
    grid="#d5dae1",
    accent="#0550ae",
    second="#a8370a",
    soft="#dbe9fb",
    on_accent="#ffffff",
    card="#ffffff",
)
DARK = Look(
    ink="#eceef2",
    muted="#a9b2be",
    grid="#39414d",
    accent="#79b8ff",
    second="#ffa36b",
    soft="#1d3557",
    on_accent="#0c1420",
    card="#161b22",
)
MARKERS = Look(*(f"#0{place}0{place}0{place}" for place in range(1, 9)))


def variable_of(colour: str) -> str:
    """Return what a colour of ``MARKERS`` stands for on the page; another colour as it is."""
    for name, marker in MARKERS.variables().items():
        if colour == marker:
            return f"var({name})"
    return colour
