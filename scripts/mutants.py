"""Mutation testing of the function: do the tests notice when its code is changed?

    python scripts/mutants.py [--sample N] [--seed S] [--only TEXT] [--workers N]

A sample of small changes, the same for the same seed and code, is made one at a time, each in a
process forked from one that has all tests collected and run once, by those tests that have run
what is changed. Fails if fewer than nine in ten are noticed, or if one that is not noticed has no
reason in ``accepted_mutants.toml``. Why this is a script of ours: docs/decisions.
"""

from __future__ import annotations

import argparse
import ast
import gc
import hashlib
import os
import resource
import sys
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType

import pytest
from mutations import Mutation, mutations_of
from touched import Place, Touched, noting

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
_LAST = (
    *("test_crashes.py", "test_given_up.py", "test_any_sequence.py"),
    *("test_release_faults.py", "test_any_release.py"),
)
_LEFT_OUT = ("test_most_tags.py", "test_imports.py", "test_tests.py")
"""All forks share one Node process, in which policies are synthesized one at a time; and what
reads sources sees no change."""

_SEQUENCES = "30"
_NOT_MADE = 3


class Mutants:
    """A plugin of pytest: runs the tests as they are, then once for each mutation.

    Args:
        chosen: The mutations.
        workers: How many are tried at once.

    Attributes:
        found: Those that no test has noticed.
        good: Whether the tests pass without any mutation.
    """

    def __init__(self, chosen: Sequence[Mutation], workers: int) -> None:
        self._chosen = chosen
        self._workers = workers
        self.found: list[Mutation] = []
        self.good = False
        self._touched = Touched()
        self._output = os.fdopen(os.dup(1), "w")  # What is pytest's own, it keeps from us.

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Take the place of pytest's own loop."""
        paths = modules()
        for path in paths:
            make(noting(path), path)
        self.good = run(session.items, session, self._touched.noted)
        for path in paths:
            make(ast.parse(path.read_text()), path)
        words = "pass" if self.good else "FAIL"
        print(
            f"{len(session.items)} tests {words} without mutations", file=self._output, flush=True
        )
        if self.good:
            self.found += self._survivors(session)
        return True

    def _survivors(self, session: pytest.Session) -> Iterator[Mutation]:
        """Try each mutation; yield those that no test has noticed."""
        waiting = list(self._chosen)
        running: dict[int, Mutation] = {}
        while waiting or running:
            while waiting and len(running) < self._workers:
                mutation = waiting.pop(0)
                running[start(mutation, session, self._touched)] = mutation
            child, status = os.wait()
            mutation = running.pop(child)
            if os.WIFEXITED(status) and os.WEXITSTATUS(status) == _NOT_MADE:
                raise ValueError(f"not made: {mutation}")
            survived = os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0
            number = len(self._chosen) - len(waiting) - len(running)
            words = f"{number}/{len(self._chosen)} {'SURVIVED' if survived else 'noticed'}"
            print(f"{words}: {mutation}", file=self._output, flush=True)
            if survived:
                yield mutation


def run(
    items: Sequence[pytest.Item],
    session: pytest.Session,
    noted: Callable[[str], AbstractContextManager[None]] = lambda _: nullcontext(),
) -> bool:
    """Run tests until one fails, each within ``noted`` of its id; whether none does."""
    for item, following in zip(items, [*items[1:], None], strict=True):
        with noted(item.nodeid):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return False
    return True


def in_order(items: Sequence[pytest.Item], path: Path) -> list[pytest.Item]:
    """Return the tests: those that are about the module first, the long ones last."""
    words = {path.stem, path.stem.rstrip("s"), path.parent.name.rstrip("s")}

    def rank(item: pytest.Item) -> tuple[bool, bool, bool]:
        near = any(word in item.path.stem for word in words)
        return item.path.name in _LAST, not near, item.path.parent.name != "unit"

    return sorted(items, key=rank)


def _files() -> list[str]:
    files = sorted((ROOT / "tests/lifecycle").glob("test_*.py"))
    files += [item for item in sorted((ROOT / "tests/unit").glob("test_*.py")) if _is_ours(item)]
    return [str(item) for item in files if item.name not in _LEFT_OUT]


def _is_ours(test: Path) -> bool:
    return "automlv2_handlers" in test.read_text()


def modules() -> list[Path]:
    """Import all files of the package; return those that have functions."""
    found = sorted(PACKAGE.rglob("*.py"))
    for path in found:
        import_module(".".join(path.relative_to(SOURCE).with_suffix("").parts))
    return [path for path in found if "def " in path.read_text()]


def start(mutation: Mutation, session: pytest.Session, touched: Touched) -> int:
    """Run the tests in a process of their own, with changed code; return its id."""
    child = os.fork()
    if child:
        return child
    status = _NOT_MADE
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        output = os.open(os.devnull, os.O_WRONLY)
        os.dup2(output, 1)
        os.dup2(output, 2)
        session.config.pluginmanager.unregister(name="terminalreporter")
        places = make(mutation.changed_tree(), mutation.path)
        items = [item for item in session.items if touched.by(item.nodeid, places)]
        status = int(not run(in_order(items, mutation.path), session))
    finally:
        os._exit(status)


def make(tree: ast.Module, path: Path) -> set[Place]:
    """Let every function that a file has made by now run the code of a tree; return the changed.

    Raises:
        ValueError: If that changes nothing.
    """
    changed: set[Place] = set()
    codes = _codes(compile(tree, str(path), "exec"))
    present: defaultdict[str, list[FunctionType]] = defaultdict(list)
    for item in gc.get_objects():
        if isinstance(item, FunctionType) and item.__code__.co_filename == str(path):
            present[item.__code__.co_qualname].append(item)
    for name, functions in present.items():
        lines = sorted({function.__code__.co_firstlineno for function in functions})
        if len(lines) != len(codes[name]):
            continue  # Made by a call; whatever makes it will make another.
        for function in functions:
            code = codes[name][lines.index(function.__code__.co_firstlineno)]
            if code != function.__code__:
                changed.add((str(path), name))
            function.__code__ = code
    if not changed:
        raise ValueError("no function has changed")
    return changed


def _codes(code: CodeType) -> dict[str, list[CodeType]]:
    """Return the code of a module's functions by their names, in their order."""
    found: defaultdict[str, list[CodeType]] = defaultdict(list)
    for item in code.co_consts:
        if isinstance(item, CodeType):
            found[item.co_qualname].append(item)
            for name, inner in _codes(item).items():
                found[name] += inner
    return found


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
    began = time.monotonic()
    tried = try_all(chosen, given.workers)
    if not tried.good:
        print("the tests fail without any mutation")
        return 1
    return report(chosen, tried.found, (time.monotonic() - began) / 60)


def try_all(chosen: Sequence[Mutation], workers: int) -> Mutants:
    """Run the tests without and with each mutation."""
    os.chdir(ROOT)
    os.environ["SEQUENCES"] = _SEQUENCES
    tried = Mutants(chosen, workers)
    options = ["-q", "--no-header", "-p", "no:cacheprovider", "--show-capture=no"]
    options += [f"--deselect={test}" for test in _SLOW]
    pytest.main([*options, "--hypothesis-seed=1", *_files()], plugins=[tried])
    return tried


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
