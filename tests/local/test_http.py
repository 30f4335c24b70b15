"""Requests that are no ordinary HTTP: no way around the guard by the form of a request."""

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, ResponseReceived

from .signing import raw, send

HEALTH = "/_ministack/health"
RESPONSE = "/_ministack/cfn-response/x"


def head(server, start, *lines, host=None):
    own = f"127.0.0.1:{server.port}" if host is None else host.format(port=server.port)
    first = [start, *([f"Host: {own}"] if own else []), "Connection: close", *lines]
    return "\r\n".join([*first, "", ""]).encode()


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1.:{port}", "localhost.:{port}", "127.1:{port}", "2130706433:{port}"),
        *("0.0.0.0:{port}", "[::1]:{port}", "[::ffff:127.0.0.1]:{port}", "0x7f000001:{port}"),
        *("127.0.0.1:{port}0", "127.0.0.1:0{port}", "127.0.0.1:{port}, evil.example", "127.0.0.1:"),
        *("evil@127.0.0.1:{port}", "127.0.0.1:{port}#.evil.example", "127.0.0.1:{port}/.evil"),
        *("evil.example:{port}", "127.0.0.1.nip.io:{port}", "http://127.0.0.1:{port}"),
    ],
)
def test_other_names_of_this_machine_are_refused(servers, host):
    answer = raw(servers.ministack, head(servers.ministack, f"GET {HEALTH} HTTP/1.1", host=host))
    assert answer[:13] in (b"HTTP/1.1 403 ", b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "start",
    [
        f"GET {HEALTH} HTTP/1.0",
        f"GET {HEALTH} HTTP/1.1",
        f"GET http://evil.example{HEALTH} HTTP/1.1",
    ],
)
def test_a_request_without_a_host_is_refused(servers, start):
    answer = raw(servers.ministack, head(servers.ministack, start, host=""))
    assert answer[:13] in (b"HTTP/1.1 403 ", b"HTTP/1.1 400 ")


@pytest.mark.parametrize("target", ["http://evil.example", "http://127.0.0.1:{port}", "//evil"])
def test_an_address_in_the_request_line_is_refused(servers, target):
    start = f"GET {target.format(port=servers.ministack.port)}{HEALTH} HTTP/1.1"
    assert raw(servers.ministack, head(servers.ministack, start)).startswith(b"HTTP/1.1 403 ")


def test_a_folded_header_is_read_whole(servers):
    answer = raw(
        servers.ministack,
        head(servers.ministack, f"GET {HEALTH} HTTP/1.1", "Origin:", " http://evil.example"),
    )
    assert answer[:13] in (b"HTTP/1.1 403 ", b"HTTP/1.1 400 ")


RESET = b"POST /_ministack/reset HTTP/1.1\r\nHost: %s\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: 4", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Content-Length: 4"),
        ("Content-Length: 0", "Content-Length: 84"),
        ("Content-Length: 0, 84",),
        ("Transfer-Encoding: identity, chunked",),
        ("Transfer-Encoding: xchunked",),
        ("Transfer-Encoding : chunked",),
        ("Content-Length: +0",),
        ("Content-Length: -1",),
    ],
    ids=", ".join,
)
def test_no_request_is_hidden_in_the_body_of_another(servers, lines):
    own = f"127.0.0.1:{servers.ministack.port}".encode()
    start = head(servers.ministack, f"PUT {RESPONSE} HTTP/1.1", *lines)
    servers.client("sns").create_topic(Name="kept")

    for body in (b"0\r\n\r\n", b""):
        raw(servers.ministack, start.replace(b"Connection: close\r\n", b"") + body + RESET % own)

    topics = servers.client("sns").list_topics()["Topics"]
    assert any(topic["TopicArn"].endswith(":kept") for topic in topics)


def over_http_2(server, *headers):
    """Status of a request that goes over HTTP/2 from its first byte on."""
    client = H2Connection(H2Configuration(validate_outbound_headers=False))
    client.initiate_connection()
    client.send_headers(1, headers, end_stream=True)
    for event in client.receive_data(raw(server, client.data_to_send())):
        if isinstance(event, ResponseReceived):
            return int(dict(event.headers)[b":status"])
        if isinstance(event, ConnectionTerminated):
            return 400
    return 0


def test_http_2_has_the_same_guard(servers):
    own = f"127.0.0.1:{servers.ministack.port}"

    def ask(*more, authority=own, path=HEALTH, method="GET"):
        names = {":method": method, ":path": path, ":scheme": "http", ":authority": authority}
        return over_http_2(servers.ministack, *names.items(), *more)

    assert ask() == 200
    assert ask(authority="evil.example") == 403
    assert ask(("host", own), authority="evil.example") in (400, 403)
    assert ask(("host", "evil.example")) in (400, 403)
    assert ask(("origin", "http://evil.example")) == 403
    assert ask(("sec-fetch-site", "cross-site")) == 403
    assert ask(path="/_ministack/reset", method="POST") == 403


def test_what_needs_no_signature_may_not_be_large(servers):
    status, _, answer = send(servers.ministack, "PUT", RESPONSE, b"x" * 70_000)

    assert status == 413
    assert b"RequestEntityTooLarge" in answer
