"""``automlv2 logs``: whose lines, since when, in which order."""

import json
import time

import pytest

from cdk_automlv2.cli import times
from cdk_automlv2.cli.jobs import logs

from .account import ENDPOINT, JOB, at, refusal


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(times, "now", lambda: at(100))


def fact(logical_id, **more):
    return json.dumps({"fact": "waiting", "logical_id": logical_id, **more})


def test_a_stack_shows_its_function_and_a_construct_its_own_lines(account, call):
    account.clinic()
    account.logs.write("function-log", 1, fact("End"))
    account.logs.write("function-log", 2, fact("Job1A2B3C4D"))
    account.logs.write(f"/aws/sagemaker/Endpoints/{ENDPOINT}", 1, "Traceback")

    whole = call("logs", "Clinic").stdout.splitlines()
    own = call("logs", "Clinic/Endpoint").stdout.splitlines()

    assert [line.split("\t")[1] for line in whole[1:]] == ["function", "function"]
    assert [line.split("\t")[1:] for line in own[1:]] == [
        ["function", fact("End")],
        ["endpoint", "Traceback"],
    ]


def test_a_job_by_name_has_the_streams_that_begin_with_it(account, call):
    account.clinic()
    account.logs.write("/aws/sagemaker/TrainingJobs", 1, "epoch 1")

    done = call("logs", JOB, "--json")

    assert json.loads(done.stdout)["message"] == "epoch 1"
    assert ("/aws/sagemaker/TrainingJobs", {"logStreamNamePrefix": JOB}) in account.logs.requests


def test_only_the_last_lines_with_a_text_are_shown(account, call):
    account.clinic()
    for number in range(5):
        account.logs.write("function-log", number, f"line {number} {'odd' if number % 2 else ''}")

    done = call("logs", "Clinic", "--filter", "ODD", "--tail", 1)

    assert [line.split("\t")[2] for line in done.stdout.splitlines()[1:]] == ["line 3 odd"]


def test_no_lines_says_where_it_looked(account, call):
    account.clinic()

    done = call("logs", "Clinic", "--since", "15m")

    assert (done.exit_code, done.stdout) == (0, "time\tsource\tmessage\n")
    assert "no lines in 15:00; looked in function-log" in done.stderr


def test_a_time_that_is_none_is_wrong_usage(account, call):
    done = call("logs", "Clinic", "--since", "yesterday")

    assert done.exit_code == 2
    assert "write 90s, 15m, 2h or 3d" in done.stderr


def test_following_shows_each_line_once_bears_throttling_and_ends_with_130(
    account, call, monkeypatch
):
    account.clinic()
    account.logs.write("function-log", 90, "first")
    pauses = []

    def sleep(_seconds):
        pauses.append(1)
        if len(pauses) == 1:
            account.logs.write("function-log", 91, "second \x1b[31m")
        elif len(pauses) == 2:
            account.logs.fault = refusal("ThrottlingException", "Rate exceeded")
        elif len(pauses) == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", sleep)
    paginate = account.logs._paginate

    def throttled(**request):
        fault = vars(account.logs).pop("fault", None)
        if fault:
            raise fault
        return paginate(**request)

    account.logs._paginate = throttled
    done = call("logs", "Clinic", "--follow")

    assert done.exit_code == 130
    shown = [line.split("\t")[2] for line in done.stdout.splitlines()[1:]]
    assert shown == ["first", "second \\x1b[31m"]
    assert "Rate exceeded" in done.stderr


def test_a_fact_of_the_function_is_words_on_a_terminal():
    from cdk_automlv2.cli.log_groups import Line, Source

    line = Line(at(0), Source("function", "g"), fact("End", why="endpoint", trace="x"), "1")

    assert logs.words_of(line) == "waiting  logical_id=End why=endpoint"
