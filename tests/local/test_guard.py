"""Nobody but the owner of a key gets anything from the servers; over HTTP, as an attacker would."""

import os
import socket
import stat

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from cdk_automlv2.local.cloud.signature import Key

from .signing import FOREIGN, FORM, LIST, key_of, send, signed

STACK = (
    b"Action=CreateStack&StackName=evil&Version=2010-05-15&TemplateBody="
    b"%7B%22Resources%22%3A%7B%22T%22%3A%7B%22Type%22%3A%22AWS%3A%3ASNS%3A%3ATopic%22%7D%7D%7D"
)


def requests_of(servers):
    """A request of each server that would be answered, with its owner's signature."""
    key = key_of(servers)
    stack = signed(servers.ministack, key, "cloudformation", body=STACK, headers=FORM)
    models = signed(servers.sagemaker, key, "sagemaker", body=b"{}", headers=LIST)
    return [
        (servers.ministack, "POST", "/", STACK, stack),
        (servers.sagemaker, "POST", "/", b"{}", models),
    ]


def stacks(servers):
    found = servers.client("cloudformation").list_stacks()["StackSummaries"]
    return [stack["StackName"] for stack in found]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_what_comes_from_elsewhere_is_refused_even_when_signed(servers, headers):
    for server, method, path, body, own in requests_of(servers):
        status, _, _ = send(server, method, path, body, {**own, **headers})
        assert status == 403

    assert "evil" not in stacks(servers)


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_what_needs_no_signature_is_not_for_pages_either(servers, headers):
    for server, path in (
        (servers.ministack, "/_ministack/health"),
        (servers.sagemaker, "/_automlv2/health"),
    ):
        assert send(server, "GET", path)[0] == 200
        assert send(server, "GET", path, headers=headers)[0] == 403
    assert send(servers.ministack, "PUT", "/_ministack/cfn-response/x", b"{}", headers)[0] == 403


def test_two_hosts_are_refused(servers):
    own = f"127.0.0.1:{servers.ministack.port}"
    text = f"GET /_ministack/health HTTP/1.1\r\nHost: {own}\r\nHost: evil.example\r\n\r\n"
    with socket.create_connection(("127.0.0.1", servers.ministack.port)) as connection:
        connection.sendall(text.encode())
        assert b" 200 " not in connection.recv(100)


def test_no_answer_lets_a_page_read_it(servers):
    for server, method, path, body, own in requests_of(servers)[1:]:
        _, headers, _ = send(server, method, path, body, own)
        assert not [name for name in headers if name.startswith("access-control")]
    origin = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
    status, headers, _ = send(servers.ministack, "OPTIONS", "/", headers=origin)
    assert status == 403
    assert not [name for name in headers if name.startswith("access-control")]
    topics = b"Action=ListTopics&Version=2010-03-31"
    signature = signed(servers.ministack, key_of(servers), "sns", body=topics, headers=FORM)
    status, headers, _ = send(servers.ministack, "POST", "/", topics, signature)
    assert status == 200
    assert not [name for name in headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "key",
    [
        Key("test", "test"),
        Key("000000000000", "test"),
        Key("111111111111", "test"),
        Key("123456789012", ""),
        Key("AKIAIOSFODNN7EXAMPLE", "x"),
    ],
    ids=lambda key: key.access_key,
)
def test_keys_that_everybody_knows_are_unknown(servers, key):
    calls = [
        (servers.ministack, "cloudformation", STACK, FORM),
        (servers.ministack, "s3", b"", {}),
        (servers.sagemaker, "sagemaker", b"{}", LIST),
    ]
    for server, service, body, headers in calls:
        forged = signed(server, key, service, body=body, headers=headers)
        status, _, answer = send(server, "POST", "/", body, forged)
        assert status == 403
        assert b"nvalid" in answer


def test_a_key_without_its_secret_is_refused(servers):
    guessed = Key(key_of(servers).access_key, "guessed")
    for server, service, body, headers in (
        (servers.ministack, "cloudformation", STACK, FORM),
        (servers.sagemaker, "sagemaker", b"{}", LIST),
    ):
        forged = signed(server, guessed, service, body=body, headers=headers)
        status, _, answer = send(server, "POST", "/", body, forged)
        assert status == 403
        assert b"SignatureDoesNotMatch" in answer


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/"),
        ("GET", "/"),
        ("GET", "/bucket/key"),
        ("PUT", "/bucket"),
        ("POST", "/_ministack/reset"),
        ("POST", "/_ministack/config"),
        ("GET", "/_ministack/healthy"),
        ("GET", "/_ministack/lambda-code/000000000000/us-east-1/f"),
        ("GET", "/_localstack/health"),
        ("POST", "/2015-03-31/functions/f/invocations"),
        ("POST", "/_automlv2/authorize"),
        ("POST", "/_automlv2/session"),
        ("POST", "/_automlv2/key"),
        ("POST", "/_automlv2/faults"),
        ("DELETE", "/_automlv2/faults"),
        ("POST", "/endpoints/e/invocations"),
        ("GET", "/_ministack/cfn-response/x"),
        ("PUT", "/_ministack/cfn-response"),
    ],
)
def test_nothing_else_is_open_without_a_signature(servers, method, path):
    for server in (servers.ministack, servers.sagemaker):
        for headers in ({}, FORM, LIST, {"Authorization": "Bearer x"}, {"Authorization": ""}):
            assert send(server, method, path, b"{}", headers)[0] == 403


@pytest.mark.parametrize("path", ["/_automlv2/authorize", "/_automlv2/key", "/%5fautomlv2/key"])
def test_what_the_servers_ask_each_other_nobody_else_may_ask(servers, path):
    body = b'{"access_key": "x", "session_token": ""}'
    headers = signed(servers.ministack, key_of(servers), "automlv2", path, body)
    assert send(servers.ministack, "POST", path, body, headers)[0] == 403


def test_a_changed_request_is_not_the_one_that_was_signed(servers):
    server, key = servers.ministack, key_of(servers)
    own = signed(server, key, "cloudformation", body=STACK, headers=FORM)
    put = signed(server, key, "s3", "/b/k", b"good", method="PUT")
    target = signed(servers.sagemaker, key, "sagemaker", body=b"{}", headers=LIST)
    unsigned = signed(servers.sagemaker, key, "sagemaker", body=b"{}")

    assert send(server, "POST", "/", STACK.replace(b"evil", b"even"), own)[0] == 403
    assert send(server, "POST", "/?Action=DeleteStack", STACK, own)[0] == 403
    assert send(server, "PUT", "/b/k", b"evil", put)[0] == 403
    assert send(server, "PUT", "/b/other", b"good", put)[0] == 403
    assert send(server, "DELETE", "/b/k", b"good", put)[0] == 403
    deleting = {**target, "X-Amz-Target": "SageMaker.DeleteModel"}
    assert send(servers.sagemaker, "POST", "/", b"{}", deleting)[0] == 403
    assert send(servers.sagemaker, "POST", "/", b"{}", {**unsigned, **LIST})[0] == 403


def test_an_old_signature_is_refused(servers, monkeypatch):
    import datetime

    import botocore.auth

    old = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=20)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: old.replace(tzinfo=None))
    headers = signed(servers.sagemaker, key_of(servers), "sagemaker", body=b"{}", headers=LIST)
    status, _, answer = send(servers.sagemaker, "POST", "/", b"{}", headers)

    assert status == 403
    assert b"RequestTimeTooSkewed" in answer


def test_a_web_socket_is_refused(servers):
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    for server in (servers.ministack, servers.sagemaker):
        assert send(server, "GET", "/", headers=headers)[0] != 101


def test_clients_of_all_protocols_understand_a_refusal(servers):
    for service, code in (
        ("sagemaker", "UnrecognizedClientException"),
        ("stepfunctions", "UnrecognizedClientException"),
        ("cloudformation", "InvalidClientTokenId"),
        ("s3", "InvalidAccessKeyId"),
        ("lambda", "UnrecognizedClientException"),
    ):
        own = servers.sagemaker if service == "sagemaker" else servers.ministack
        client = boto3.client(
            service,
            endpoint_url=own.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"max_attempts": 1}),
        )
        call = {
            "sagemaker": "list_models",
            "stepfunctions": "list_state_machines",
            "cloudformation": "list_stacks",
            "s3": "list_buckets",
            "lambda": "list_functions",
        }[service]
        with pytest.raises(ClientError) as caught:
            getattr(client, call)()
        assert caught.value.response["Error"]["Code"] == code


def test_only_the_owner_may_read_what_a_start_writes(servers):
    for path in [servers.folder, *servers.folder.iterdir()]:
        assert path.stat().st_uid == os.getuid()
        if path.name not in (".gitignore", "lock"):
            assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_no_key_stands_in_arguments_or_environments(servers):
    import psutil

    secrets = [key.secret_key for key in (servers.keys.own, *servers.keys.accounts.values())]
    for server in (servers.ministack, servers.sagemaker):
        process = psutil.Process(server.pid)
        for found in [process, *process.children(recursive=True)]:
            text = " ".join([*found.cmdline(), *found.environ().values()])
            assert not [secret for secret in secrets if secret in text]


def test_the_usual_limit_of_open_files_does_not_limit_connections(servers):
    import psutil

    for server in (servers.ministack, servers.sagemaker):
        soft, hard = psutil.Process(server.pid).rlimit(psutil.RLIMIT_NOFILE)
        assert soft == min(hard, 65_536)


def test_connections_that_send_nothing_on_keep_nobody_out(servers):
    server = servers.ministack
    start = f"GET /_ministack/health HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nX: ".encode()
    waiting = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(300)]
    try:
        for connection in waiting:
            connection.sendall(start)
        assert send(server, "GET", "/_ministack/health")[0] == 200
    finally:
        for connection in waiting:
            connection.close()
