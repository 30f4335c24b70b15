"""``watch``, ``describe`` and the local page on a release whose job still trains."""

import io
import json

import pytest

from cdk_automlv2.cli.page import sending, shown, tables

from .account import JOB, at, job, refusal
from .running import KEY
from .tree import leaves

STACKS = [leaf for leaf in leaves() if leaf.takes_names and leaf.words != "adopt"]


ENDED = {"watch": ("--timeout", "0"), "wait": ("--timeout", "0")}
"""What lets a command that waits end at once."""


def events(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_watch_shows_the_job_of_a_release_and_its_candidates(shop, user, call):
    done = call("watch", "Shop", "--timeout", "0", "--json")

    assert done.exit_code == 5, done.stderr
    assert [(e["event"], e["state"]) for e in events(done)] == [
        *(("stack", "CREATE_COMPLETE"), ("release", "started"), ("job", "InProgress")),
        *(("candidate", "Completed"), ("candidate", "Failed"), ("result", "timed-out")),
    ]
    assert events(done)[2]["name"] == user.release(1).job
    assert events(done)[4]["reason"] == "out of memory"


def test_describe_shows_how_far_a_release_is(shop, user, call):
    rows = dict(
        line.split("\t")[:2] for line in call("describe", f"Shop/{KEY}").stdout.splitlines()
    )
    found = json.loads(call("describe", f"Shop/{KEY}", "--json").stdout)

    assert (rows["release"], rows["state"]) == ("1", "started")
    assert rows["job"] == user.release(1).job
    assert (found["kind"], found["description"]["job"]) == ("AutoMLRelease", rows["job"])


def test_describe_of_a_stack_says_the_state_of_its_releases(shop, call):
    [row] = json.loads(call("describe", "Shop", "--json").stdout)["constructs"]

    assert row["status"] == "release 1 started"


def test_candidates_of_a_release_say_which_have_failed_and_why(shop, call):
    found = json.loads(call("candidates", f"Shop/{KEY}", "--json").stdout)["candidates"]

    assert [(row["status"], row["reason"]) for row in found] == [
        ("Completed", None),
        ("Failed", "out of memory"),
    ]


def test_notebooks_of_a_job_are_shown_where_aws_gives_them(account, call):
    account.clinic()
    made = {
        "DataExplorationNotebookLocation": "s3://out/exploration.ipynb",
        "CandidateDefinitionNotebookLocation": "s3://out/definitions.ipynb",
    }
    account.sagemaker.jobs[JOB] = job(AutoMLJobArtifacts=made)

    rows = dict(line.split("\t") for line in call("describe", "Clinic/Job").stdout.splitlines())

    assert rows["data exploration"] == "s3://out/exploration.ipynb"
    assert rows["candidate definitions"] == "s3://out/definitions.ipynb"


def test_the_job_of_a_release_is_on_its_bill(shop, user, call):
    for name in ("Shop", f"Shop/{KEY}"):
        [item] = json.loads(call("cost", name, "--json").stdout)["items"]

        assert (item["what"], item["name"]) == ("job", user.release(1).job)


def test_the_logs_of_a_release_are_those_of_its_job_too(shop, user, call):
    group = "/aws/sagemaker/TrainingJobs"
    shop.logs.write(group, 1, "epoch 1")

    _, *rows = call("logs", f"Shop/{KEY}", "--since", "9999d").stdout.splitlines()

    assert [row.split("\t")[1:] for row in rows] == [["TrainingJobs", "epoch 1"]]
    assert (group, {"logStreamNamePrefix": user.release(1).job}) in shop.logs.requests


@pytest.mark.parametrize("leaf", STACKS, ids=lambda leaf: leaf.words)
def test_every_command_knows_a_stack_that_has_a_release_only(shop, call, leaf):
    rows = ["1,2"] if leaf.words == "invoke" else []

    done = call(*leaf.path, "Shop", *rows, *leaf.required, *ENDED.get(leaf.words, ()))

    assert "has no job" not in done.stderr
    assert "has no endpoint and" not in done.stderr
    assert "nothing of AutoML" not in done.stderr
    assert "no release Shop" not in done.stderr


def test_the_page_has_a_row_for_the_release_and_for_its_stack(shop):
    found = list(shop.cloudformation.described.values())

    [release] = tables.Releases(shop.client).rows(found)
    [stack] = tables.stacks(found)

    assert (release.cells[0], release.cells[1], release.cells[2]) == (f"Shop/{KEY}", "started", "1")
    assert release.tone == shown.BUSY
    assert (stack.cells[0], stack.cells[1], stack.tone) == ("Shop", "CREATE_COMPLETE", shown.GOOD)


def test_the_page_shows_executions_the_newest_first_and_those_in_progress_as_such(account):
    machines = {"stateMachines": [{"stateMachineArn": "arn", "name": "Waiter"}]}
    account.executions.list_state_machines = lambda: machines
    account.executions.list_executions = lambda **_: {
        "executions": [
            execution("old", "FAILED", 0, stopDate=at(0.4)),
            execution("new", "RUNNING", 60),
            execution("done", "SUCCEEDED", 30, stopDate=at(90)),
        ]
    }

    rows = list(tables.executions(account.client))

    assert [(row.cells[0], row.tone) for row in rows] == [
        *(("new", shown.BUSY), ("done", shown.GOOD), ("old", shown.BAD)),
    ]
    assert [rows[1].cells[3], rows[2].cells[3]] == ["1:00", "0.4 s"]


@pytest.mark.parametrize(
    ("given", "body", "kind"),
    [
        ({"name": "cat.png"}, b"\x89PNG\r\n\x1a\n\x00", "image/png"),
        ({}, b"\xff\xd8\xff\xe0", "image/jpeg"),
        ({"name": "rows.csv"}, b"1,2\n", "text/csv"),
    ],
)
def test_a_picture_that_is_sent_from_the_page_goes_as_what_it_is(account, given, body, kind):
    seen = []

    def invoke_endpoint(**request):
        seen.append(request)
        return {"Body": io.BytesIO(b"cat"), "ContentType": "text/csv"}

    account.runtime.invoke_endpoint = invoke_endpoint

    answer = sending.send(account.client, {"endpoint": "pictures", **given}, body)

    assert [(item["ContentType"], item["Body"]) for item in seen] == [(kind, body)]
    assert (answer["sent"], answer["text"]) == (kind, "cat")


def execution(name, status, began, **more):
    return {"executionArn": name, "name": name, "status": status, "startDate": at(began), **more}


class Denied:
    """A table that may not be read."""

    def get_item(self, **_):
        raise refusal("AccessDeniedException", "no", "GetItem")


def test_a_plan_says_which_release_in_progress_it_ends(shop, call, tmp_path):
    template = shop.client("cloudformation").get_template(StackName="Shop")["TemplateBody"]
    template = json.loads(json.dumps(template))
    template["Resources"]["Churn"]["Properties"]["Job"] = {"Revision": "2"}
    (tmp_path / "Shop.json").write_text(json.dumps(template))
    stack = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Shop.json"}}
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": {"Shop": stack}}))

    [row] = json.loads(call("plan", "--app", str(tmp_path), "--json").stdout)["changes"]

    assert row["action"] == "train"
    assert row["why"].endswith("; release 1, which is in progress, ends")

    shop.services["dynamodb"] = Denied()
    [row] = json.loads(call("plan", "--app", str(tmp_path), "--json").stdout)["changes"]
    assert row["why"].endswith("what serves goes on until it passes")
