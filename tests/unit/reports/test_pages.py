"""The page of a job: whole, escaped, small, whatever the job has left behind."""

import re
from html.parser import HTMLParser

import pytest

from cdk_automlv2.reports.charts.drawing import png, svg
from cdk_automlv2.reports.charts.look import DARK, LIGHT
from cdk_automlv2.reports.page import all_figures, write
from cdk_automlv2.reports.reading.everything import read

from . import hostile as jobs

VOID = {"meta", "link", "img", "br"}
LARGEST = 300_000
ONE = jobs.candidate("a", 0.9)


class Page(HTMLParser):
    """Reads a page strictly."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.ids, self.words, self.links = [], [], [], "", []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append((tag, given))
        self.ids += [given["id"]] if "id" in given else []
        self.links += [value for name, value in attrs if name in ("src", "href")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"{tag} closes another element"

    def handle_data(self, data):
        self.words += data


def page_of(account, job):
    text = write(read(account.client, job))
    assert len(text.encode()) < LARGEST
    return Page(text), text


def test_hostile_names_are_text_and_nothing_else():
    page, text = page_of(*jobs.hostile())

    names = {tag for tag, _ in page.tags}
    assert "script" not in names
    assert all(not name.startswith("on") for _, given in page.tags for name in given)
    assert [given for tag, given in page.tags if tag == "img"] == []
    assert jobs.SCRIPT in page.words
    assert "{{ 7 * 7 }}" in page.words
    assert "#010101" in page.words
    assert "机器学习模型的很长很长的类别名称第一" in page.words
    assert "مرحبا" in page.words
    for sign in ("\x00", "\x1b", "\u202e", "\ud800"):
        assert sign not in text


@pytest.mark.parametrize("make", [jobs.hostile, jobs.large])
def test_a_page_names_nothing_twice_and_loads_nothing(make):
    page, text = page_of(*make())

    assert len(page.ids) == len(set(page.ids))
    assert all(link.startswith(("#", "data:")) for link in page.links)
    assert not re.search(r"url\((?!#)", text)
    assert "@import" not in text


def test_250_candidates_and_50_classes_are_told_and_only_the_worst_are_drawn():
    page, _ = page_of(*jobs.large())

    assert page.words.count("-xgboost-abcdef") >= 250
    assert "250 candidates from 0.749 to 0.5" in page.words
    assert "The 8 labels with most errors are drawn" in page.words
    assert "class number 00" in page.words


def nothing(**more):
    return jobs.Account(), jobs.job(**more)


FAILED = {"AutoMLJobStatus": "Failed", "AutoMLJobSecondaryStatus": "Failed"}


@pytest.mark.parametrize(
    ("account", "job", "words"),
    [
        (*nothing(), "has no candidate"),
        (*nothing(**FAILED, FailureReason="no memory"), "The job failed: no memory"),
        (jobs.Account(), {"AutoMLJobName": "job-1", "AutoMLJobArn": "arn"}, "has no candidate"),
        (
            jobs.Account([jobs.candidate("a", 0.9)]),
            jobs.job(jobs.candidate("a", 0.9)),
            "is the only",
        ),
        (
            jobs.Account([{"CandidateName": "a", "CandidateStatus": "InProgress"}]),
            jobs.job(AutoMLJobStatus="InProgress", AutoMLJobSecondaryStatus="ModelTuning"),
            "The job is InProgress (ModelTuning)",
        ),
        (
            jobs.Account([jobs.candidate("a", float("nan")), jobs.candidate("b", 0.5)]),
            jobs.job(jobs.candidate("b", 0.5)),
            "b is the best of 2 candidates",
        ),
    ],
    ids=["nothing", "failed", "bare", "one candidate", "in progress", "NaN"],
)
def test_a_job_with_little_has_a_page_that_says_so(account, job, words):
    page, _ = page_of(account, job)

    assert words in page.words


def test_what_may_not_be_read_is_named_with_its_reason():
    best = jobs.candidate("a", 0.9, **jobs.located(ModelInsights="s3://out/m"))

    page, _ = page_of(jobs.Account(refused=True), jobs.job(best))

    for words in ("candidates cannot be listed", "tags of the job", "s3://out/m cannot be listed"):
        assert words in page.words
    assert "AccessDenied" in page.words


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"null", b"{", b'{"multiclass_classification_metrics": 3}', b"[" * 100_000,
     b'{"binary_classification_metrics": {"confusion_matrix": {}, "auc": {"value": "NaN"},'
     b' "receiver_operating_characteristic_curve": {"false_positive_rates": "x"}}}',
     b'{"explanations": {"kernel_shap": []}}', b'[{"text": null}, 3, {"input_image_uri": 5}]',
     b'{"explanations": {"kernel_shap": {"label0": {"global_shap_values": {"a": "NaN"}}}}}'],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["Tabular", "TextClassification", "ImageClassification"])
def test_an_artifact_of_another_form_spoils_nothing(content, kind):
    objects = {"out/m/t/statistics.json": content, "out/e/t/analysis.json": content}
    best = jobs.candidate("a", 0.9, **jobs.located(ModelInsights="s3://out/m"))

    page, _ = page_of(jobs.Account([best], objects), jobs.job(best, kind=kind))

    assert "is the only candidate" in page.words


def test_names_that_are_equal_when_shortened_stay_two():
    account, job = jobs.large()
    long = ["a" * 40 + f"{place}" + "z" * 40 for place in range(3)]
    account.s3.objects["out/e/trial/analysis.json"] = jobs.analysis(long)

    [figure] = [item for item in all_figures(read(account.client, job)) if "importance" in item.id]

    assert svg(figure).count("aaaa") >= 3 + 1
    assert "(3)" in svg(figure)


def test_a_picture_is_a_png_and_a_drawing_has_one_role_with_its_finding():
    account, job = jobs.large()

    figures = all_figures(read(account.client, job))

    assert [item.id for item in figures] == [
        *("candidates", "progress", "matrix-1", "baseline-1", "importance-1")
    ]
    drawing = svg(figures[0])
    assert drawing.count("role=") == 1
    assert figures[0].finding in drawing
    assert "#0" not in drawing.replace("url(#", "")
    assert png(figures[0]).startswith(b"\x89PNG")


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_texts_and_marks_stand_out_from_what_is_behind_them(look):
    for text in (look.ink, look.muted, look.accent, look.second):
        assert contrast(text, look.card) >= 4.5
    assert contrast(look.on_accent, look.accent) >= 4.5
    assert contrast(look.ink, look.soft) >= 4.5
    assert contrast(look.accent, look.soft) >= 3
