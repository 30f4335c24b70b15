"""The two servers of a local cloud, and the arguments of each."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

from cdk_automlv2.local.cloud import lifeline
from cdk_automlv2.local.cloud.credentials import KeyRing
from cdk_automlv2.local.cloud.processes import Server, listener, port_of, servers_of

GATEWAY = "cdk_automlv2.local.cloud.gateway"
SAGEMAKER = "cdk_automlv2.local.sagemaker"
PAGE = "cdk_automlv2.cli.page"
"""Started when somebody asks for the page; part of the command, as it reads what that reads."""
MODULES = (GATEWAY, SAGEMAKER, PAGE)


@dataclass(frozen=True)
class Settings:
    """How a cloud behaves.

    Attributes:
        folder: Where its files lie.
        keys: What it makes and what it is asked with.
        speed: How much faster than AWS waiting goes.
        throttles: Below 0 calls have no rates; else AWS's, and this part of calls is throttled.
        left_running: Whether the servers outlive the process that starts them.
    """

    folder: Path
    keys: KeyRing
    speed: float
    throttles: float
    left_running: bool


def start_both(settings: Settings, started: list[Server]) -> tuple[Server, Server]:
    """Start ministack and SageMaker; each is added to ``started`` at once."""
    sockets = listener(), listener()
    ministack, sagemaker = (f"http://127.0.0.1:{port_of(bound)}" for bound in sockets)
    folder = settings.folder
    said = lifeline.message(settings.keys, left_running=settings.left_running)
    first = Server.start(
        [sys.executable, "-m", GATEWAY, str(folder)],
        sockets[0],
        _ministack_environment(settings, port_of(sockets[0]), sagemaker),
        folder / "ministack.log",
        said,
    )
    started.append(first)
    second = Server.start(
        [
            *(sys.executable, "-m", SAGEMAKER, str(folder)),
            *(ministack, str(settings.speed), str(settings.throttles)),
        ],
        sockets[1],
        _inherited() | {"AWS_EC2_METADATA_DISABLED": "true"},
        folder / "sagemaker.log",
        said,
    )
    started.append(second)
    return first, second


def start_page(folder: Path) -> Server:
    """Start the server of the page, which ends with the cloud of that folder."""
    command = [sys.executable, "-m", PAGE, str(folder)]
    return Server.start(command, listener(), _inherited(), folder / "page.log", "")


def page_of(folder: Path) -> str:
    """Return the address of the page of that folder's cloud; empty where it is not served."""
    for process in servers_of(folder, (PAGE,)):
        with contextlib.suppress(psutil.Error):
            return f"http://127.0.0.1:{int(process.cmdline()[-1])}"
    return ""


def _ministack_environment(settings: Settings, port: int, sagemaker: str) -> dict[str, str]:
    return _inherited() | {
        "AUTH": "true",
        "AUTOMLV2_SPEED": str(settings.speed),
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "MINISTACK_HOST": "127.0.0.1",
        "SFN_WAIT_SCALE": str(1 / settings.speed),
        "SFTP_ENABLED": "0",
        "TMPDIR": str(settings.folder / "tmp"),
        "AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING": sagemaker,
        "AWS_ENDPOINT_URL_SAGEMAKER": sagemaker,
        "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": sagemaker,
    }


def _inherited() -> dict[str, str]:
    """Return the environment without what leads to AWS, or changes ministack.

    Functions inherit it, and the developer's own keys are none of theirs.
    """
    dropped = ("AWS_", "MINISTACK_", "LOCALSTACK_", "LAMBDA_", "SFN_")
    return {key: value for key, value in os.environ.items() if not key.startswith(dropped)} | {
        "NO_PROXY": no_proxy()
    }


def no_proxy() -> str:
    """Return the hosts that need no proxy, the own ones among them."""
    known = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
    return ",".join(filter(None, (known, "127.0.0.1", "localhost")))
