"""The command ``automlv2`` and its groups."""

from __future__ import annotations

import click

from cdk_automlv2.cli.lazy import Lazy
from cdk_automlv2.cli.root import Root

_JOBS = "cdk_automlv2.cli.jobs"
_RELEASES = "cdk_automlv2.cli.releases.commands"
_GROUPS = {
    "candidates": Lazy(
        f"{_JOBS}.candidates", "candidates", "Show the candidates of a job, the best first.", "cli"
    ),
    "cost": Lazy(f"{_JOBS}.cost", "cost", "Show what endpoints and jobs cost.", "cli"),
    "describe": Lazy(
        f"{_JOBS}.describe", "describe", "Show a job, an endpoint, or what a stack holds.", "cli"
    ),
    "invoke": Lazy(f"{_JOBS}.invoke", "invoke", "Send rows or a file to an endpoint.", "cli"),
    "adopt": Lazy(
        "cdk_automlv2.cli.adopt.command", "adopt", "Take over what runs already.", "cli,specs"
    ),
    "abort": Lazy(_RELEASES, "abort", "End the release that is under way.", "cli"),
    "doctor": Lazy(
        "cdk_automlv2.cli.doctor.command", "doctor", "Say what a deployment would lack.", "cli"
    ),
    "explain": Lazy(
        "cdk_automlv2.cli.explain.command", "explain", "Say why a stack has failed.", "cli"
    ),
    "history": Lazy(_RELEASES, "history", "Show all releases of a construct.", "cli"),
    "local": Lazy(
        "cdk_automlv2.cli.local",
        "local",
        "Deploy a CDK app on this machine: no account, no Docker.",
        "local",
    ),
    "lock": Lazy(
        "cdk_automlv2.cli.releases.lock", "lock", "Write down what serves, for elsewhere.", "cli"
    ),
    "logs": Lazy(f"{_JOBS}.logs", "logs", "Show the logs of a stack, job or endpoint.", "cli"),
    "plan": Lazy(
        "cdk_automlv2.cli.plan.command", "plan", "Say what a deployment will train and move.", "cli"
    ),
    "report": Lazy(
        "cdk_automlv2.cli.reports.command", "report", "Write a page about a job.", "cli,report"
    ),
    "retrain": Lazy(_RELEASES, "retrain", "Train again on the data as they are now.", "cli"),
    "promote": Lazy(_RELEASES, "promote", "Let an undecided release pass, with a reason.", "cli"),
    "rollback": Lazy(_RELEASES, "rollback", "Serve a recorded release again.", "cli"),
    "status": Lazy(_RELEASES, "status", "Show how far releases are, and what serves.", "cli"),
    "wait": Lazy(_RELEASES, "wait", "Wait until a release has ended.", "cli"),
    "watch": Lazy(
        "cdk_automlv2.cli.watch.command", "watch", "Show live how far stacks and jobs are.", "cli"
    ),
    "schema": Lazy(
        "cdk_automlv2.cli.validate",
        "schema",
        "Print the JSON Schema of models as files.",
        "cli,specs",
    ),
    "stacks": Lazy(
        "cdk_automlv2.cli.stacks",
        "stacks",
        "Decide over how many stacks a folder of models spreads.",
        "cli,specs",
    ),
    "validate": Lazy(
        "cdk_automlv2.cli.validate",
        "validate",
        "Check models as files: without Node, without AWS.",
        "cli,specs",
    ),
}


@click.group(cls=Root, lazy=_GROUPS)
@click.version_option(package_name="cdk-automlv2", message="%(prog)s %(version)s")
def automlv2() -> None:
    """SageMaker AutoML V2 for the AWS CDK."""
