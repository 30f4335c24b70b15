"""``automlv2 report``: what it writes, and what it says where it cannot."""

import pytest
from click.testing import CliRunner

from cdk_automlv2.cli.commands import automlv2

from . import report_jobs


@pytest.fixture
def call(tmp_path, monkeypatch):
    """Run the command on a job of two classes, in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments, name="binary"):
        job = report_jobs.KINDS[name]()
        factory = lambda profile, region, local: job.client  # noqa: E731
        return CliRunner().invoke(automlv2, ["report", *arguments], obj=factory)

    return call


def test_the_page_is_written_and_its_path_is_the_only_output(call, tmp_path):
    done = call("job-1")

    assert done.exit_code == 0, done.output
    assert done.stdout == "report.html\n"
    assert (tmp_path / "report.html").read_text("utf-8").lstrip().startswith("<!doctype html>")


def test_charts_are_pictures_too_in_a_folder_that_is_made(call, tmp_path):
    done = call("job-1", "-o", "out/page.html", "--png", "out/charts")

    assert done.exit_code == 0, done.output
    names = {path.name for path in (tmp_path / "out" / "charts").iterdir()}
    assert {"candidates.png", "matrix-1.png", "roc-1.png", "importance-1.png"} <= names
    assert len(done.stdout.splitlines()) == 1 + len(names)


def test_held_out_rows_of_a_file_are_sent_to_the_endpoint(call, tmp_path):
    [body] = report_jobs.held_out_of("binary").files.values()
    (tmp_path / "rows.csv").write_bytes(body)

    done = call("job-1", "--held-out", "rows.csv", "--endpoint", "endpoint")

    assert done.exit_code == 0, done.output
    assert "100 held-out rows of rows.csv" in (tmp_path / "report.html").read_text("utf-8")


def test_held_out_rows_are_read_from_s3_too(call, tmp_path):
    done = call("job-1", "--held-out", "s3://in/train/part.csv", "--endpoint", "endpoint")

    assert done.exit_code == 0, done.output
    assert "100 held-out rows of s3://in" in (tmp_path / "report.html").read_text("utf-8")


def test_without_rows_the_page_says_how_to_get_residuals(call, tmp_path):
    call("job-1", name="regression")

    page = (tmp_path / "report.html").read_text("utf-8")
    assert "so there are no residuals: give --held-out" in page


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--endpoint", "endpoint"], 2, "--endpoint needs --held-out"),
        (["--held-out", "nowhere.csv", "--endpoint", "endpoint"], 1, "there is nothing"),
        (["--held-out", "rows.csv"], 1, "--endpoint STACK/ID"),
    ],
)
def test_what_is_missing_is_named_with_what_to_give(call, arguments, status, words):
    done = call("job-1", *arguments)

    assert done.exit_code == status
    assert words in done.output
