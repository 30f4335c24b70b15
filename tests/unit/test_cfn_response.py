import http.server
import json
import threading
from typing import ClassVar

import pytest
from automlv2_handlers import cfn_response

from tests.unit.test_names import event

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


@pytest.fixture
def server():
    class Handler(http.server.BaseHTTPRequestHandler):
        statuses: ClassVar[list[int]]
        seen: ClassVar[list[tuple[str | None, bytes]]]

        def do_PUT(self):
            length = int(self.headers["Content-Length"])
            self.seen.append((self.headers["Content-Type"], self.rfile.read(length)))
            self.send_response(self.statuses.pop(0))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    Handler.statuses, Handler.seen = [], []
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


def test_an_answer_is_sent_again_after_a_server_fault(server):
    server.handler.statuses = [500, 200]

    cfn_response.put(url(server), b"{}")

    assert len(server.handler.seen) == 2


def test_an_expired_url_is_logged_and_not_raised(server, capsys):
    server.handler.statuses = [403]

    cfn_response.put(url(server), b"{}")

    assert len(server.handler.seen) == 1
    out = capsys.readouterr().out
    assert '"status": 403' in out
    assert "Signature" not in out


def test_fails_without_the_url_when_nobody_answers(monkeypatch):
    monkeypatch.setattr(cfn_response.time, "sleep", lambda seconds: None)

    with pytest.raises(OSError, match="URLError") as caught:
        cfn_response.put("http://127.0.0.1:9/?Signature=s", b"{}")

    assert "Signature" not in str(caught.value)
