"""``automlv2 watch``: what is seen, what is said of it, and how it ends."""

import io
import json

import pytest
from rich.console import Console

from cdk_automlv2.cli.glyphs import ASCII, RICH
from cdk_automlv2.cli.watch import command, view
from cdk_automlv2.cli.watch.displays import Stream
from cdk_automlv2.cli.watch.look import Watched
from cdk_automlv2.cli.watch.snapshot import (
    EndpointState,
    ReleaseState,
    Snapshot,
    StackState,
    job_state,
)

from .account import ENDPOINT, JOB, START, at, candidate, endpoint, job, refusal

CRITERIA = {"MaxCandidates": 4, "MaxAutoMLJobRuntimeInSeconds": 3600}


def training(*candidates, **more):
    resolved = {"ResolvedAttributes": {"CompletionCriteria": CRITERIA}}
    return job_state(job("InProgress", "ModelTuning", **resolved, **more), candidates, "Diagnosis")


def events(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def text_of(snapshot, now, width=80, glyphs=RICH):
    file = io.StringIO()
    console = Console(file=file, width=width, highlight=False)
    console.print(view.render(snapshot, now, glyphs))
    return file.getvalue()


class Moments:
    """Looks that come one after the other; an error is raised."""

    def __init__(self, *looks):
        self.looks = list(looks)
        self.now = 0.0

    def look(self):
        found = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        if isinstance(found, Exception):
            raise found
        return found

    def sleep(self, seconds):
        self.now += seconds

    def follow(self, until=None):
        return command.follow(
            self.look, Stream(as_json=True), until, 5, sleep=self.sleep, clock=lambda: self.now
        )


def test_a_stack_that_is_done_is_shown_whole_and_ends_at_once(account, call):
    account.clinic()

    done = call("watch", "Clinic", "--json", "--exit-status")

    assert done.exit_code == 0, done.stderr
    kinds = [event["event"] for event in events(done)]
    assert kinds == ["stack", "job", *["candidate"] * 3, "endpoint", "result"]
    assert events(done)[-1]["state"] == "succeeded"


@pytest.mark.parametrize(("option", "status"), [((), 0), (("--exit-status",), 1)])
def test_a_failed_job_ends_with_1_only_if_the_status_is_asked_for(account, call, option, status):
    account.clinic()
    account.sagemaker.jobs[JOB] = job("Failed", FailureReason="no rows")

    done = call("watch", "Clinic", *option)

    assert done.exit_code == status
    assert "no rows" in done.stdout
    assert "next: automlv2 explain Clinic" in done.stderr


def test_a_watch_whose_time_is_up_ends_with_5(account, call):
    account.clinic(status="UPDATE_IN_PROGRESS")

    done = call("watch", "Clinic", "--timeout", 0, "--json")

    assert done.exit_code == 5
    assert (events(done)[-1]["state"], events(done)[-1]["exit-status"]) == ("timed-out", 5)


def test_a_job_is_watched_by_its_name_alone(account, call):
    account.clinic()

    kinds = {event["event"] for event in events(call("watch", JOB, "--json"))}

    assert kinds == {"job", "candidate", "result"}


def test_what_is_made_but_not_answered_yet_is_found_by_its_name(account, call):
    account.clinic(status="CREATE_IN_PROGRESS", states={"End": "CREATE_IN_PROGRESS"})
    del account.cloudformation.ids["Clinic"]["End"]
    account.sagemaker.endpoints[ENDPOINT] = endpoint("Creating")

    found = Watched.find(account.client, "Clinic").look()

    assert [(item.name, item.status) for item in found.endpoints] == [(ENDPOINT, "Creating")]


def test_what_an_earlier_stack_of_that_name_has_left_is_not_shown(account):
    account.clinic(status="CREATE_IN_PROGRESS", states={"End": "CREATE_IN_PROGRESS"})
    del account.cloudformation.ids["Clinic"]["End"]
    account.sagemaker.endpoints[ENDPOINT] = endpoint("InService", CreationTime=at(-60))

    assert Watched.find(account.client, "Clinic").look().endpoints == ()


def test_a_stack_that_is_deleted_meanwhile_is_gone_not_an_error(account):
    account.clinic()
    watched = Watched.find(account.client, "Clinic")
    account.cloudformation.templates.clear()

    assert watched.look().stack.status == "DELETE_COMPLETE"


def test_throttling_is_borne_and_what_changed_is_said_once(capsys):
    now = START
    before = Snapshot(now, StackState("Clinic", "CREATE_IN_PROGRESS", 1, 2), (training(),))
    after = Snapshot(now, StackState("Clinic", "CREATE_COMPLETE", 2, 2))
    moments = Moments(before, refusal("ThrottlingException", "Rate exceeded"), before, after)

    assert moments.follow() is after
    said = capsys.readouterr()
    assert "Rate exceeded" in said.err
    states = [json.loads(line)["state"] for line in said.out.splitlines()]
    assert states == ["CREATE_IN_PROGRESS", "InProgress", "CREATE_COMPLETE"]


def test_an_error_that_stays_ends_a_watch():
    moments = Moments(refusal("AccessDeniedException", "no"))

    with pytest.raises(Exception, match="AccessDenied"):
        moments.follow()


def test_throttling_alone_does_not_outlast_the_timeout():
    moments = Moments(refusal("ThrottlingException", "Rate exceeded"))

    with pytest.raises(Exception, match="Rate exceeded"):
        moments.follow(until=60)

    assert moments.now >= 60


def test_an_estimate_follows_from_the_candidates_that_have_ended():
    state = training(
        candidate("a", 0.5, began=0, ended=60), candidate("b", 0.6, began=60, ended=120)
    )

    assert state.left(at(120)) == 120.0
    assert state.left(at(150)) == 90.0
    assert "≈ 2:00 of training left (estimate from 2 candidates)" in text_of(
        Snapshot(at(120), jobs=(state,)), at(120), 120
    )


def test_there_is_no_estimate_without_candidates_and_none_beyond_the_cap():
    slow = candidate("a", 0.5, began=0, ended=3000)

    assert training().left(at(10)) is None
    assert training(slow).left(at(3000)) == 600.0


@pytest.mark.parametrize("width", [40, 80])
def test_the_screen_is_whole_at_any_width(width):
    found = [candidate(f"{'x' * 30}{i}", 0.5 + i / 100, began=i, ended=i + 1) for i in range(3)]
    stack = StackState("Clinic", "CREATE_IN_PROGRESS", 3, 18, since=START)
    ends = (EndpointState("DiagnosisEndpoint", ENDPOINT, "Failed", "no room" * 10),)
    snapshot = Snapshot(at(30), stack, (training(*found),), ends)

    text = text_of(snapshot, at(30), width)

    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    for words in ("3of18resources", "0:30", "ofatmost1:00:00", "x" * 30 + "2", "no room"):
        assert words.replace(" ", "") in "".join(text.split())


def test_a_console_of_ascii_gets_ascii():
    text = text_of(Snapshot(at(30), jobs=(training(candidate("a", 0.5)),)), at(30), glyphs=ASCII)

    assert text.isascii()


@pytest.mark.parametrize(
    ("state", "status"), [("in-service", 0), ("refused", 3), ("failed", 1), ("undecided", 6)]
)
def test_a_release_ends_with_the_status_that_wait_has(state, status):
    stack = StackState("Shop", "CREATE_COMPLETE", 1, 1)

    snapshot = Snapshot(START, stack, releases=(ReleaseState("Churn", 1, state),))

    assert snapshot.is_settled
    assert snapshot.exit_status == status


def test_a_stack_that_was_watched_while_it_was_deleted_has_ended_well(account):
    account.clinic(status="DELETE_IN_PROGRESS")
    watched = Watched.find(account.client, "Clinic")
    watched.look()
    account.cloudformation.templates.clear()

    assert watched.look().exit_status == 0


def test_a_resource_whose_condition_is_false_is_not_waited_for(account):
    account.clinic()
    account.cloudformation.templates["Clinic"]["Not"] = {"Type": "X", "Condition": "No"}
    listed = account.cloudformation._list_stack_resources
    account.cloudformation._list_stack_resources = lambda **request: [
        {
            "StackResourceSummaries": [
                item
                for item in listed(**request)[0]["StackResourceSummaries"]
                if item["LogicalResourceId"] != "Not"
            ]
        }
    ]

    stack = Watched.find(account.client, "Clinic").look().stack

    assert stack.done == stack.total == 5


def test_a_stack_that_is_only_planned_goes_on_without_a_template(account):
    account.clinic(status="REVIEW_IN_PROGRESS")
    account.cloudformation.get_template = None

    found = Watched.find(account.client, "Clinic").look()

    assert (found.is_settled, found.jobs) == (False, ())


def test_a_value_that_is_no_number_is_neither_a_height_nor_json(account, call):
    account.clinic()
    account.sagemaker.candidates[JOB] = [candidate("a", float("nan")), candidate("b", 0.5)]

    shown = json.loads(call("candidates", JOB, "--json").stdout, parse_constant=pytest.fail)

    assert [item["value"] for item in shown["candidates"]] == [0.5, None]
    assert call("watch", JOB).exit_code == 0


def test_what_leads_to_the_other_candidates_leads_to_the_same_aws():
    state = training(*(candidate(f"c{number}", 0.5) for number in range(7)))

    file = io.StringIO()
    console = Console(file=file, width=100, highlight=False)
    console.print(view.render(Snapshot(START, jobs=(state,)), START, RICH, " --local"))

    assert f"and 2 more: automlv2 candidates {JOB} --local" in file.getvalue()


def test_a_job_says_how_many_of_its_candidates_have_failed():
    state = training(candidate("good", 0.9), candidate("bad", status="Failed"))

    text = text_of(Snapshot(START, jobs=(state,)), START)

    assert "1 of at most 4 candidates, 1 failed" in text


def test_the_job_of_a_release_is_shown_below_it():
    release = ReleaseState("Churn", 2, "started", job=training(candidate("good", 0.9)))

    lines = text_of(Snapshot(START, releases=(release,)), START).splitlines()

    assert "release 2  started" in lines[0]
    assert "InProgress (ModelTuning)" in lines[1]
