"""What the demo shows, without a deployment; `make demo` itself deploys."""

import io
import sys
from pathlib import Path

import pytest
from rich.console import Console, Group

from cdk_automlv2.cli.glyphs import RICH
from cdk_automlv2.cli.watch.snapshot import EndpointState, Snapshot, StackState, job_state

from .account import ENDPOINT, START, candidate, job

SCRIPTS = str(Path(__file__).parents[2] / "scripts")


@pytest.fixture(autouse=True)
def scripts(monkeypatch):
    monkeypatch.syspath_prepend(SCRIPTS)
    yield
    for name in ("demo", "demo_data", "demo_story"):
        sys.modules.pop(name, None)


def story_of(width, *, is_live):
    import demo_story

    story = demo_story.Story()
    file = io.StringIO()
    story.console = Console(file=file, width=width, highlight=False)
    story.glyphs, story.is_live = RICH, is_live
    return demo_story, story, file


def looks():
    stack = StackState("TumourDiagnosis", "CREATE_IN_PROGRESS", 10, 17)
    criteria = {"ResolvedAttributes": {"CompletionCriteria": {"MaxCandidates": 2}}}
    found = [candidate("001-linear", 0.5), candidate("002-xgboost", 0.6)]
    for phase in ("AnalyzingData", "ModelTuning", "GeneratingModelInsightsReport"):
        training = job_state(job("InProgress", phase, **criteria), found, "Diagnosis")
        yield Snapshot(START, stack, (training,))
    ended = job_state(job("Completed", **criteria), found, "Diagnosis")
    serving = EndpointState("DiagnosisEndpoint", ENDPOINT, "InService")
    yield Snapshot(START, stack, (ended,), (serving,))


@pytest.mark.parametrize("width", [40, 50, 60, 72, 80, 120])
def test_a_deployment_is_shown_with_its_phases_and_no_line_is_torn(width):
    module, story, file = story_of(width, is_live=True)
    seen = module.Deployment(story)
    for look in looks():
        seen.see(look)

    story.console.print(Group(*seen.lines()))

    lines = file.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert [line.split()[0] for line in lines] == [
        *("roles,", "job", "prepare", "train", "reports", "endpoint"),
    ]
    assert "2 of 2" in lines[3]
    assert ("2 of 2 candidates  ▁█" in lines[3]) == (width >= 72)
    assert all(line.rstrip().endswith("0:00") for line in lines)


def test_where_nothing_is_live_each_fact_is_said_once():
    module, story, file = story_of(80, is_live=False)
    seen = module.Deployment(story)
    for look in [*looks(), *looks()]:
        seen.see(look)

    lines = file.getvalue().splitlines()
    assert len(lines) == len(set(lines))
    assert "        candidate 002-xgboost: F1 0.6000" in [line.rstrip() for line in lines]


@pytest.mark.parametrize("width", [40, 60, 80])
def test_the_story_around_it_is_whole_on_a_narrow_terminal_too(width):
    import demo
    import demo_data

    _, story, file = story_of(width, is_live=True)
    counts = demo_data.Counter({("benign", "benign"): 37, ("malignant", "malignant"): 21})
    wrong = [demo_data.Wrong(45, "benign", "malignant", 0.61)]
    labels = ["benign", "malignant"]

    demo._introduce(story)
    demo._matrix(story, demo_data.Comparison(labels, counts, wrong))
    for keep in (True, False):
        demo._what_next(story, keep)

    lines = file.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    heads = [line[:2].strip() for line in lines if line.startswith("  ")]
    assert not any(heads)  # What is too long goes on below itself, not at the margin.
    assert [line.split() for line in lines if line.strip().startswith("true ")] == [
        *(["true", "benign", "37", "0"], ["true", "malignant", "0", "21"]),
    ]
    assert "TumourDiagnosis" in file.getvalue()


def test_where_nothing_is_live_a_step_is_named_before_what_belongs_to_it():
    _, story, file = story_of(80, is_live=False)

    with story.step("Local cloud", "starting") as block:
        block.words = "ready"
    with story.step("cdk deploy", "waits for the job"):
        story.say("      job Diagnosis: train")

    assert [line.split() for line in file.getvalue().splitlines()] == [
        ["1/5", "Local", "cloud", "starting"],
        ["ready", "0:00"],
        ["2/5", "cdk", "deploy", "waits", "for", "the", "job"],
        ["job", "Diagnosis:", "train"],
        ["done", "0:00"],
    ]


def test_answers_are_compared_row_by_row_and_the_wrong_ones_are_named():
    import demo_data

    found = demo_data.compare(["yes", "no", "no"], b"yes,0.9\nyes,0.6\nno,0.8\n")

    assert found.counts == {("yes", "yes"): 1, ("no", "yes"): 1, ("no", "no"): 1}
    assert [(item.row, item.said, item.chance) for item in found.wrong] == [(2, "yes", 0.6)]
    assert found.accuracy == pytest.approx(2 / 3)


def test_an_answer_too_few_is_no_comparison():
    import demo_data

    with pytest.raises(ValueError, match="shorter"):
        demo_data.compare(["yes", "no"], b"yes,0.9\n")
