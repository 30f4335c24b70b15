"""Prints every figure beside its bound; the exit status tells whether all are kept."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table

from bench import fingerprint, forty, function, load, polling, resources, specs, synth


def main() -> int:
    """Measure; return the exit status."""
    table = Table("figure", "ours", "peer", "value", "bound", "")
    kept = True
    for part in (resources, function, fingerprint, polling, synth, specs, forty, load):
        for figure in part.measure():
            kept = kept and figure.kept
            verdict = "kept" if figure.kept else "BROKEN"
            value, bound = f"{figure.value:.2f}", f"{figure.bound:g}"
            table.add_row(figure.what, figure.ours, figure.peer, value, bound, verdict)
    Console(width=140).print(table)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
