"""Bodies that are none: an error of the service's own, on both servers, never a trace."""

import asyncio
import json

import pytest

from cdk_automlv2.local.cloud import bodies
from cdk_automlv2.local.cloud.bodies import MalformedError, json_object
from cdk_automlv2.local.sagemaker import protocol
from cdk_automlv2.local.sagemaker.errors import ServiceError

from .signing import FORM, key_of, send, signed

MALFORMED = {
    "cut": b'{"ModelName": "a"',
    "no JSON": b"ModelName=a",
    "not UTF-8": b'{"ModelName": "\xff"}',
    "UTF-16": '{"ModelName": "a"}'.encode("utf-16"),
    "null": b"null",
    "a list": b"[]",
    "a text": b'"a"',
    "a number": b"1",
    "NaN": b'{"ModelName": NaN}',
    "Infinity": b'{"ModelName": -Infinity}',
    "deep lists": b'{"ModelName": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    "deep maps": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "5,000 digits": b'{"MaxResults": ' + b"1" * 5_000 + b"}",
    "two values": b"{} {}",
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_json_object_is_a_fault_of_serialization(body):
    with pytest.raises(MalformedError):
        json_object(body)
    with pytest.raises(ServiceError, match="SerializationException"):
        protocol.parse("DescribeModel", body)


@pytest.mark.parametrize(
    "text",
    [
        '{"ModelName": 1e999}',
        '{"ModelName": {}}',
        '{"ModelName": "\\ud800"}',
        f'{{"ModelName": "{"a" * 100_000}"}}',
        f'{{"ModelName": {"1" * 4_000}}}',
        '{"ModelName": null}',
        "{}",
    ],
)
def test_what_is_json_and_no_request_is_refused(text):
    with pytest.raises(ServiceError) as caught:
        protocol.parse("DescribeModel", text.encode())
    assert caught.value.code in ("SerializationException", "ValidationException")


@pytest.mark.parametrize("number", ["1" * 4_000, "-" + "9" * 300, "1e400", "1.5"])
def test_numbers_that_no_type_holds_are_refused(number):
    with pytest.raises(ServiceError):
        protocol.parse("ListModels", f'{{"MaxResults": {number}}}'.encode())


def test_members_that_are_null_count_as_missing():
    assert protocol.parse("ListModels", b'{"MaxResults": null, "SortBy": null}') == {}
    assert protocol.parse("ListModels", b"") == {}


def test_a_body_that_is_too_large_is_refused():
    body = json.dumps({"ModelName": "a" * 2_000_000}).encode()
    with pytest.raises(ServiceError) as caught:
        protocol.parse("DescribeModel", body)
    assert (caught.value.code, caught.value.status) == ("RequestEntityTooLargeException", 413)


def calls(servers):
    states = {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "AWSStepFunctions.ListStateMachines",
    }
    models = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "SageMaker.ListModels",
    }
    return [
        (servers.ministack, "states", states),
        (servers.sagemaker, "sagemaker", models),
    ]


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_both_servers_say_so_over_http(servers, body):
    for server, service, headers in calls(servers):
        own = signed(server, key_of(servers), service, body=body, headers=headers)
        status, _, answer = send(server, "POST", "/", body, own)
        assert status == 400
        assert json.loads(answer)["__type"] == "SerializationException"


def test_both_servers_refuse_what_is_said_to_be_too_large_before_it_comes(servers):
    for server, service, headers in calls(servers):
        own = signed(server, key_of(servers), service, body=b"{}", headers=headers)
        status, _, answer = send(server, "POST", "/", b"", {**own, "Content-Length": "70000000"})
        assert status == 413
        assert b"RequestEntityTooLarge" in answer
        assert send(server, "POST", "/", b"", {**own, "Content-Length": "9" * 30})[0] == 400


def test_a_form_that_is_no_text_is_no_trace(servers):
    body = b"Action=\xff&Version=\x00"
    own = signed(servers.ministack, key_of(servers), "cloudformation", body=body, headers=FORM)
    status, _, answer = send(servers.ministack, "POST", "/", body, own)

    assert 400 <= status < 500
    assert b"Traceback" not in answer


def test_an_endpoint_takes_six_megabytes(servers):
    path, body = "/endpoints/e/invocations", b"1" * (6 * 1024 * 1024 + 1)
    own = signed(servers.sagemaker, key_of(servers), "sagemaker", path, body)
    status, _, answer = send(servers.sagemaker, "POST", path, body, own)

    assert status == 413
    assert b"HTTP content length exceeded 6291456 bytes." in answer


def test_a_body_that_does_not_go_on_is_given_up(monkeypatch):
    async def nothing_more():
        await asyncio.sleep(60)

    monkeypatch.setattr(bodies, "_PART_SECONDS", 0.05)
    with pytest.raises(bodies.GoneError):
        asyncio.run(bodies.read(nothing_more, {}, 10))
