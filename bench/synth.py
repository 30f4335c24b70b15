"""How long synth takes, against an empty app and against bare custom resources."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure, alternate, python

_APPS = Path(__file__).with_name("apps")
_ROUNDS = 7
_IMPORT = "import cdk_automlv2.problem_configs"
_CHECK = f"{_IMPORT} as p; p.AutoMLTabularConfig('y')"


def measure() -> Iterator[Figure]:
    """Yield the figures."""
    commands = [python(str(_APPS / f"{name}.py")) for name in ("empty", "bare", "hundred")]
    empty, bare, ours = alternate(commands, _ROUNDS)
    yield Figure(
        "synth of 100 jobs with endpoints, against bare custom resources",
        f"{ours:.2f} s",
        f"{bare:.2f} s",
        ours / bare,
        1.5,
    )
    yield Figure(
        "synth of 100 jobs with endpoints, against an empty app",
        f"{ours:.2f} s",
        f"{empty:.2f} s",
        ours / empty,
        2.5,
    )
    imported, checked = alternate([python("-c", _IMPORT), python("-c", _CHECK)], _ROUNDS)
    yield Figure(
        "reading the limits of the API, once an app, seconds",
        f"{checked - imported:.2f} s",
        "-",
        checked - imported,
        0.2,
    )
