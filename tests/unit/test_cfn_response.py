import http.server
import json
import threading
from dataclasses import replace
from typing import ClassVar

import pytest
from automlv2_handlers import cfn_response

from tests.unit.events import event

ANSWER = {"Status": "SUCCESS", "PhysicalResourceId": "churn-1", "Data": {"Name": "churn-1"}}


def test_the_answer_has_what_cloudformation_asks_for():
    assert json.loads(cfn_response.body(event(), ANSWER)) == {
        "Status": "SUCCESS",
        "Reason": "",
        "PhysicalResourceId": "churn-1",
        "StackId": event().stack_id,
        "RequestId": "r1",
        "LogicalResourceId": "Churn",
        "Data": {"Name": "churn-1"},
    }


@pytest.mark.parametrize("letter", ["x", "ä", '"', "\n"])
def test_a_long_reason_is_cut_to_what_cloudformation_accepts(letter):
    answer = {"Status": "FAILED", "PhysicalResourceId": "p", "Reason": letter * 9000}

    body = cfn_response.body(event(), answer)

    assert 3500 < len(body) <= 4096
    assert json.loads(body)["Reason"].startswith(letter)


def test_attributes_that_do_not_fit_fail_the_request_instead_of_hanging_it():
    answer = ANSWER | {"Data": {"Big": "x" * 5000}}

    body = json.loads(cfn_response.body(event(), answer))

    assert body["Status"] == "FAILED"
    assert "bytes too long" in body["Reason"]


@pytest.mark.parametrize("letter", ["x", "ä", "語", "😀", '"', "\x01", "\ud800"])
@pytest.mark.parametrize("status", ["SUCCESS", "FAILED"])
@pytest.mark.parametrize("length", [1, 300, 1024, 1025, 5000])
def test_whatever_the_texts_an_answer_fits_and_has_a_legal_physical_id(letter, status, length):
    answer = {
        "Status": status,
        "PhysicalResourceId": letter * length,
        "Reason": letter * 9000,
        "Data": {"Name": letter * 10},
    }

    body = cfn_response.body(event(), answer)

    assert len(body) <= 4096
    told = json.loads(body.decode("utf-8"))
    assert cfn_response.is_physical_id(told["PhysicalResourceId"])
    assert told["PhysicalResourceId"].encode("utf-8")
    assert told["Reason"].encode("utf-8")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("x" * 1025, "the physical id has 1025 bytes"),
        ("ä" * 513, "the physical id has 1026 bytes"),
        ("x" * 100_000, "the physical id has 100000 bytes"),
        ("", "no physical id"),
        (None, "no physical id"),
        (7, "no physical id"),
        ("a\nb", "no text of one line"),
    ],
)
def test_a_physical_id_that_cloudformation_does_not_take_fails_by_name(name, why):
    told = json.loads(cfn_response.body(event(), ANSWER | {"PhysicalResourceId": name}))

    assert told["Status"] == "FAILED"
    assert why in told["Reason"]
    assert told["PhysicalResourceId"] == "Churn-not-created"
    assert told["Data"] == {}


def test_the_longest_physical_id_is_taken():
    told = json.loads(cfn_response.body(event(), ANSWER | {"PhysicalResourceId": "x" * 1024}))

    assert (told["Status"], len(told["PhysicalResourceId"])) == ("SUCCESS", 1024)


def test_attributes_that_just_fit_are_sent():
    room = 4096 - len(cfn_response.body(event(), ANSWER | {"Data": {"Big": ""}}))

    told = [
        json.loads(cfn_response.body(event(), ANSWER | {"Data": {"Big": "x" * size}}))
        for size in (room, room + 1)
    ]

    assert [answer["Status"] for answer in told] == ["SUCCESS", "FAILED"]
    assert "1 bytes too long" in told[1]["Reason"]


def test_a_failure_always_has_a_reason():
    answer = {"Status": "FAILED", "PhysicalResourceId": "p"}

    assert json.loads(cfn_response.body(event(), answer))["Reason"] == (
        "no reason given; see the function's log"
    )


@pytest.fixture
def server():
    class Handler(http.server.BaseHTTPRequestHandler):
        statuses: ClassVar[list[int]]
        seen: ClassVar[list[tuple[str | None, bytes]]]
        words: ClassVar[bytes] = b""

        def do_PUT(self):
            length = int(self.headers["Content-Length"])
            self.seen.append((self.headers["Content-Type"], self.rfile.read(length)))
            self.send_response(self.statuses.pop(0))
            self.send_header("Content-Length", str(len(self.words)))
            self.end_headers()
            self.wfile.write(self.words)

        def log_message(self, *_):
            pass

    Handler.statuses, Handler.seen, Handler.words = [], [], b""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        running.handler = Handler
        yield running
        running.shutdown()


def url(server):
    return f"http://127.0.0.1:{server.server_port}/?Signature=s"


def test_the_answer_is_put_with_an_empty_content_type(server):
    server.handler.statuses = [200]

    cfn_response.put(url(server), b"{}")

    assert server.handler.seen == [("", b"{}")]


@pytest.fixture
def no_pauses(monkeypatch):
    monkeypatch.setattr(cfn_response.time, "sleep", lambda seconds: None)


@pytest.mark.parametrize("status", [307, 408, 409, 429, 500, 502, 503, 504])
def test_an_answer_is_sent_again_after_a_passing_fault(server, no_pauses, status):
    server.handler.statuses = [status, 200]

    cfn_response.put(url(server), b"{}")

    assert len(server.handler.seen) == 2


@pytest.mark.parametrize(
    ("words", "times"),
    [
        (b"<Error><Code>RequestTimeout</Code></Error>", 2),
        (b"<Error><Code>IncompleteBody</Code></Error>", 2),
        (b"", 2),
        (b"<Error><Code>ExpiredToken</Code></Error>", 1),
        (b"<Error><Code>AuthorizationQueryParametersError</Code></Error>", 1),
    ],
)
def test_a_bad_request_is_final_only_if_s3_says_so(server, no_pauses, words, times):
    server.handler.statuses, server.handler.words = [400, 200], words

    cfn_response.put(url(server), b"{}")

    assert len(server.handler.seen) == times


@pytest.mark.parametrize("status", [403, 404, 410])
def test_what_is_refused_for_good_is_not_sent_again(server, status):
    server.handler.statuses = [status]

    cfn_response.put(url(server), b"{}")

    assert len(server.handler.seen) == 1


def test_attempts_end_after_five(server, no_pauses):
    server.handler.statuses = [500] * 9

    with pytest.raises(OSError, match="HTTP status 500"):
        cfn_response.put(url(server), b"{}")

    assert len(server.handler.seen) == 5


def test_attempts_end_when_their_time_is_up(server, monkeypatch):
    server.handler.statuses = [500] * 9
    moments = iter([0, 1, 2, 99, 101, 102, 103])
    monkeypatch.setattr(cfn_response.time, "monotonic", lambda: next(moments))
    pauses = []
    monkeypatch.setattr(cfn_response.time, "sleep", pauses.append)

    with pytest.raises(OSError, match="HTTP status 500"):
        cfn_response.put(url(server), b"{}")

    assert pauses == [1, 2, 4]


def test_an_expired_url_is_logged_and_not_raised(server, capsys):
    server.handler.statuses = [403]

    cfn_response.put(url(server), b"{}")

    assert len(server.handler.seen) == 1
    out = capsys.readouterr().out
    assert '"status": 403' in out
    assert "Signature" not in out


def test_fails_without_the_url_when_nobody_answers(no_pauses):
    with pytest.raises(OSError, match="URLError") as caught:
        cfn_response.put("http://127.0.0.1:9/?Signature=s", b"{}")

    assert "Signature" not in str(caught.value)


@pytest.mark.parametrize(("before", "told"), [("churn-1", "churn-1"), ("", "Churn-not-created")])
def test_an_illegal_physical_id_is_answered_with_the_one_that_the_stack_has(before, told):
    request = replace(event(), physical_id=before)

    body = json.loads(cfn_response.body(request, ANSWER | {"PhysicalResourceId": ""}))

    assert body["PhysicalResourceId"] == told
    assert body["Status"] == "FAILED"
