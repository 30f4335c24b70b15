"""The local cloud: two servers, the environment that leads to them, and the CDK CLI on top."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cdk_automlv2.local.cloud.processes import Server, free_ports
from cdk_automlv2.local.cloud.toolchain import bin_dir, cdk_command

ACCOUNT = "000000000000"
REGION = "us-east-1"
DEFAULT_SPEED = 60.0
DEFAULT_FOLDER = Path(".automlv2")

_CDK_OPTIONS = ("--ci", "--no-notices")
_UNSET = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_DEFAULT_PROFILE", "AWS_ROLE_ARN")


class LocalCloudError(Exception):
    """When the local cloud is not there, or is there already."""


class CdkError(Exception):
    """When the CDK CLI failed; what it said was shown before."""


@dataclass
class LocalCloud:
    """A running local cloud; a context manager that stops it.

    Attributes:
        folder: Where its state file and logs lie.
        ministack: Server of everything but SageMaker.
        sagemaker: Server of SageMaker and its runtime.
        speed: How much faster than AWS waiting goes.
    """

    folder: Path
    ministack: Server
    sagemaker: Server
    speed: float

    @classmethod
    def start(
        cls,
        folder: Path = DEFAULT_FOLDER,
        speed: float = DEFAULT_SPEED,
        throttles: float | None = None,
        *,
        bootstrap: bool = True,
    ) -> Self:
        """Start the servers on free ports and bootstrap the account for the CDK.

        Args:
            folder: For the state file and the logs; made if missing.
            speed: 1 waits as long as AWS would, 60 a sixtieth of it; training is not sped up.
            throttles: Part of SageMaker's calls to throttle by chance, on top of AWS's published
                rates. Default: no rates.
            bootstrap: Whether to bootstrap; without it the CDK CLI cannot deploy.

        Raises:
            LocalCloudError: If one of that folder runs already.
            RuntimeError: If a server does not come up.
        """
        folder = folder.absolute()
        if _running(folder) is not None:
            raise LocalCloudError(f"a local cloud is running already; its state is in {folder}")
        (folder / "tmp").mkdir(parents=True, exist_ok=True)
        ports = free_ports(2)
        cloud = cls(
            folder,
            _start_ministack(folder, ports, speed),
            _start_sagemaker(folder, ports, speed, -1 if throttles is None else throttles),
            speed,
        )
        try:
            cloud._save()
            cloud.ministack.wait_until_ready("/_ministack/health", folder / "ministack.log")
            cloud.sagemaker.wait_until_ready("/_automlv2/health", folder / "sagemaker.log")
            if bootstrap:
                cloud._bootstrap()
        except BaseException:
            cloud.stop()
            raise
        return cloud

    @classmethod
    def attach(cls, folder: Path = DEFAULT_FOLDER) -> LocalCloud:
        """Return the cloud that runs with its state in ``folder``.

        Raises:
            LocalCloudError: If none does.
        """
        cloud = _running(folder.absolute())
        if cloud is None:
            raise LocalCloudError("no local cloud is running here; automlv2 local start")
        return cloud

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop both servers and forget the cloud; what it held is gone."""
        self.sagemaker.stop()
        self.ministack.stop()
        (self.folder / "state.json").unlink(missing_ok=True)

    @cached_property
    def environment(self) -> dict[str, str]:
        """Environment in which AWS's tools and SDKs reach this cloud and no other."""
        kept = {key: value for key, value in os.environ.items() if key not in _UNSET}
        return {
            **kept,
            "AWS_ENDPOINT_URL": self.ministack.url,
            "AWS_ENDPOINT_URL_S3": self.ministack.url,
            "AWS_ENDPOINT_URL_SAGEMAKER": self.sagemaker.url,
            "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": self.sagemaker.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CDK_DISABLE_VERSION_CHECK": "1",
            "PATH": f"{bin_dir()}{os.pathsep}{os.environ.get('PATH', '')}",
        }

    def client(self, service: str) -> Any:
        """Return a boto3 client of this cloud, with every right."""
        import boto3

        own = service in ("sagemaker", "sagemaker-runtime")
        return boto3.client(
            service,
            endpoint_url=self.sagemaker.url if own else self.ministack.url,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def plan_fault(self, where: str, *, code: str = "", message: str = "", times: int = 1) -> None:
        """Let something go wrong in SageMaker.

        Args:
            where: An operation to refuse, such as ``CreateEndpoint``; or ``JobHangs`` (until it
                is stopped), ``EndpointFails``, ``UpdateRollsBack``.
            code: Error code of a refused operation. Default: ThrottlingException.
            message: The error's words, or the FailureReason. Default: Rate exceeded.
            times: How often.
        """
        given = {"code": code, "message": message}
        fault = {"where": where, "times": times, **{k: v for k, v in given.items() if v}}
        self._faults("POST", json.dumps(fault).encode())

    def clear_faults(self) -> None:
        """Forget the faults that have not come yet."""
        self._faults("DELETE", None)

    def _faults(self, method: str, body: bytes | None) -> None:
        url = f"{self.sagemaker.url}/_automlv2/faults"
        request = urllib.request.Request(url, data=body, method=method)
        with urllib.request.urlopen(request, timeout=10):
            return

    def cdk(
        self, arguments: Sequence[str], *, folder: Path | None = None, quiet: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """Run the CDK CLI against this cloud.

        Args:
            arguments: Such as ``["deploy", "--all"]``.
            folder: The app's folder. Default: the working directory.
            quiet: Whether to keep the output for the caller instead of showing it.
        """
        place = (folder or Path.cwd()).absolute()
        return subprocess.run(
            [*cdk_command(place), *arguments, *_CDK_OPTIONS],
            cwd=place,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if quiet else None,
            stderr=subprocess.STDOUT if quiet else None,
            text=True,
            check=False,
        )

    def cdk_lines(self, arguments: Sequence[str], *, folder: Path | None = None) -> Iterator[str]:
        """Run the CDK CLI and yield its output line by line, as it comes.

        Raises:
            CdkError: After the last line, if the CLI failed.
        """
        place = (folder or Path.cwd()).absolute()
        process = subprocess.Popen(
            [*cdk_command(place), *arguments, *_CDK_OPTIONS],
            cwd=place,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        with process:
            try:
                for line in process.stdout:
                    yield line.rstrip()
            except BaseException:
                process.terminate()
                raise
        if process.returncode != 0:
            raise CdkError(f"cdk {arguments[0]} failed with exit status {process.returncode}")

    def _bootstrap(self) -> None:
        done = self.cdk(["bootstrap", f"aws://{ACCOUNT}/{REGION}"], folder=self.folder, quiet=True)
        if done.returncode != 0:
            raise RuntimeError(f"cdk bootstrap failed:\n{done.stdout}")

    def _save(self) -> None:
        servers = {"ministack": asdict(self.ministack), "sagemaker": asdict(self.sagemaker)}
        text = json.dumps({**servers, "speed": self.speed})
        (self.folder / "state.json").write_text(text)


def _running(folder: Path) -> LocalCloud | None:
    path = folder / "state.json"
    if not path.exists():
        return None
    state = json.loads(path.read_text())
    ministack, sagemaker = Server(**state["ministack"]), Server(**state["sagemaker"])
    if ministack.is_running() and sagemaker.is_running():
        return LocalCloud(folder, ministack, sagemaker, state["speed"])
    return None


def _start_ministack(folder: Path, ports: list[int], speed: float) -> Server:
    port, sagemaker_port = ports
    sagemaker = f"http://127.0.0.1:{sagemaker_port}"
    environment = {
        "AUTH": "true",
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "127.0.0.1",
        "SFN_WAIT_SCALE": str(1 / speed),
        "LOG_LEVEL": "WARNING",
        "TMPDIR": str(folder / "tmp"),
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_ENDPOINT_URL_SAGEMAKER": sagemaker,
        "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": sagemaker,
    }
    command = [sys.executable, "-m", "cdk_automlv2.local.cloud.gateway", str(port)]
    return Server.start(command, port, environment, folder / "ministack.log")


def _start_sagemaker(folder: Path, ports: list[int], speed: float, throttles: float) -> Server:
    ministack_port, port = ports
    ministack = f"http://127.0.0.1:{ministack_port}"
    command = [
        *(sys.executable, "-m", "cdk_automlv2.local.sagemaker"),
        *(str(port), ministack, str(speed), str(throttles)),
    ]
    environment = {"AWS_EC2_METADATA_DISABLED": "true"}
    return Server.start(command, port, environment, folder / "sagemaker.log")
