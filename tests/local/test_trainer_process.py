"""The process of a training: what reaches the job of it, however it ends."""

import sys
import threading

import pytest

from cdk_automlv2.local.sagemaker.trainer import Trainer


class Scripted(Trainer):
    """Runs a script in the place of a training."""

    def __init__(self, script, add=lambda candidate: None):
        super().__init__({"AutoMLJobName": "job-1"}, {}, add, "000000000000", "us-east-1")
        self._script = script

    def command(self):
        return [sys.executable, "-c", self._script]


def result_of(script, **more):
    return Scripted(script, **more).run(threading.Event())


def test_what_a_library_prints_is_no_report():
    candidates = []
    script = """
print("Welcome to a library!")
print('["no", "report"]')
print('{"Candidate": {"CandidateName": "a"}}')
print("3")
print('{"Attributes": {"a": 1}}')
print("Bye")
"""

    result = result_of(script, add=candidates.append)

    assert result.failure == ""
    assert result.attributes == {"a": 1}
    assert candidates == [{"CandidateName": "a"}]


def test_a_request_is_no_argument_which_every_user_could_read():
    script = """
import json, sys
request = json.load(sys.stdin)
print(json.dumps({"Attributes": {"arguments": sys.argv, "name": request["AutoMLJobName"]}}))
"""

    assert result_of(script).attributes == {"arguments": ["-c"], "name": "job-1"}
    assert "job-1" not in " ".join(Trainer.command(Scripted(script)))


def test_a_training_gives_way_to_what_is_deployed_meanwhile():
    script = """
import json, os, time
end = time.monotonic() + 10
while os.nice(0) < 5 and time.monotonic() < end:
    pass
print(json.dumps({"Attributes": {"niceness": os.nice(0)}}))
"""

    assert result_of(script).attributes["niceness"] >= 5


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (9, "it was killed by SIGKILL, as the system does where memory runs out"),
        (11, "it was killed by SIGSEGV"),
        (6, "it was killed by SIGABRT"),
    ],
)
def test_a_training_that_is_killed_says_by_which_signal(number, text):
    script = f"import os, time; time.sleep(0.7); os.kill(os.getpid(), {number})"

    failure = result_of(script).failure

    assert failure.startswith(f"The training process ended without a result: {text}")
    assert "MiB of memory" in failure


def test_a_training_that_cannot_start_says_why():
    failure = result_of("import no_such_library").failure

    assert failure == (
        "The training process could not start or report, exit status 1: "
        "ModuleNotFoundError: No module named 'no_such_library'"
    )


def test_a_training_that_is_stopped_ends_soon():
    stop = threading.Event()
    timer = threading.Timer(0.3, stop.set)
    timer.start()

    result = Scripted("import time; time.sleep(60)").run(stop)

    timer.join()
    assert "SIGKILL" in result.failure
