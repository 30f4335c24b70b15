"""The commands on jobs and endpoints: what is found, what is shown, how each ends."""

import json
import os

import pytest
from click.testing import CliRunner

from cdk_automlv2.cli.commands import automlv2

from .account import ENDPOINT, JOB, candidate, custom, endpoint, job, refusal


def names(shown):
    return [row["name"].removeprefix(f"{JOB}-") for row in shown["candidates"]]


@pytest.mark.parametrize(
    "name", ["Clinic", "Clinic/Diagnosis", "Clinic/Diagnosis/Job", "Clinic/Job", JOB]
)
def test_a_job_is_found_by_stack_by_path_by_a_scope_above_it_and_by_name(account, call, name):
    account.clinic()

    done = call("candidates", name, "--json")

    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["job"] == JOB


@pytest.mark.parametrize("path", ["", "Clinic/Inner/Diagnosis/Resource"])
def test_a_job_of_a_nested_stack_is_found_with_and_without_paths_in_the_template(
    account, call, path
):
    account.sagemaker.jobs[JOB] = job()
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {}, "Metadata": {}}
    if path:
        nested["Metadata"] = {"aws:cdk:path": "Clinic/Inner.NestedStack/Inner.NestedStackResource"}
    account.cloudformation.add("Clinic", {"Inner12345678": nested}, {"Inner12345678": "inner-arn"})
    inner = {"Diagnosis12345678": custom("AutoMLJobV2", path)}
    account.cloudformation.add("inner-arn", inner, {"Diagnosis12345678": JOB})

    assert call("candidates", "Clinic/Diagnosis", "--json").exit_code == 0


def test_a_job_of_a_stage_is_found_below_the_name_of_its_stack(account, call):
    account.sagemaker.jobs[JOB] = job()
    declared = {"A": custom("AutoMLJobV2", "Prod/Clinic/Diagnosis/Resource")}
    account.cloudformation.add("Prod-Clinic", declared, {"A": JOB})

    rows = json.loads(call("describe", "Prod-Clinic", "--json").stdout)["constructs"]

    assert [row["id"] for row in rows] == ["Diagnosis"]


def test_two_jobs_are_named_instead_of_one_being_chosen(account, call):
    declared = {"A": custom("AutoMLJobV2", "Clinic/A"), "B": custom("AutoMLJobV2", "Clinic/B")}
    account.cloudformation.add("Clinic", declared, {"A": "a-1", "B": "b-1"})

    done = call("candidates", "Clinic")

    assert done.exit_code == 1
    assert "Clinic stands for 2 of them: Clinic/A, Clinic/B" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("next: ")


def test_the_best_candidate_is_first_and_equals_keep_their_order(account, call):
    account.clinic()

    shown = json.loads(call("candidates", JOB, "--json").stdout)

    assert names(shown) == ["lightgbm", "linear", "xgboost"]
    assert [row["best"] for row in shown["candidates"]] == [True, False, False]
    assert shown["candidates"][0]["seconds"] == 60.0


def test_a_metric_that_is_to_be_small_has_the_smallest_first(account, call):
    account.clinic()
    account.sagemaker.candidates[JOB] = [
        candidate(f"c{value}", value, kind="Minimize") for value in (0.3, 0.1, 0.2)
    ]

    shown = json.loads(call("candidates", JOB, "--json", "--max-results", 2).stdout)

    assert names(shown) == ["c0.1", "c0.2"]


def test_a_candidate_in_progress_is_shown_without_figures_and_after_the_others(account, call):
    account.clinic()
    account.sagemaker.candidates[JOB].insert(0, candidate("new", status="InProgress"))

    last = json.loads(call("candidates", JOB, "--json").stdout)["candidates"][-1]

    assert (last["value"], last["metrics"], last["seconds"]) == (None, [], None)


def test_every_filter_reaches_the_service(account, call):
    account.clinic()

    call(
        *("candidates", JOB, "--status", "completed", "--candidate", "x"),
        *("--sort-by", "CreationTime", "--sort-order", "Ascending"),
    )

    assert account.sagemaker.requests[0] == {
        "StatusEquals": "Completed",
        "CandidateNameEquals": "x",
        "SortBy": "CreationTime",
        "SortOrder": "Ascending",
    }


def test_a_pipe_gets_whole_names_and_every_metric_by_its_set(account, call):
    account.clinic()

    head, first, *_ = call("candidates", JOB).stdout.splitlines()

    row = dict(zip(head.split("\t"), first.split("\t"), strict=True))
    assert row["name"] == f"{JOB}-lightgbm"
    assert (row["F1:Validation"], row["F1:Train"], row["best"]) == ("0.9737", "1.0", "yes")


def test_a_single_candidate_is_shown_one_metric_a_line(account, call):
    account.clinic()

    lines = call("candidates", JOB, "--vertical", "--max-results", 1).stdout.splitlines()

    assert f"{JOB}-lightgbm\tF1:Train\t1.0" in lines


def test_a_job_without_candidates_says_how_far_it_is_below_titles_alone(account, call):
    account.sagemaker.jobs[JOB] = job("InProgress", "AnalyzingData")

    done = call("candidates", JOB)

    assert done.exit_code == 0
    assert done.stdout == "rank\tname\tbest\tstatus\tobjective\tvalue\tseconds\n"
    assert "InProgress (AnalyzingData)" in done.stderr


def test_a_name_that_is_nothing_ends_with_the_next_command(call):
    done = call("candidates", "Nothing")

    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        "Error: there is no job and no stack named 'Nothing' in this account and Region",
        "next: automlv2 describe, or automlv2 explain Nothing if it was deleted, "
        "or another --region or --profile",
    ]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ExpiredTokenException", "the AWS credentials have expired"),
        ("UnrecognizedClientException", "AWS does not accept these credentials"),
        ("AccessDeniedException", "DescribeAutoMLJobV2 is not allowed"),
        ("ThrottlingException", "AWS throttles DescribeAutoMLJobV2"),
    ],
)
def test_what_aws_refuses_is_said_in_words_with_the_next_command(account, call, code, words):
    account.sagemaker.faults = [refusal(code, "because \x1b[2J", "DescribeAutoMLJobV2")]

    done = call("candidates", JOB)

    assert done.exit_code == 1
    assert words in done.stderr
    assert done.stderr.splitlines()[-1].startswith("next: ")
    assert "\x1b" not in done.stderr


def test_ctrl_c_ends_with_130(account, call):
    account.sagemaker.faults = [KeyboardInterrupt()]

    assert call("candidates", JOB).exit_code == 130


def test_control_characters_of_a_name_do_not_reach_the_output(account, call):
    account.clinic()
    account.sagemaker.candidates[JOB] = [candidate("x\x1b]0;owned\x07\u202e\n", 0.5)]

    for form in ([], ["--vertical"], ["--json"]):
        shown = call("candidates", JOB, *form).stdout
        assert not {"\x1b", "\x07", "\u202e"} & set(shown)
        assert "owned" in shown


def test_describe_shows_a_failure_and_where_the_job_is_declared(account, call):
    account.clinic()
    account.sagemaker.jobs[JOB] = job("Failed", FailureReason="no rows")

    rows = dict(line.split("\t") for line in call("describe", "Clinic/Job").stdout.splitlines())

    assert rows["construct"] == "Clinic/Diagnosis/Job"
    assert rows["failure"] == "no rows"


def test_describe_of_a_stack_lists_its_constructs_with_what_sagemaker_says(account, call):
    account.clinic()
    del account.sagemaker.endpoints[ENDPOINT]

    shown = json.loads(call("describe", "Clinic", "--json").stdout)["constructs"]

    assert [(row["id"], row["status"]) for row in shown] == [
        ("Diagnosis/Job", "Completed"),
        ("Diagnosis/Endpoint", "deleted"),
    ]


def test_an_endpoint_that_is_stopped_on_purpose_is_not_said_to_be_deleted(account, call):
    account.clinic()
    account.cloudformation.templates["Clinic"]["End"]["Properties"]["Stops"] = True
    account.sagemaker.stops(ENDPOINT, "since 2026-11-01T20:00:00Z")

    shown = json.loads(call("describe", "Clinic", "--json").stdout)["constructs"]
    done = call("invoke", "Clinic", "1,2")

    stopped = "Stopped on purpose (since 2026-11-01T20:00:00Z)"
    assert [row["status"] for row in shown] == ["Completed", stopped]
    assert "the endpoint is stopped on purpose" in done.stderr
    assert stopped in call("watch", "Clinic").stdout


def test_describe_of_an_endpoint_gives_what_aws_gives_as_json(account, call):
    account.clinic()
    account.sagemaker.endpoints[ENDPOINT] = endpoint("Failed", FailureReason="no room")

    shown = json.loads(call("describe", "Clinic/Endpoint", "--json").stdout)

    assert shown["description"]["FailureReason"] == "no room"
    assert shown["description"]["CreationTime"] == "2026-11-01T12:00:00+00:00"


def test_an_endpoint_that_is_not_made_yet_says_so(account, call):
    account.clinic(states={"End": "CREATE_IN_PROGRESS"})
    del account.cloudformation.ids["Clinic"]["End"]

    done = call("invoke", "Clinic", "1,2")

    assert "has no endpoint yet: the resource is CREATE_IN_PROGRESS" in done.stderr
    assert done.stderr.splitlines()[-1] == "next: automlv2 watch Clinic"


def test_a_command_that_is_mistyped_is_answered_with_the_nearest(call):
    done = call("candidate", "Clinic")

    assert done.exit_code == 2
    assert "did you mean 'candidates'?" in done.stderr


@pytest.mark.parametrize(
    ("options", "following"),
    [
        (("--local",), "automlv2 watch Clinic --local"),
        (("--profile", "p", "--region", "r"), "automlv2 watch Clinic --profile p --region r"),
        ((), "automlv2 watch Clinic"),
    ],
)
def test_the_next_command_leads_to_the_same_account(account, call, options, following):
    account.clinic(states={"End": "CREATE_IN_PROGRESS"})
    del account.cloudformation.ids["Clinic"]["End"]

    done = call("invoke", "Clinic", "1,2", *options)

    assert done.stderr.splitlines()[-1] == f"next: {following}"


def test_without_a_local_cloud_the_next_command_starts_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    done = CliRunner().invoke(automlv2, ["describe", "Clinic", "--local"])

    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1] == "next: automlv2 local start --detach"


def test_without_credentials_the_next_command_logs_in(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))

    without_region = CliRunner().invoke(automlv2, ["describe", "Clinic"])
    without_key = CliRunner().invoke(automlv2, ["describe", "Clinic", "--region", "eu-west-1"])

    assert "no Region is known" in without_region.stderr
    assert without_key.stderr.startswith("Error: no AWS credentials are found\nnext: aws sso login")
