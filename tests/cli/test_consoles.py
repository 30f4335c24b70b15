"""What commands print on consoles that can less: narrow, without colours, with ASCII only."""

import io
import json
import re
import sys

import pytest

from cdk_automlv2.cli.commands import automlv2

from .account import ENDPOINT, JOB, START, candidate, job
from .tree import leaves

LONG = "a-name-that-is-as-long-as-names-may-be-and-nobody-types"
COMMANDS = {
    "candidates": ("candidates", JOB),
    "vertical": ("candidates", JOB, "--vertical"),
    "describe": ("describe",),
    "describe-stack": ("describe", "Clinic"),
    "describe-job": ("describe", "Clinic/Job"),
    "describe-endpoint": ("describe", "Clinic/Endpoint"),
    "watch": ("watch", "Clinic"),
    "explain": ("explain", "Clinic"),
    "logs": ("logs", "Clinic", "--since", "9999d"),
    "cost": ("cost", "--prices", "prices.json"),
    "cost-without-prices": ("cost",),
    "doctor": ("doctor",),
    "invoke": ("invoke", "Clinic", "1,2"),
}
STREAMS = {"watch", "logs"}
ESCAPE = re.compile("\x1b\\[([0-9;?]*)([a-zA-Z])")


class Terminal(io.TextIOWrapper):
    """Standard output as a terminal of some encoding has it."""

    def __init__(self, encoding):
        super().__init__(io.BytesIO(), encoding=encoding, write_through=True)

    def isatty(self):
        return True

    def text(self):
        return self.buffer.getvalue().decode(self.encoding)


@pytest.fixture
def clinic(account, tmp_path, monkeypatch):
    """A stack with long names, failures, and letters that ASCII lacks."""
    account.clinic()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    prices = {"source": "us", "currency": "USD", "hosting": {"ml.m5.large": 0.1}}
    (tmp_path / "prices.json").write_text(json.dumps(prices | {"training": {}}))
    account.sagemaker.jobs[JOB] = job("Failed", FailureReason=f"\u201eno rows\u201c {LONG}")
    account.sagemaker.candidates[JOB].append(candidate(LONG, 0.5, AUC=0.25))
    account.sagemaker.candidates[JOB].append(candidate("lost", status="Failed"))
    variant = {"VariantName": "AllTraffic", "InstanceType": "ml.m5.large"}
    account.sagemaker.configs["config"] = {"ProductionVariants": [variant]}
    account.sagemaker.endpoints[ENDPOINT]["ProductionVariants"] = [
        {"VariantName": "AllTraffic", "CurrentInstanceCount": 2, "DesiredInstanceCount": 2}
    ]
    account.logs.write("function-log", 0, f"caf\u00e9 {LONG}")
    account.cloudformation.events["arn:aws:cloudformation:eu-west-1:1:stack/Clinic/1"] = [
        {
            "LogicalResourceId": "Wait",
            "ResourceType": "Custom::AutoMLWait",
            "ResourceStatus": "CREATE_FAILED",
            "ResourceStatusReason": f"AutoML job '{JOB}' failed: \u201eno rows\u201c",
            "Timestamp": START,
        }
    ]
    return account


@pytest.fixture
def on_terminal(clinic, monkeypatch):
    def on_terminal(name, *, width=40, encoding="utf-8", **environment):
        for key in ("NO_COLOR", "FORCE_COLOR", "LC_ALL", "TERM"):
            monkeypatch.delenv(key, raising=False)
        chosen = {"LANG": "en_GB.UTF-8", "TERM": "xterm-256color", "COLUMNS": str(width)}
        for key, value in {**chosen, **environment}.items():
            monkeypatch.setenv(key, value)
        out, errors = Terminal(encoding), Terminal(encoding)
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", errors)
        factory = lambda profile, region, local: clinic.client  # noqa: E731
        with pytest.raises(SystemExit):
            automlv2.main(list(COMMANDS[name]), obj=factory, prog_name="automlv2")
        monkeypatch.undo()
        return out.text()

    return on_terminal


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("name", COMMANDS)
def test_no_line_is_wider_than_the_terminal(on_terminal, name, width):
    lines = ESCAPE.sub("", on_terminal(name, width=width)).splitlines()

    assert lines
    assert max(map(len, lines)) <= width


@pytest.mark.parametrize("name", COMMANDS)
def test_no_colours_are_sent_where_none_are_wanted(on_terminal, name):
    styles = [
        found[1] for found in ESCAPE.finditer(on_terminal(name, NO_COLOR="1")) if found[2] == "m"
    ]

    assert not any(re.search(r"(^|;)(3[0-8]|4[0-8]|9[0-7])(;|$)", style) for style in styles)


@pytest.mark.parametrize(
    ("encoding", "locale"), [("ascii", "en_GB.UTF-8"), ("utf-8", "C"), ("latin-1", "de_DE")]
)
@pytest.mark.parametrize("name", COMMANDS)
def test_signs_are_those_that_the_console_has(on_terminal, name, encoding, locale):
    text = on_terminal(name, encoding=encoding, LANG=locale)

    assert text.isascii() or (encoding, locale) != ("ascii", "en_GB.UTF-8")
    assert not set(text) & set("\u2588\u2591\u2714\u2718\u25cf\u2248\u2581\u2026")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_pipe_gets_no_escape_and_no_cut_and_no_fold(clinic, call, name):
    shown = call(*COMMANDS[name])

    assert "\x1b" not in shown.stdout
    assert "\u2026" not in shown.stdout
    if LONG[:20] in shown.stdout:
        assert LONG in shown.stdout


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_json_is_ascii_and_whole(clinic, call, name):
    text = call(*COMMANDS[name], "--json").stdout

    assert text.isascii()
    documents = text.splitlines() if name in STREAMS else [text]
    assert all(json.loads(each)["schema-version"] == "1.0" for each in documents)


@pytest.mark.parametrize("leaf", leaves(), ids=lambda leaf: leaf.words)
def test_help_is_whole_at_60_columns(call, leaf):
    shown = call(*leaf.path, "--help", terminal_width=60).stdout

    assert max(map(len, shown.splitlines())) <= 60
    assert "Usage: " in shown
