"""What synth costs, against an empty app and against bare custom resources.

In processor seconds, Node's among them, and in calls into Node, which are the same on any machine.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure, processor_seconds, python

_APPS = Path(__file__).with_name("apps")
_PROGRAMS = {
    "empty": (str(_APPS / "empty.py"),),
    "bare": (str(_APPS / "bare.py"),),
    "below": (str(_APPS / "bare.py"), "below"),
    "ours": (str(_APPS / "hundred.py"),),
    "by_sdk": (str(_APPS / "hundred_by_sdk.py"),),
}
_JOBS = 100
_ROUNDS = 3
_ROUNDS_OF_CHECKS = 7
_IMPORT = "import cdk_automlv2.problem_configs"
_CHECK = f"{_IMPORT} as p; p.AutoMLTabularConfig('y')"
_CALLS = re.compile(r"^(\d+) calls into Node$", re.MULTILINE)


def measure() -> Iterator[Figure]:
    """Yield the figures."""
    commands = list(_PROGRAMS.values())
    times = processor_seconds([python(*command) for command in commands], _ROUNDS)
    seconds = dict(zip(_PROGRAMS, times, strict=True))
    calls = {name: _calls(command) for name, command in _PROGRAMS.items()}
    for name, what, most_calls in (
        ("below", "bare resources below constructs of their own", 10),
        ("ours", "jobs, models and endpoints", 11),
        ("by_sdk", "AutoMLV2, fit and deploy", 12),
    ):
        yield Figure(
            f"synth of 100 {what}, against bare custom resources, processor seconds",
            f"{seconds[name]:.2f} s",
            f"{seconds['bare']:.2f} s",
            seconds[name] / seconds["bare"],
            1.5,
        )
        yield Figure(
            f"calls into Node for each of 100 {what}",
            str(calls[name]),
            str(calls["bare"]),
            (calls[name] - calls["empty"]) // _JOBS,
            most_calls,
        )
    yield Figure(
        "synth of 100 jobs with endpoints, against an empty app, processor seconds",
        f"{seconds['ours']:.2f} s",
        f"{seconds['empty']:.2f} s",
        seconds["ours"] / seconds["empty"],
        3,
    )
    commands = [python("-c", program) for program in (_IMPORT, _CHECK)]
    imported, checked = processor_seconds(commands, _ROUNDS_OF_CHECKS)
    yield Figure(
        "reading the limits of the API, once an app, processor seconds",
        f"{checked - imported:.2f} s",
        "-",
        checked - imported,
        0.2,
    )


def _calls(command: tuple[str, ...]) -> int:
    counted = python("-m", "bench.calls", *command)
    run = subprocess.run(counted, check=True, capture_output=True, text=True)
    found = _CALLS.search(run.stdout)
    assert found is not None
    return int(found.group(1))
