"""``make demo``: deploys app.py on this machine and shows that it works, from data to answer.

KEEP=1 leaves everything up. The exit status is 0 only if every step did what it says.
"""

from __future__ import annotations

import csv
import io
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from cdk_automlv2.cli import tables
from cdk_automlv2.local import CdkError, LocalCloud, LocalCloudError

ROOT = Path(__file__).parents[1]
STACK = "TumourDiagnosis"
HELD_OUT = ROOT / "data" / "diagnosis_held_out.csv"
LEAST_ACCURACY = 0.85

console = Console(highlight=False, width=max(Console().width, 140))


class DemoError(Exception):
    """When a step did not do what it should."""


def main() -> int:
    """Run the demo; return the exit status."""
    started = time.monotonic()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    keep = os.environ.get("KEEP") == "1"
    try:
        with _cloud(keep) as cloud:
            _deploy(cloud)
            outputs = _outputs(cloud)
            _leaderboard(cloud, outputs["JobName"])
            _predict(cloud, outputs["EndpointName"])
            if not keep:
                _destroy(cloud)
    except (DemoError, CdkError, LocalCloudError, RuntimeError) as error:
        console.print(f"[red]demo failed:[/red] {error}", soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        console.print("interrupted; everything started here has been stopped")
        return 130
    console.print(f"done in {time.monotonic() - started:.0f} s")
    return 0


@contextmanager
def _cloud(keep: bool) -> Iterator[LocalCloud]:
    """Start the local cloud; stop it again, except that KEEP=1 leaves one that came to the end."""
    _say("starting the local cloud (ministack, a SageMaker that trains) and bootstrapping it")
    cloud = LocalCloud.start(ROOT / ".automlv2", left_running=keep)
    try:
        yield cloud
    except BaseException:
        cloud.stop()
        raise
    if keep:
        _say("left running: automlv2 local status | invoke | destroy | stop")
    else:
        cloud.stop()


def _deploy(cloud: LocalCloud) -> None:
    _say("cdk deploy of app.py")
    done = threading.Event()
    follower = threading.Thread(target=_follow_job, args=(cloud, done), daemon=True)
    follower.start()
    try:
        for line in cloud.cdk_lines(["deploy", STACK, "--require-approval", "never"], folder=ROOT):
            _show_event(line)
    finally:
        done.set()
        follower.join()


def _show_event(line: str) -> None:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) >= 5:
        where = " ".join(parts[5].split("(")[0].split()) if len(parts) > 5 else ""
        console.print(f"  [dim]stack[/dim]  {parts[3]:<22} {parts[4]:<34} {where}".rstrip())
    elif line and not line.startswith(("Outputs", "Stack ARN", f"{STACK}.", "arn:")):
        console.print(f"  [dim]{line}[/dim]", soft_wrap=True)


def _follow_job(cloud: LocalCloud, done: threading.Event) -> None:
    sagemaker = cloud.client("sagemaker")
    seen: set[tuple[str, str]] = set()
    while not done.wait(0.3):
        for job in sagemaker.list_auto_ml_jobs()["AutoMLJobSummaries"]:
            fact = (job["AutoMLJobStatus"], job["AutoMLJobSecondaryStatus"])
            if fact not in seen:
                seen.add(fact)
                console.print(f"  [cyan]job[/cyan]    {fact[0]:<22} {fact[1]}")


def _outputs(cloud: LocalCloud) -> dict[str, str]:
    stack = cloud.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    return {item["OutputKey"]: item["OutputValue"] for item in stack["Outputs"]}


def _leaderboard(cloud: LocalCloud, job_name: str) -> None:
    _say(f"candidates of {job_name}, scored on rows they have not learnt from")
    candidates = cloud.client("sagemaker").list_candidates_for_auto_ml_job(
        AutoMLJobName=job_name, SortBy="FinalObjectiveMetricValue", SortOrder="Descending"
    )["Candidates"]
    tables.leaderboard(candidates, console)


def _predict(cloud: LocalCloud, endpoint_name: str) -> None:
    status = cloud.client("sagemaker").describe_endpoint(EndpointName=endpoint_name)
    if status["EndpointStatus"] != "InService":
        raise DemoError(f"endpoint {endpoint_name} is {status['EndpointStatus']}")
    _say(f"endpoint {endpoint_name} is InService; asking it about rows it has never seen")
    with HELD_OUT.open(newline="") as source:
        rows = list(csv.reader(source))[1:]
    body = io.StringIO()
    csv.writer(body, lineterminator="\n").writerows(row[1:] for row in rows)
    answer = cloud.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=endpoint_name, ContentType="text/csv", Body=body.getvalue().encode()
    )
    answers = list(csv.reader(io.StringIO(answer["Body"].read().decode())))
    _compare([row[0] for row in rows], answers)


def _compare(truths: list[str], answers: list[list[str]]) -> None:
    table = Table(
        "row", "truth", "predicted", "probability", title="first ten", title_justify="left"
    )
    for number, (truth, (label, chance)) in enumerate(zip(truths, answers, strict=True), start=1):
        if number <= 10:
            table.add_row(str(number), truth, label, f"{float(chance):.3f}")
    console.print(table)
    right = sum(truth == answer[0] for truth, answer in zip(truths, answers, strict=True))
    accuracy = right / len(truths)
    console.print(f"  {right} of {len(truths)} right: accuracy {accuracy:.3f}")
    if accuracy < LEAST_ACCURACY:
        raise DemoError(f"accuracy {accuracy:.3f} is below {LEAST_ACCURACY}")


def _destroy(cloud: LocalCloud) -> None:
    _say("cdk destroy")
    for line in cloud.cdk_lines(["destroy", STACK, "--force"], folder=ROOT):
        _show_event(line)
    left: dict[str, Any] = tables.inventory(cloud)
    del left["jobs"]  # AWS keeps the record of every job for ever, and has no call to delete it.
    remains = {kind: rows for kind, rows in left.items() if rows}
    if remains:
        raise DemoError(f"something is left: {remains}")
    console.print(f"  nothing is left: no {', no '.join(left)}")


def _say(words: str) -> None:
    console.print(f"[bold]==[/bold] {words}", soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
