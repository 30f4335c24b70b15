"""``make demo``: deploys app.py on this machine and shows that it works, from data to answer.

KEEP=1 leaves everything up, VERBOSE=1 shows what the CDK CLI says. The exit status is 0 only if
every step did what it says.
"""

from __future__ import annotations

import collections
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import demo_data
from botocore.exceptions import BotoCoreError, ClientError
from demo_story import Deployment, Story

from cdk_automlv2.cli import tables
from cdk_automlv2.cli.jobs import leaderboard
from cdk_automlv2.cli.jobs.candidates import list_all
from cdk_automlv2.cli.reports.rows import held_out
from cdk_automlv2.cli.watch.look import Watched
from cdk_automlv2.local import CdkError, LocalCloud, LocalCloudError
from cdk_automlv2.reports.page import write
from cdk_automlv2.reports.reading.everything import read

ROOT = Path(__file__).parents[1]
STACK = "TumourDiagnosis"
REPORT = ROOT / ".automlv2" / "report.html"
LEAST_ACCURACY = 0.85
LOOK_SECONDS = 0.4
LAST_LINES = 30
_METRICS = ("AUC", "Accuracy", "InferenceLatency")


class DemoError(Exception):
    """When a step did not do what it should."""


def main() -> int:
    """Run the demo; return the exit status."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    story, keep = Story(), os.environ.get("KEEP") == "1"
    try:
        _introduce(story)
        with _cloud(story, keep) as cloud:
            _deploy(story, cloud)
            outputs = _outputs(cloud)
            _leaderboard(story, cloud, outputs["JobName"])
            _predict(story, cloud, outputs["EndpointName"])
            _report(story, cloud, outputs)
            if not keep:
                _destroy(story, cloud)
    except (DemoError, CdkError, LocalCloudError, RuntimeError) as error:
        story.say(f"demo failed: {error}", "red")
        return 1
    except KeyboardInterrupt:
        story.say("interrupted; everything started here has been stopped")
        return 130
    _what_next(story, keep)
    return 0


def _introduce(story: Story) -> None:
    rows, columns = demo_data.size(demo_data.TRAIN)
    kept, _ = demo_data.size(demo_data.HELD_OUT)
    story.say(
        "AutoML on this machine: no account, no Docker. About a minute; on AWS longer.", "bold"
    )
    story.say()
    story.pairs(
        [
            ("Data", f"{rows} breast tumours, {columns} measurements each"),
            ("Question", f"malignant or benign? {kept} more rows are kept back for the end."),
            (
                "App",
                "app.py: a job, the model of its best candidate, an endpoint; "
                f"all in stack {STACK}. Waits of AWS go 60 times as fast.",
            ),
        ]
    )
    story.say()


@contextmanager
def _cloud(story: Story, keep: bool) -> Iterator[LocalCloud]:
    """Start the local cloud; stop it again, except that KEEP=1 leaves one that came to the end."""
    with story.step("Local cloud", "starting") as block:
        cloud = LocalCloud.start(ROOT / ".automlv2", left_running=keep)
        block.words = "ready"
    try:
        yield cloud
    except BaseException:
        cloud.stop()
        raise
    if not keep:
        cloud.stop()


def _deploy(story: Story, cloud: LocalCloud) -> None:
    seen = Deployment(story)
    done = threading.Event()
    with story.step("cdk deploy", "waits for the job and the endpoint") as block:
        if story.is_live:
            block.below = seen.lines
        follower = threading.Thread(target=_follow, args=(cloud, seen, done), daemon=True)
        follower.start()
        try:
            _run_cdk(story, cloud, ["deploy", STACK, "--require-approval", "never"])
        finally:
            done.set()
            follower.join()
        _look(cloud, seen)


def _follow(cloud: LocalCloud, seen: Deployment, done: threading.Event) -> None:
    while not done.wait(LOOK_SECONDS):
        _look(cloud, seen)


def _look(cloud: LocalCloud, seen: Deployment) -> None:
    """Look once; there is no stack at first, and a call may come in between."""
    try:
        seen.see(Watched(cloud.client, stack=STACK).look())
    except (BotoCoreError, ClientError, click.ClickException):
        return


def _run_cdk(story: Story, cloud: LocalCloud, arguments: list[str]) -> None:
    """Run the CDK CLI; its last lines are shown if it fails.

    Raises:
        CdkError: If it failed.
    """
    verbose = os.environ.get("VERBOSE") == "1"
    last: collections.deque[str] = collections.deque(maxlen=LAST_LINES)
    try:
        for line in cloud.cdk_lines(arguments, folder=ROOT):
            last.append(line)
            if verbose:
                story.say(line, "dim")
    except CdkError:
        if not verbose:
            story.say("\n".join(last))
        raise


def _outputs(cloud: LocalCloud) -> dict[str, str]:
    stack = cloud.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    return {item["OutputKey"]: item["OutputValue"] for item in stack["Outputs"]}


def _leaderboard(story: Story, cloud: LocalCloud, job: str) -> None:
    story.title("Candidates, judged on rows that they were not trained on")
    story.say()
    described = cloud.client("sagemaker").describe_auto_ml_job_v2(AutoMLJobName=job)
    best = described["BestCandidate"]["CandidateName"]
    found = leaderboard.ranked(list_all(cloud.client, job))
    leaderboard.show(story.console, found, best, indent=story.margin, metrics=_METRICS)
    story.say(f"{' ' * story.margin}The endpoint serves the one with the star.")
    story.say()


def _predict(story: Story, cloud: LocalCloud, endpoint: str) -> None:
    status = cloud.client("sagemaker").describe_endpoint(EndpointName=endpoint)["EndpointStatus"]
    if status != "InService":
        raise DemoError(f"endpoint {endpoint} is {status}")
    truths, body = demo_data.questions()
    story.title(f"The endpoint answers the {len(truths)} rows kept back")
    answer = cloud.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=endpoint, ContentType="text/csv", Body=body
    )
    found = demo_data.compare(truths, answer["Body"].read())
    _matrix(story, found)
    if found.accuracy < LEAST_ACCURACY:
        raise DemoError(f"accuracy {found.accuracy:.3f} is below {LEAST_ACCURACY}")


def _matrix(story: Story, found: demo_data.Comparison) -> None:
    width = max(map(len, found.labels)) + 2
    start = " " * (story.margin // 2 if story.is_narrow else story.margin)
    story.say()
    story.say(f"{start}{'':<{width + 5}}{'predicted':>{width}}")
    story.say(f"{start}{'':<{width + 5}}{''.join(f'{label:>{width}}' for label in found.labels)}")
    for truth in found.labels:
        counts = "".join(f"{found.counts[truth, said]:>{width}}" for said in found.labels)
        story.say(f"{start}true {truth:<{width}}{counts}")
    right = found.total - len(found.wrong)
    story.say()
    story.say(f"{start}{right} of {found.total} right ({found.accuracy:.3f})")
    for item in found.wrong:
        words = f"row {item.row} is {item.truth}, said {item.said} ({item.chance:.2f} sure)"
        story.say(f"{start}wrong: {words}")
    story.say()


def _report(story: Story, cloud: LocalCloud, outputs: dict[str, str]) -> None:
    described = cloud.client("sagemaker").describe_auto_ml_job_v2(AutoMLJobName=outputs["JobName"])
    facts = read(
        cloud.client,
        described,
        endpoint=outputs["EndpointName"],
        held_out=held_out(cloud.client, str(demo_data.HELD_OUT)),
        lineage={"stack": STACK, "construct": "Diagnosis"},
    )
    REPORT.write_text(write(facts), encoding="utf-8")
    size = REPORT.stat().st_size // 1024
    words = f"Report: {REPORT.relative_to(ROOT)} ({size} kB), a page for the browser"
    story.say(f"{' ' * story.margin}{words}")
    story.say()


def _destroy(story: Story, cloud: LocalCloud) -> None:
    with story.step("cdk destroy", "deletes all of it") as block:
        _run_cdk(story, cloud, ["destroy", STACK, "--force"])
        left: dict[str, Any] = tables.inventory(cloud)
        del left["jobs"]  # AWS keeps the record of every job for ever, and cannot delete it.
        remains = {kind: rows for kind, rows in left.items() if rows}
        if remains:
            raise DemoError(f"something is left: {remains}")
        block.words = "nothing left but the record of the job"


def _what_next(story: Story, keep: bool) -> None:
    took = time.monotonic() - story.began
    story.say()
    story.say(f"Done in {took:.0f} s.", "bold")
    bin_ = ".venv/bin/automlv2"
    file = demo_data.HELD_OUT.relative_to(ROOT)
    if keep:
        story.pairs(
            [
                ("Ask it", f"{bin_} invoke {STACK} --local \\"),
                ("", f"    --file {file} --without {demo_data.TARGET}"),
                ("Look", f"{bin_} candidates {STACK} --local"),
                ("", f"{bin_} watch {STACK} --local"),
                ("Change", f"edit app.py, then {bin_} local deploy"),
                ("Stop", f"{bin_} local destroy && {bin_} local stop"),
            ]
        )
        return
    story.pairs(
        [
            ("Next", "KEEP=1 make demo      leaves it running, with commands to try"),
            ("", "VERBOSE=1 make demo   shows every stack event"),
            ("", "docs/local-data.md    your own data: what is taken"),
            ("", "README.md             what else there is, and AWS"),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
