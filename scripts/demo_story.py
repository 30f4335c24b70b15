"""What the demo shows: steps with their times, live on a terminal, a line each elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from cdk_automlv2.cli import grid, out, safe
from cdk_automlv2.cli.glyphs import Glyphs
from cdk_automlv2.cli.jobs import leaderboard
from cdk_automlv2.cli.times import duration
from cdk_automlv2.cli.watch.phases import PREPARE, REPORT, TRAIN
from cdk_automlv2.cli.watch.snapshot import JobState, Snapshot

STEPS = 5
NAMES = 24
"""Columns that the names of steps take."""
NARROW = 60
"""Columns below which names take fewer, and there are no margins."""


class Story:
    """Prints the demo; ``console`` is as wide as the terminal, no wider."""

    def __init__(self) -> None:
        self.console: Console = out.console()
        self.glyphs: Glyphs = out.glyphs(self.console)
        self.is_live = self.console.is_terminal
        self.began = time.monotonic()
        self._number = 0

    def say(self, words: str = "", style: str = "") -> None:
        """Print lines."""
        self.console.print(Text(safe.lines(words), style=style, overflow="fold"))

    def pairs(self, items: list[tuple[str, str]]) -> None:
        """Print names and what they mean; long words go on below themselves."""
        grid.pairs(self.console, items, indent=2)

    @property
    def is_narrow(self) -> bool:
        """Whether there is no room to spare."""
        return self.console.width < NARROW

    @property
    def margin(self) -> int:
        """Columns on the left of what belongs to a step."""
        return 2 if self.is_narrow else 6

    @contextmanager
    def step(self, name: str, words: str) -> Iterator[Block]:
        """Show a step while it lasts, then how it ended and how long it took."""
        self._number += 1
        block = Block(self, f"{self._number}/{STEPS} {name}", words)
        if not self.is_live:
            self.console.print(self.line(block.name, words, None))
            yield block
            ended = "done" if block.words == words else block.words
            self.console.print(self.line("", ended, block.seconds, 6))
            return
        with Live(
            console=self.console,
            get_renderable=lambda: Group(*block.lines(done=False)),
            refresh_per_second=4,
            transient=True,
        ):
            yield block
        self.console.print(Group(*block.lines(done=True)))

    def title(self, words: str) -> None:
        """Print the title of a step that takes no time."""
        self._number += 1
        self.say(f"{self._number}/{STEPS} {words}", "bold")

    def line(self, name: str, words: str, seconds: float | None, indent: int = 0) -> Text:
        """Return a line of a step, its time at the right."""
        took = "" if seconds is None else duration(seconds)
        start = self._start(name, indent)
        room = min(self.console.width, 79) - len(start) - len(took)
        text = Text.assemble((start, "bold" if not indent else ""))
        text.append(f"{words:<{max(0, room)}}")
        text.append(f" {took}" if took and len(words) > room else took, style="dim")
        return text

    def fitting(self, name: str, choices: Sequence[str], took: str, indent: int) -> str:
        """Return the first of some words that leaves room for the time; else the last."""
        room = min(self.console.width, 79) - len(self._start(name, indent)) - len(took) - 1
        return next((words for words in choices if len(words) <= room), choices[-1])

    def _start(self, name: str, indent: int) -> str:
        columns, before = (17, indent // 2) if self.is_narrow else (NAMES, indent)
        return f"{' ' * before}{name} ".ljust(columns)


@dataclass
class Block:
    """A step that goes on: its words may change, and there may be lines below it."""

    story: Story
    name: str
    words: str
    below: Callable[[], list[RenderableType]] = list
    began: float = field(default_factory=time.monotonic)

    def lines(self, *, done: bool) -> list[RenderableType]:
        """Return it as it stands now."""
        words = self.words if done else f"{self.words} ..."
        return [self.story.line(self.name, words, self.seconds), *self.below()]

    @property
    def seconds(self) -> float:
        """How long it has taken up to now."""
        return time.monotonic() - self.began


class Deployment:
    """What is seen of a deployment while the CDK CLI is busy with it."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._began = time.monotonic()
        self._firsts: dict[str, float] = {}
        self._told: set[str] = set()

    def see(self, snapshot: Snapshot) -> None:
        """Take the newest look; where nothing is live, say what is new."""
        with self._lock:
            self._snapshot = snapshot
            for key in self._keys(snapshot):
                self._firsts.setdefault(key, time.monotonic())
        if not self._story.is_live:
            self._tell(snapshot)

    def lines(self) -> list[RenderableType]:
        """Return what is seen, a line each."""
        with self._lock:
            snapshot = self._snapshot
        if snapshot is None or snapshot.stack is None:
            return [self._story.line("app, assets", "being synthesized and uploaded", None, 6)]
        jobs = snapshot.jobs
        made = "created" if jobs else f"{snapshot.stack.done} of {snapshot.stack.total} resources"
        shown: list[RenderableType] = [
            self._story.line("roles, function", made, self._since("job"), 6)
        ]
        for job in jobs:
            shown += self._job(job)
        for endpoint in snapshot.endpoints:
            words = _words(endpoint.status)
            shown.append(self._story.line("endpoint", words, self._since("serving"), 6))
        return shown

    def _job(self, job: JobState) -> Iterator[RenderableType]:
        yield self._story.line(f"job {job.id}", _words(job.status), self._since("job ended"), 6)
        for phase in (PREPARE, TRAIN, REPORT):
            if phase in self._firsts:
                yield self._phase(job, phase)

    def _phase(self, job: JobState, phase: str) -> RenderableType:
        order = [PREPARE, TRAIN, REPORT, "job ended"]
        later = [
            self._firsts[key] for key in order[order.index(phase) + 1 :] if key in self._firsts
        ]
        took = (min(later) if later else time.monotonic()) - self._firsts[phase]
        part = 1.0 if later else 0.5
        choices = [""]
        if phase == TRAIN:
            finished, most = job.finished, job.maximum or len(job.finished) or 1
            part = 1.0 if later else len(finished) / most
            values = [value for item in finished if (value := leaderboard.value_of(item))]
            counted = f"  {len(finished)} of {most}"
            line = self._story.glyphs.sparkline(values)
            choices = [f"{counted} candidates  {line}", f"{counted} candidates", counted]
        bars = [f"{self._story.glyphs.bar(part)}{words}" for words in choices]
        words = self._story.fitting(phase, bars, duration(took), 8)
        return self._story.line(phase, words, took, 8)

    def _since(self, key: str) -> float | None:
        """Return when something was first seen, in seconds since the deployment began."""
        first = self._firsts.get(key)
        return None if first is None else first - self._began

    def _keys(self, snapshot: Snapshot) -> Iterator[str]:
        for job in snapshot.jobs:
            yield "job"
            if job.phase:
                yield job.phase
            if job.is_settled:
                yield "job ended"
        if any(item.is_good for item in snapshot.endpoints):
            yield "serving"

    def _tell(self, snapshot: Snapshot) -> None:
        for job in snapshot.jobs:
            self._once(f"      job {job.id}: {job.phase or _words(job.status)}")
            for item in job.finished:
                name = str(item["CandidateName"]).removeprefix(f"{job.name}-")
                metric = leaderboard.objective_of(item).get("MetricName")
                value = leaderboard.number(leaderboard.value_of(item))
                self._once(f"        candidate {name}: {metric} {value}")
        for endpoint in snapshot.endpoints:
            self._once(f"      endpoint: {_words(endpoint.status)}")

    def _once(self, words: str) -> None:
        if words not in self._told:
            self._told.add(words)
            self._story.say(words)


def _words(status: str) -> str:
    """Return a status of AWS as two words: ``InProgress`` is in progress."""
    return "".join(f" {sign.lower()}" if sign.isupper() else sign for sign in status).strip()
