"""Reports of real jobs, from artifacts and from an endpoint, as a reader's browser shows them."""

import pytest

from cdk_automlv2.reports.page import all_figures, write
from cdk_automlv2.reports.reading.everything import read
from cdk_automlv2.reports.reading.held_out import HeldOut, base_model_of
from tests.unit.reports import hostile

from . import browser, devtools, report_jobs, test_training
from .devtools import AUDIT, AUDITED, AXE, OVERFLOW, SCREENS

CUT = """[...document.querySelectorAll("svg")].flatMap(svg => {
  const box = svg.getBoundingClientRect();
  return [...svg.querySelectorAll("text")].filter(text => {
    const own = text.getBoundingClientRect();
    return own.width && (own.left < box.left - 1 || own.right > box.right + 1 ||
      own.top < box.top - 1 || own.bottom > box.bottom + 1);
  }).map(text => `${svg.closest("figure").id}: ${text.textContent}`);
})"""
SMALLEST = """Math.min(99, ...[...document.querySelectorAll("svg text")]
  .map(text => text.getBoundingClientRect().height).filter(height => height))"""

pytestmark = pytest.mark.browser


def facts_of_kind(name):
    return report_jobs.facts_of(name)


def facts_of_hostile():
    account, job = hostile.hostile()
    return read(account.client, job)


def facts_of_large():
    account, job = hostile.large()
    return read(account.client, job)


PAGES = {
    **{name: lambda name=name: facts_of_kind(name) for name in report_jobs.KINDS},
    "hostile": facts_of_hostile,
    "large": facts_of_large,
}


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    with devtools.tab(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@browser.NEEDED
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_on_every_screen_asks_for_nothing_and_says_nothing(name, tab, tmp_path):
    path = tmp_path / "report.html"
    path.write_text(write(PAGES[name]()), encoding="utf-8")

    for width, dark in SCREENS:
        tab.look_like(width, 900, dark=dark)
        tab.open(path)
        where = f"{name} at {width}, {'dark' if dark else 'light'}"
        assert tab.run(CUT) == [], where
        assert tab.run(OVERFLOW) <= 0, where
        assert tab.run(SMALLEST) >= 9, where
        asked = [url for url in tab.requests if not url.startswith("data:")]
        assert asked == [path.as_uri()], where
        assert tab.messages == [], where
        if AXE.is_file() and (width, dark) in AUDITED:
            tab.run(f"{AXE.read_text()};0")
            assert tab.run(AUDIT) == [], where


@pytest.mark.skipif(not AXE.is_file(), reason="no axe-core: npm ci")
@browser.NEEDED
def test_the_audit_finds_what_is_wrong(tab, tmp_path):
    path = tmp_path / "bad.html"
    path.write_text("<!doctype html><title>x</title><img src='data:,'><button></button>")

    tab.open(path)
    tab.run(f"{AXE.read_text()};0")

    assert any(rule.startswith("image-alt") for rule in tab.run(AUDIT))


def ids(name, **more):
    return [item.id for item in all_figures(report_jobs.facts_of(name, **more))]


def test_two_classes_have_every_chart_from_the_artifacts_and_from_the_endpoint():
    own = ["matrix-1", "roc-1", "precision-recall-1", "baseline-1"]

    assert ids("binary", asked=False) == ["candidates", "progress", *own, "importance-1"]
    assert {"matrix-2", "roc-2", "precision-recall-2"} <= set(ids("binary"))


def test_the_curve_from_the_endpoints_probabilities_has_the_area_of_the_service():
    facts = report_jobs.facts_of("binary")
    [own, asked] = facts.quality

    assert own.scores["auc"].value > 0.9
    assert asked.scores["auc"].value > 0.9
    assert asked.positive == own.positive == "virginica"
    assert asked.matrix.total == 100
    assert "endpoint" in asked.source.words
    assert "report" in own.source.words


def test_findings_of_the_data_exploration_are_told_with_their_severity():
    table = test_training.iris().assign(**{"a_<b>|c": "same"})
    job = report_jobs.tabular(table, "species", count=1)

    facts = read(job.client, job.described)

    assert [(item.severity, item.words) for item in facts.findings] == [
        ("low", "Cardinality: columns of a single value: a_<b>|c")
    ]
    assert "a_&lt;b&gt;|c" in write(facts)
    assert any(uri.endswith("ExplorationNotebook.ipynb") for _, uri in facts.files)


def test_numbers_have_residuals_only_from_an_endpoint():
    assert not {"predicted-1", "residuals-1"} & set(ids("regression", asked=False))
    assert {"predicted-2", "residuals-2"} <= set(ids("regression"))


def test_series_have_bands_of_quantiles_from_back_tests_and_from_the_endpoint():
    found = ids("series")

    assert {f"forecast-{place}-{n}" for place in (1, 2) for n in (1, 2, 3)} <= set(found)
    assert {"quantiles-1", "quantiles-2"} <= set(found)
    models = report_jobs.facts_of("series").back_tests[0].models
    assert len(models) == 6


def test_pictures_are_shown_with_heat_maps_and_true_labels():
    [own, asked] = report_jobs.facts_of("pictures").examples

    assert all(item.picture and item.heat_map and item.true for item in own.items)
    assert all(item.picture and item.true for item in asked.items)
    page = write(report_jobs.facts_of("pictures"))
    assert page.count("data:image/png;base64,") >= 3 * len(own.items)


def test_words_of_texts_are_marked_and_labels_have_names():
    [own, _] = report_jobs.facts_of("texts").examples
    labels = report_jobs.facts_of("texts").quality[0].matrix.labels

    assert {item.predicted for item in own.items} <= set(labels)
    assert '<mark class="for">' in write(report_jobs.facts_of("texts"))


def test_an_endpoint_that_responds_with_labels_alone_has_a_matrix_and_no_curve():
    job = report_jobs.binary()
    job.keys = "predicted_label"
    try:
        rows = report_jobs.held_out_of("binary")
        facts = read(job.client, job.described, endpoint="endpoint", held_out=rows)
    finally:
        job.keys = report_jobs.KEYS

    assert facts.quality[1].matrix is not None
    assert facts.quality[1].roc is None


@pytest.mark.parametrize(
    ("name", "files", "words"),
    [
        ("binary", {}, "has no CSV"),
        ("binary", {"a.csv": b"x,y\n1,2\n"}, "has no column 'species'"),
        ("binary", {"a.csv": b"species\nsetosa\n"}, "ModelError"),
        ("regression", {"a.csv": b"\xff\xfe\n\n"}, "has no CSV"),
        ("series", {"a.csv": b"shop,day,demand\nn,2025-01-01,1\n"}, "longer than the 14 steps"),
        ("pictures", {"0/a.png": b"no picture"}, "not a picture"),
        ("pictures", {"a.png": b""}, "no pictures in folders"),
        ("texts", {"a.csv": b"message\nhello\n"}, "has no column 'department'"),
    ],
)
def test_rows_that_do_not_suit_are_named_and_the_page_is_written(name, files, words):
    job = report_jobs.KINDS[name]()

    facts = read(job.client, job.described, endpoint="e", held_out=HeldOut("my-rows", files))

    assert any(words in note for note in facts.notes), facts.notes
    assert "What this page lacks" in write(facts)


def test_answers_of_a_language_model_stand_beside_those_expected_and_are_not_judged():
    [examples] = report_jobs.facts_of("language").examples
    page = write(report_jobs.facts_of("language"))

    assert examples.source.is_asked
    assert all(item.expected and item.text and not item.is_wrong for item in examples.items)
    assert len(examples.items) <= 12
    assert "answered: <strong>" in page
    assert "nothing is judged here" in page
    assert "predicted <strong>" not in page


@pytest.mark.parametrize(
    ("named", "resolved", "base"),
    [("", "", "Falcon7BInstruct"), ("Llama2-7B", "", "Llama2-7B"), ("", "Dolly3B", "Dolly3B")],
)
def test_the_tuned_model_is_the_one_that_sagemaker_resolved(named, resolved, base):
    known = {"TextGenerationResolvedAttributes": {"BaseModelName": resolved}}
    job = {
        "AutoMLProblemTypeConfig": {"TextGenerationJobConfig": {"BaseModelName": named}},
        "ResolvedAttributes": {"AutoMLProblemTypeResolvedAttributes": known},
    }

    assert base_model_of(job) == base
