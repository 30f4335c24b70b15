"""What a pipe or a file gets of every command: rows below titles, or a text that is no table."""

import pytest

from cdk_automlv2.cli import out, tables
from cdk_automlv2.local import LocalCloud

from .account import ENDPOINT, JOB
from .running import KEY
from .tree import leaves

ROWS = {
    "candidates": (("candidates", JOB), "rank name best status objective value seconds"),
    "candidates --vertical": (("candidates", JOB, "--vertical"), "candidate what value"),
    "cost": (("cost",), "what name hours an_hour so_far how"),
    "describe": (("describe",), "kind name status created"),
    "describe STACK": (("describe", "Clinic"), "id kind name status resource"),
    "describe JOB": (("describe", "Clinic/Job"), "what value"),
    "describe ENDPOINT": (("describe", ENDPOINT), "what value"),
    "describe RELEASE": (("describe", f"Shop/{KEY}"), "what value"),
    "doctor": (("doctor",), "check state detail remedy"),
    "explain": (("explain", "Clinic"), "what of text"),
    "history": (
        ("history", f"Shop/{KEY}"),
        "id release state since metric value serving reason",
    ),
    "local status": (("local", "status"), "kind name status secondary"),
    "logs": (("logs", "Clinic", "--since", "9999d"), "time source message"),
    "status": (("status", "Shop"), "id release state since metric value serving reason"),
    "watch": (
        ("watch", "Clinic", "--timeout", "0"),
        "time event id name state detail value reason",
    ),
}
"""How a command that prints rows is called, and the titles that its rows begin with."""

NO_ROWS = {
    "abort": "says what was done",
    "adopt": "code or a spec",
    "invoke": "the response as it is",
    "local deploy": "the CDK CLI's own",
    "local destroy": "the CDK CLI's own",
    "local env": "lines for a shell",
    "local invoke": "the response as it is",
    "local page": "a link",
    "local start": "says where it listens",
    "local stop": "says what was done",
    "lock": "says what was written",
    "plan": "a text, for people and pull requests",
    "promote": "says what was done",
    "report": "says what was written",
    "retrain": "says what was done",
    "rollback": "says what was done",
    "schema": "a document",
    "stacks": "says what was written",
    "validate": "file:line:column, as compilers say it",
    "wait": "an exit status",
}


@pytest.fixture
def everything(shop, tmp_path, monkeypatch):
    """An account with a stack of each kind, and a local cloud."""
    shop.clinic()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    variant = {"VariantName": "A", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    shop.sagemaker.configs["config"] = {"ProductionVariants": [variant]}
    shop.logs.write("function-log", 0, "a\ttab")
    jobs = [{"name": JOB, "status": "Completed", "secondary": "Completed"}]
    found = {"stacks": [{"name": "Clinic", "status": "CREATE_COMPLETE"}], "jobs": jobs}
    monkeypatch.setattr(LocalCloud, "attach", lambda folder: None)
    monkeypatch.setattr(tables, "inventory", lambda cloud: found)
    return shop


def test_every_command_prints_rows_below_titles_or_says_why_it_prints_none():
    assert {name.split(" -")[0].rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ ") for name in ROWS} | {
        *NO_ROWS
    } == {leaf.words for leaf in leaves()}


@pytest.mark.parametrize("name", ROWS)
def test_rows_in_a_pipe_have_a_row_of_titles_and_as_many_cells_as_that(everything, call, name):
    arguments, titles = ROWS[name]

    done = call(*arguments)
    first, *rows = [line.split("\t") for line in done.stdout.splitlines()]

    begin = [title.replace("_", " ") for title in titles.split()]
    assert first[: len(begin)] == begin, done.stderr
    assert rows
    assert {len(row) for row in rows} <= {len(first)}


@pytest.mark.parametrize("cells", [("1",), ("1", "2", "3")])
def test_a_row_with_another_number_of_cells_than_titles_is_a_fault_of_the_command(cells):
    rows = out.Rows("a", "b")

    with pytest.raises(ValueError, match="below 2 titles"):
        rows.add(cells)
