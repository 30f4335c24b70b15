"""``automlv2 local invoke``: rows, JSON, pictures and files, each sent as what it is."""

import io
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from cdk_automlv2.cli import commands, local


class FakeRuntime:
    """Answers with what it is asked."""

    def __init__(self):
        self.asked = []

    def invoke_endpoint(self, **request):
        self.asked.append(request)
        return {"Body": io.BytesIO(b"answer")}


@pytest.fixture
def runtime(monkeypatch):
    found = FakeRuntime()
    cloud = SimpleNamespace(client=lambda _service: found)
    monkeypatch.setattr(local, "LocalCloud", SimpleNamespace(attach=lambda _folder: cloud))
    return found


def invoke(*arguments, **options):
    return CliRunner().invoke(commands.automlv2, ["local", "invoke", "e", *arguments], **options)


@pytest.mark.parametrize(
    ("rows", "body", "kind"),
    [
        (["1,2"], b"1,2", "text/csv"),
        (["-0.5,1", "2,-3"], b"-0.5,1\n2,-3", "text/csv"),
        (["-1"], b"-1", "text/csv"),
        (["--", "--file,x"], b"--file,x", "text/csv"),
        (['{"inputs": "hello"}'], b'{"inputs": "hello"}', "application/json"),
        (['"a, b",c'], b'"a, b",c', "text/csv"),
        (["{broken"], b"{broken", "text/csv"),
    ],
)
def test_rows_are_sent_as_csv_and_an_object_as_json(runtime, rows, body, kind):
    done = invoke(*rows)

    assert done.exit_code == 0
    assert done.output == "answer\n"
    [asked] = runtime.asked
    assert (asked["Body"], asked["ContentType"]) == (body, kind)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.csv", b"1,2\n", "text/csv"),
        ("a.JSON", b"[1]", "application/json"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.parquet", b"PAR1", "application/x-parquet"),
        ("picture", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("picture", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("table", b"1,2\n", "text/csv"),
        ("object", b'{"inputs": "x"}', "application/json"),
    ],
)
def test_a_file_is_sent_untouched_as_its_ending_or_content_says(
    runtime, tmp_path, name, content, kind
):
    (tmp_path / name).write_bytes(content)

    assert invoke("--file", str(tmp_path / name)).exit_code == 0
    assert invoke("--file", "-", input=content).exit_code == 0

    named, piped = runtime.asked
    assert named["Body"] == piped["Body"] == content
    assert named["ContentType"] == kind


def test_types_can_be_told(runtime):
    invoke("x", "--content-type", "text/plain", "--accept", "application/json")

    [asked] = runtime.asked
    assert (asked["ContentType"], asked["Accept"]) == ("text/plain", "application/json")


def test_nothing_to_send_is_an_error(runtime):
    done = invoke()

    assert done.exit_code == 2
    assert "give a row of CSV, a JSON object, or --file" in done.output
    assert not runtime.asked
