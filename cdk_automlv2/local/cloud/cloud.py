"""The local cloud: two servers, the environment that leads to them, and the CDK CLI on top."""

from __future__ import annotations

import contextlib
import json
import math
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cdk_automlv2.local.cloud import cdk_cli, deliveries, environment, signals, state_file
from cdk_automlv2.local.cloud.ask import ask, ask_json
from cdk_automlv2.local.cloud.credentials import KeyRing
from cdk_automlv2.local.cloud.environment import REGION
from cdk_automlv2.local.cloud.errors import CdkError, LocalCloudError, file_errors
from cdk_automlv2.local.cloud.private_files import make_own_folder, open_own, require_own_folder
from cdk_automlv2.local.cloud.processes import Server, end_all, servers_of
from cdk_automlv2.local.cloud.servers import MODULES, Settings, start_both
from cdk_automlv2.local.cloud.signature import Key
from cdk_automlv2.local.cloud.state_file import Saved

__all__ = ["CdkError", "LocalCloud", "LocalCloudError"]

ACCOUNT = "000000000000"
DEFAULT_SPEED = 60.0
DEFAULT_FOLDER = Path(".automlv2")
_START = "automlv2 local start --detach"
_STOP = "automlv2 local stop"

_OWN_SERVICES = ("application-autoscaling", "sagemaker", "sagemaker-runtime")


@dataclass
class LocalCloud:
    """A running local cloud; a context manager that stops it.

    Attributes:
        folder: Folder of its state file and logs.
        ministack: Server of everything but SageMaker.
        sagemaker: Server of SageMaker and its runtime.
        speed: How much faster than AWS waiting goes.
        keys: Created at the start; requests signed with any other key are refused.
    """

    folder: Path
    ministack: Server
    sagemaker: Server
    speed: float
    keys: KeyRing

    @classmethod
    def start(
        cls,
        folder: Path = DEFAULT_FOLDER,
        speed: float = DEFAULT_SPEED,
        throttles: float | None = None,
        *,
        accounts: Sequence[str] = (ACCOUNT,),
        bootstrap: bool = True,
        left_running: bool = False,
    ) -> Self:
        """Start the servers on free ports and bootstrap the accounts for the CDK.

        Args:
            folder: For the state file and the logs; made if missing.
            speed: 1 waits as long as AWS would, 60 a sixtieth of it; training is not sped up.
            throttles: Part of SageMaker's calls to throttle by chance, on top of AWS's published
                rates. Default: no rates.
            accounts: Numbers of the accounts there are, each with a key of its own; clients and
                the CDK use the first one by default.
            bootstrap: Whether to bootstrap; without it the CDK CLI cannot deploy.
            left_running: Whether it outlives this process; else it ends with it, however that
                ends.

        Raises:
            LocalCloudError: If one of that folder runs already, or the folder cannot be used.
            ValueError: If the speed or an account makes no sense.
            RuntimeError: If a server does not come up.
        """
        if not (math.isfinite(speed) and speed > 0):
            raise ValueError(f"speed must be a number above 0, got {speed}")
        keys, folder = KeyRing.make(accounts), folder.absolute()
        rates = -1 if throttles is None else throttles
        settings = Settings(folder, keys, speed, rates, left_running)
        with file_errors(folder):
            make_private(folder)
            with state_file.locked(folder):
                cloud = cls._start(settings)
                try:
                    cloud._make_ready(bootstrap)
                except BaseException:
                    cloud.stop()
                    raise
        return cloud

    @classmethod
    def _start(cls, settings: Settings) -> Self:
        """Start the servers and save them at once; nothing is left if that fails."""
        folder = settings.folder
        saved = state_file.load(folder)
        if saved is not None and (saved.ministack.is_running() or saved.sagemaker.is_running()):
            words = f"a local cloud is running already; its state is in {folder}"
            raise LocalCloudError(words, "automlv2 local status")
        if servers_of(folder, MODULES):
            words = f"a local cloud is running in {folder} without a state"
            raise LocalCloudError(words, _STOP)
        started: list[Server] = []
        try:
            with signals.held():
                ministack, sagemaker = start_both(settings, started)
                saved = Saved(ministack, sagemaker, settings.keys, settings.speed)
                state_file.save(folder, saved)
        except BaseException:
            _stop(folder, started)
            raise
        return cls(folder, ministack, sagemaker, settings.speed, settings.keys)

    def _make_ready(self, bootstrap: bool) -> None:
        self.ministack.wait_until_ready("/_ministack/health", self.folder / "ministack.log")
        self.sagemaker.wait_until_ready("/_automlv2/health", self.folder / "sagemaker.log")
        for account in self.keys.accounts if bootstrap else ():
            self._bootstrap(account)

    @classmethod
    def attach(cls, folder: Path = DEFAULT_FOLDER) -> LocalCloud:
        """Return the cloud that runs with its state in ``folder``.

        Raises:
            LocalCloudError: If none does, or one of its servers has ended.
        """
        folder = folder.absolute()
        saved = state_file.load(folder)
        servers = (saved.ministack, saved.sagemaker) if saved else ()
        alive = [server.is_running() for server in servers]
        if saved is None or not any(alive):
            raise none_runs()
        cloud = cls(folder, saved.ministack, saved.sagemaker, saved.speed, saved.keys)
        if not all(alive):
            raise LocalCloudError(cloud.ended(), _STOP)
        return cloud

    @classmethod
    def stop_all(cls, folder: Path = DEFAULT_FOLDER) -> bool:
        """Stop every server of ``folder``, with or without a state file; whether there was one."""
        folder, broken = folder.absolute(), False
        try:
            saved = state_file.load(folder)
        except state_file.BrokenError:
            saved, broken = None, True
        servers = [saved.ministack, saved.sagemaker] if saved else []
        found = broken or any(server.is_running() for server in servers)
        found = found or bool(servers_of(folder, MODULES))
        _stop(folder, servers)
        return found

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
        """Stop both servers; their state is discarded."""
        _stop(self.folder, [self.sagemaker, self.ministack])

    def is_running(self) -> bool:
        """Whether both servers run."""
        return self.ministack.is_running() and self.sagemaker.is_running()

    def ended(self) -> str:
        """Say that a server has ended, and which."""
        name = "sagemaker" if self.ministack.is_running() else "ministack"
        log = self.folder / f"{name}.log"
        return f"a server of the local cloud has ended, see {log}"

    def variables(self, account: str | None = None) -> dict[str, str]:
        """Return the environment variables that lead a client to this cloud.

        Args:
            account: Whose key. Default: the first account's.
        """
        return environment.variables(self.ministack, self.sagemaker, self._key(account))

    @property
    def environment(self) -> dict[str, str]:
        """Environment in which AWS's tools and SDKs reach this cloud and no other."""
        return environment.whole(self.variables(), Path.cwd())

    def client(self, service: str, account: str | None = None, config: Any = None) -> Any:
        """Return a boto3 client of this cloud, with every right in the account.

        Args:
            service: As boto3 calls it.
            account: Whose key it has. Default: the first account's.
            config: botocore's ``Config``.
        """
        import boto3

        key = self._key(account)
        return boto3.client(
            service,
            endpoint_url=(self.sagemaker if service in _OWN_SERVICES else self.ministack).url,
            region_name=REGION,
            aws_access_key_id=key.access_key,
            aws_secret_access_key=key.secret_key,
            config=config,
        )

    def _key(self, account: str | None) -> Key:
        known = self.keys.accounts
        if account is not None and account not in known:
            words = f"there is no account {account}; there are {', '.join(known)}"
            raise LocalCloudError(words, f"automlv2 local env --account {next(iter(known))}")
        return known[account] if account is not None else next(iter(known.values()))

    def plan_fault(self, where: str, *, code: str = "", message: str = "", times: int = 1) -> None:
        """Let something go wrong in SageMaker, or a delivery of a rule or schedule.

        Args:
            where: An operation to refuse, such as ``CreateEndpoint``; or ``JobHangs`` (until it
                is stopped), ``EndpointFails``, ``UpdateRollsBack``; or of the next deliveries
                of EventBridge ``DeliveryTwice``, ``DeliveryLate`` (after the next ones) or
                ``DeliveryLost``.
            code: Error code of a refused operation. Default: ThrottlingException.
            message: The error's words, or the FailureReason. Default: Rate exceeded.
            times: How often.
        """
        if where in deliveries.KINDS:
            self._deliveries(where=where, times=times)
            return
        given = {"code": code, "message": message}
        fault = {"where": where, "times": times, **{k: v for k, v in given.items() if v}}
        self._faults("POST", json.dumps(fault).encode())

    def clear_faults(self) -> None:
        """Forget the faults that have not come yet."""
        self._faults("DELETE", b"")
        self._deliveries(clear=True)

    def _faults(self, method: str, body: bytes) -> None:
        ask(self.keys.own, f"{self.sagemaker.url}/_automlv2/faults", body, method)

    def _deliveries(self, **question: Any) -> None:
        ask_json(self.keys.own, f"{self.ministack.url}{deliveries.DELIVERIES}", question)

    def cdk(
        self,
        arguments: Sequence[str],
        *,
        folder: Path | None = None,
        quiet: bool = False,
        account: str | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run the CDK CLI against this cloud.

        Args:
            arguments: Such as ``["deploy", "--all"]``.
            folder: The app's folder. Default: the working directory.
            quiet: Whether to keep the output for the caller instead of showing it.
            account: Whose key it has. Default: the first account's.
        """
        place = (folder or Path.cwd()).absolute()
        whole = environment.whole(self.variables(account), place)
        return cdk_cli.run(arguments, place, whole, quiet=quiet)

    def cdk_lines(self, arguments: Sequence[str], *, folder: Path | None = None) -> Iterator[str]:
        """Run the CDK CLI and yield its output line by line, as it comes.

        Raises:
            CdkError: After the last line, if the CLI failed.
        """
        place = (folder or Path.cwd()).absolute()
        return cdk_cli.lines(arguments, place, environment.whole(self.variables(), place))

    def _bootstrap(self, account: str) -> None:
        arguments = ["bootstrap", f"aws://{account}/{REGION}"]
        done = self.cdk(arguments, folder=self.folder, quiet=True, account=account)
        if done.returncode != 0:
            if not self.is_running():
                raise LocalCloudError("the local cloud was stopped before it was ready", _START)
            raise RuntimeError(f"cdk bootstrap failed:\n{done.stdout}")


def none_runs() -> LocalCloudError:
    """Return the error that there is no local cloud."""
    return LocalCloudError("no local cloud is running here", _START)


def make_private(folder: Path) -> None:
    """Create the folder, for its owner only; an existing folder of another name stays as it is."""
    own = not folder.exists() or folder.name == DEFAULT_FOLDER.name
    require_own_folder(folder)
    make_own_folder(folder / "tmp")
    if own:
        folder.chmod(0o700)
        with os.fdopen(open_own(folder / ".gitignore", os.O_TRUNC), "w") as file:
            file.write("*\n")


def _stop(folder: Path, servers: Sequence[Server]) -> None:
    """Stop the servers and every other process of the folder; a second Ctrl-C waits."""
    with signals.held():
        with contextlib.suppress(OSError):
            state_file.forget(
                folder
            )  # First: a waiting `start` then knows that the stop was asked for.
        for server in servers:
            server.stop()
        end_all(lambda: servers_of(folder, MODULES))
