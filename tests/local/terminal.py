"""The command as it is typed in a terminal, and the processes that it leaves."""

import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import psutil

COMMAND = [sys.executable, "-m", "cdk_automlv2.cli"]


def automlv2(*arguments, **options):
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False, **options
    )


def local(folder, *arguments, **options):
    return automlv2("local", "--folder", folder, *arguments, **options)


def none_runs(folder):
    following = f"automlv2 local --folder {folder} start --detach"
    return f"Error: no local cloud is running here\nnext: {following}\n"


@contextmanager
def starting(folder, *options):
    """A `start` in another terminal, where Ctrl-C counts: tests may run where it is ignored.

    It ends with a test that fails meanwhile, which else would wait for it for ever.
    """
    arguments = ["local", "--folder", str(folder), "start", "--no-bootstrap", *options]
    with subprocess.Popen(
        [*COMMAND, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_hears_signals,
    ) as process:
        try:
            yield process
        except BaseException:
            process.terminate()
            raise


def _hears_signals():
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def wait_until_it_runs(process):
    for line in process.stdout:
        if line.startswith("Ctrl-C"):
            return
    raise AssertionError(process.stderr.read())


def processes_of(folder):
    found = []
    for process in psutil.process_iter():
        try:
            if str(folder) in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def wait_until_gone(server):
    deadline = time.monotonic() + 10
    while server.is_running():
        assert time.monotonic() < deadline
        time.sleep(0.05)
