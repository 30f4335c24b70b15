"""docs/command.md says what the command does, no more and no less."""

import ast
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import cdk_automlv2
from cdk_automlv2.cli.commands import automlv2

from .account import JOB, START, job
from .tree import found_at, leaves, options_of

DOCS = Path(__file__).parents[2] / "docs"
DOC = (DOCS / "command.md").read_text()
MEMBERS = dict(re.findall(r"^\| `([^`]+)`[^|]*\| (.*`.*) \|$", DOC.split("## Members")[1], re.M))


def members(value):
    """Return all names of members, but those of what AWS gives."""
    if isinstance(value, list):
        return set().union(*map(members, value)) if value else set()
    if not isinstance(value, dict):
        return set()
    own = {key: item for key, item in value.items() if key != "description"}
    return {*value}.union(*map(members, own.values()))


@pytest.mark.parametrize(
    ("row", "arguments"),
    [
        ("candidates", ("candidates", JOB)),
        ("describe", ("describe",)),
        ("describe NAME", ("describe", "Clinic/Job")),
        ("describe STACK", ("describe", "Clinic")),
    ],
)
def test_every_member_of_json_is_documented_and_none_is_only_documented(
    account, call, row, arguments
):
    account.clinic()

    shown = members(json.loads(call(*arguments, "--json").stdout)) - {"schema-version"}

    assert shown == set(re.findall(r"`([a-z-]+)`", MEMBERS[row]))


def test_the_members_of_events_are_documented(account, call):
    account.clinic()

    lines = call("watch", "Clinic", "--json").stdout.splitlines()

    shown = set().union(*(json.loads(line) for line in lines)) - {"schema-version"}
    text = next(value for key, value in MEMBERS.items() if key == "watch")
    values = {"job", "candidate", "endpoint", "release", "result", "succeeded", "failed"}
    assert shown == set(re.findall(r"`([a-z-]+)`", text)) - values - {"timed-out"}


def test_the_members_of_an_explanation_and_of_a_log_line_are_documented(account, call):
    account.clinic()
    account.sagemaker.jobs[JOB] = job("Failed", FailureReason="no rows")
    account.cloudformation.events["arn:aws:cloudformation:eu-west-1:1:stack/Clinic/1"] = [
        {
            "LogicalResourceId": "Wait",
            "ResourceType": "Custom::AutoMLWait",
            "ResourceStatus": "CREATE_FAILED",
            "ResourceStatusReason": f"AutoML job '{JOB}' failed",
            "Timestamp": START,
        }
    ]
    account.logs.write("function-log", 0, "{}")

    explained = members(json.loads(call("explain", "Clinic", "--json").stdout))
    logged = members(json.loads(call("logs", "Clinic", "--since", "9999d", "--json").stdout))

    text = next(value for key, value in MEMBERS.items() if key == "logs")
    assert explained == {"schema-version", *re.findall(r"`([a-z-]+)`", MEMBERS["explain"])}
    assert logged == {"schema-version", *re.findall(r"`([a-z-]+)`", text)}


def test_the_members_of_doctor_and_cost_are_documented(account, call, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    account.clinic()
    account.sagemaker.configs["config"] = {}

    examined = members(json.loads(call("doctor", "--json").stdout))
    billed = members(json.loads(call("cost", "--json").stdout)) | {"source", "currency"}

    words = {"ok", "warning", "failed", "unknown"}
    assert examined == {"schema-version", *re.findall(r"`([a-z-]+)`", MEMBERS["doctor"])} - words
    assert billed == {"schema-version", *re.findall(r"`([a-z-]+)`", MEMBERS["cost"])} - {
        *("endpoint", "job"),
    }


def test_every_command_has_json_and_its_members_are_documented():
    rows = re.findall(r"^\| ([^|]+) \|", DOC.split("## Members")[1], re.M)
    documented = {
        name.split(" NAME")[0].split(" STACK")[0]
        for name in re.findall(r"`([^`]+)`", "".join(rows))
    }

    for leaf in leaves():
        if leaf.words not in ("local deploy", "local destroy"):
            assert leaf.has("--json"), leaf.words
            assert leaf.words in documented


def test_every_command_is_in_a_page():
    pages = "".join(path.read_text() for path in DOCS.glob("*.md"))
    [names] = re.findall(r"Commands:\n(.*)", CliRunner().invoke(automlv2, ["--help"]).stdout, re.S)

    missing = [
        line.split()[0] for line in names.splitlines() if f"automlv2 {line.split()[0]}" not in pages
    ]
    assert set(missing) <= {"wait", "history"} & set(re.findall(r"`(\w+)`", DOC))


def test_every_member_that_a_command_prints_stands_on_a_page():
    """By the sources: what ``out.document`` is given."""
    pages = "".join(path.read_text() for path in DOCS.glob("*.md"))
    found = {
        item.arg.replace("_", "-")
        for path in (Path(cdk_automlv2.__file__).parent / "cli").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "document"
        for item in node.keywords
        if item.arg is not None
    }

    assert found
    assert {name for name in found if f"`{name}`" not in pages} == set()


def typed(text):
    """Return the commands that a page has in code, up to what the shell does with them."""
    blocks = re.findall(r"^```(?:sh|text)?\n(.*?)^```", text, re.M | re.S)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    lines += re.findall(r"`(automlv2 [^`]+)`", text)
    for line in lines:
        for part in re.split(r"[|;>#]|&&|\$\(|\)", line):
            words = part.split()
            if words[:1] == ["automlv2"] and words[1:]:
                yield words[1:]


@pytest.mark.parametrize(
    "page", [DOCS.parent / "README.md", *sorted(DOCS.glob("*.md"))], ids=lambda page: page.name
)
def test_every_command_on_a_page_exists_with_its_options(page):
    passed_on = (("local", "deploy"), ("local", "destroy"))  # The CDK CLI has options of its own.

    for words in typed(page.read_text()):
        names = [word.rstrip(",:") for word in words if not word.startswith("-")]
        if words[0] == "local" and "--folder" in words:
            continue
        found = next((n for n in (2, 1) if names[:n] and found_at(names[:n])), 0)
        assert found or not names, words
        if tuple(names[:found]) not in passed_on:
            given = {word.partition("=")[0] for word in words if word.startswith("--")}
            assert given <= options_of(names[:found]), words
