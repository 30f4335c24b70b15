"""What the arguments of a `cdk deploy` or `cdk destroy` say, and what they leave out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_APPROVAL = "--require-approval"
_WITH_VALUE = frozenset(
    [
        "--app",
        "-a",
        "--build",
        "--context",
        "-c",
        "--plugin",
        "-p",
        "--profile",
        "--region",
        "--proxy",
        "--ca-bundle-path",
        "--role-arn",
        "-r",
        "--output",
        "-o",
        "--unstable",
        "--telemetry-file",
        "--build-exclude",
        "-E",
        _APPROVAL,
        "--notification-arns",
        "--rollback-trigger-alarm-arns",
        "--monitoring-time-minutes",
        "--tags",
        "-t",
        "--change-set-name",
        "--method",
        "-m",
        "--parameters",
        "--outputs-file",
        "-O",
        "--toolkit-stack-name",
        "--progress",
        "--concurrency",
        "--asset-build-concurrency",
        "--hotswap-ecs-minimum-healthy-percent",
        "--hotswap-ecs-maximum-healthy-percent",
        "--hotswap-ecs-stabilization-timeout-seconds",
    ]
)
"""Options of the CDK CLI that take what comes after them; from its help."""


def all_unless_named(arguments: Sequence[str]) -> list[str]:
    """Return the arguments, with `--all` before them where they name no stack."""
    named = "--all" in arguments or any(True for _ in stacks_of(arguments))
    return list(arguments) if named else ["--all", *arguments]


def unasked(arguments: Sequence[str]) -> list[str]:
    """Return the arguments of a deployment that asks nobody, unless they say whether it asks."""
    said = any(argument.partition("=")[0] == _APPROVAL for argument in arguments)
    return list(arguments) if said else [_APPROVAL, "never", *arguments]


def stacks_of(arguments: Sequence[str]) -> Iterator[str]:
    """Yield what is neither an option nor its value: the stacks that are named."""
    before = ""
    for argument in arguments:
        if not argument.startswith("-") and before not in _WITH_VALUE:
            yield argument
        before = argument
