"""Mutation testing of the function: do the tests notice when its code is changed?

    python scripts/mutants.py [--sample N] [--seed S] [--only TEXT] [--workers N]

A sample of small changes, the same for the same seed and code, is made one at a time: in memory,
by an import hook, in a process forked from one that has loaded what tests need. Fails if fewer
than nine in ten are noticed, or if one that is not noticed has no reason in
``accepted_mutants.toml``. Why this is a script of ours: docs/decisions.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import resource
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mutations import Mutation, mutations_of

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "lambda"
PACKAGE = SOURCE / "automlv2_handlers"
ACCEPTED = Path(__file__).with_name("accepted_mutants.toml")
KILLED_AT_LEAST = 0.9
CPU_SECONDS = 240
"""After which a mutant counts as noticed: it does not end."""

_SLOW = (
    "tests/lifecycle/test_wait.py::test_a_chain_of_links_waits_as_long_as_the_job_runs",
    "tests/lifecycle/test_never_train_twice.py::"
    "test_more_objects_than_can_be_listed_in_time_are_said",
)
_LAST = ("test_crashes.py", "test_given_up.py", "test_any_sequence.py")
_SEQUENCES = "30"


class Finder:
    """Loads one module of the function with a change."""

    def __init__(self, mutation: Mutation) -> None:
        relative = mutation.path.relative_to(SOURCE).with_suffix("")
        self._name = ".".join(relative.parts).removesuffix(".__init__")
        self._mutation = mutation

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Return how to load the changed module; nothing for others."""
        if name != self._name:
            return None
        return importlib.util.spec_from_file_location(name, self._mutation.path, loader=self)

    def create_module(self, spec: Any) -> None:
        """Let Python make the module."""

    def exec_module(self, module: Any) -> None:
        """Run the changed code."""
        code = compile(self._mutation.changed_tree(), str(self._mutation.path), "exec")
        exec(code, module.__dict__)


def tests_for(path: Path) -> list[str]:
    """Return the tests to run: those that are about the module first, the long ones last."""
    words = {path.stem, path.stem.rstrip("s"), path.parent.name.rstrip("s")}
    files = sorted((ROOT / "tests/lifecycle").glob("test_*.py"))
    files += [item for item in sorted((ROOT / "tests/unit").glob("test_*.py")) if _is_ours(item)]

    def rank(item: Path) -> tuple[bool, bool, str]:
        near = any(word in item.stem for word in words)
        return item.name in _LAST, not near, item.name

    return [str(item) for item in sorted(files, key=rank)]


def _is_ours(test: Path) -> bool:
    return "automlv2_handlers" in test.read_text()


def run_tests(mutation: Mutation | None) -> int:
    """Run the tests in this process; return pytest's exit status."""
    import pytest

    os.environ["SEQUENCES"] = _SEQUENCES
    path = mutation.path if mutation else PACKAGE
    if mutation is not None:
        sys.meta_path.insert(0, Finder(mutation))  # type: ignore[arg-type]
    arguments = ["-x", "-q", "--no-header", "-p", "no:cacheprovider", "--show-capture=no"]
    arguments += [f"--deselect={test}" for test in _SLOW]
    return int(pytest.main([*arguments, "--hypothesis-seed=1", *tests_for(path)]))


def start(mutation: Mutation | None) -> int:
    """Run the tests in a process of their own; return its id."""
    child = os.fork()
    if child:
        return child
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    output = os.open(os.devnull, os.O_WRONLY)
    if mutation is not None:
        os.dup2(output, 1)
        os.dup2(output, 2)
    status = 3
    try:
        status = run_tests(mutation)
    finally:
        os._exit(status)


def survivors(chosen: Sequence[Mutation], workers: int) -> Iterator[Mutation]:
    """Try each mutation; yield those that no test has noticed."""
    waiting, running = list(chosen), {}
    done = 0
    while waiting or running:
        while waiting and len(running) < workers:
            mutation = waiting.pop(0)
            running[start(mutation)] = mutation
        child, status = os.wait()
        mutation = running.pop(child)
        done += 1
        survived = os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0
        words = "SURVIVED" if survived else "noticed"
        print(f"{done}/{len(chosen)} {words}: {mutation}", flush=True)
        if survived:
            yield mutation


def choose(sample: int, seed: str, only: str) -> list[Mutation]:
    """Return the sample: it changes little when the code does."""
    found = [
        mutation
        for path in sorted(PACKAGE.rglob("*.py"))
        for mutation in mutations_of(path, SOURCE)
        if only in str(mutation)
    ]

    def lot(mutation: Mutation) -> str:
        return hashlib.sha256(f"{seed} {mutation}".encode()).hexdigest()

    return sorted(found, key=lot)[:sample]


def main(arguments: Sequence[str] | None = None) -> int:
    """Try a sample of mutations; return whether too many survive."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=150)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--only", default="", help="part of the description of a mutation")
    parser.add_argument("--list", action="store_true", help="show them, try none")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args(arguments)
    chosen = choose(given.sample, given.seed, given.only)
    if given.list:
        print(*chosen, sep="\n")
        return 0
    os.chdir(ROOT)
    began = time.monotonic()
    _, status = os.waitpid(start(None), 0)
    if status:
        print("the tests fail without any mutation")
        return 1
    found = list(survivors(chosen, given.workers))
    return report(chosen, found, (time.monotonic() - began) / 60)


def report(chosen: Sequence[Mutation], found: Sequence[Mutation], minutes: float) -> int:
    """Print how many were noticed, and those whose survival has no reason."""
    reasons = tomllib.loads(ACCEPTED.read_text()) if ACCEPTED.exists() else {}
    accepted = {item["mutant"] for item in reasons.get("accepted", [])}
    rate = 1 - len(found) / len(chosen)
    print(f"{rate:.0%} of {len(chosen)} noticed in {minutes:.0f} min")
    print(
        *(f"{count} {name}" for name, count in Counter(m.module for m in found).items()), sep="\n"
    )
    unexplained = [mutation for mutation in found if str(mutation) not in accepted]
    for mutation in unexplained:
        print(f"no reason given for: {mutation}")
    return int(rate < KILLED_AT_LEAST or bool(unexplained))


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(SOURCE)]
    sys.exit(main())
