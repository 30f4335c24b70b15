"""Presigned addresses and S3's ways to send a body are let in, and nothing that only looks so."""

import base64
import hashlib
import re
import time
from urllib.parse import urlsplit

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from cdk_automlv2.local.cloud.chunks import chunks_are_signed

from .gateway import allow, as_role, role
from .signing import LIST, key_of, send


@pytest.fixture(params=["s3", "s3v4"])
def presigning(servers, request):
    """Settings of clients that presign in each version of the signature."""
    return Config(signature_version=request.param)


def fetch(servers, url, method="GET", body=b"", headers=()):
    parts = urlsplit(url)
    return send(servers.ministack, method, f"{parts.path}?{parts.query}", body, headers)


def test_presigned_addresses_work_until_they_expire(servers, presigning):
    s3 = servers.client("s3", config=presigning)
    servers.client("s3").create_bucket(Bucket="presigned")
    where = {"Bucket": "presigned", "Key": "a b+c/ü"}
    put = s3.generate_presigned_url("put_object", Params=where, ExpiresIn=60)
    get = s3.generate_presigned_url("get_object", Params=where, ExpiresIn=60)
    short = s3.generate_presigned_url("get_object", Params=where, ExpiresIn=1)

    assert fetch(servers, put, "PUT", b"x")[0] == 200
    assert fetch(servers, get)[2] == b"x"
    assert fetch(servers, get, "DELETE")[0] == 403
    time.sleep(2.1)
    later = re.sub("Expires=([0-9]+)", "Expires=9\\1", get)
    for url in (short, later, get.replace("a%20b", "a%20c"), get[:-1]):
        assert fetch(servers, url)[0] == 403


def test_a_presigned_address_of_a_role_works(servers, presigning):
    servers.client("s3").create_bucket(Bucket="presigned-role")
    servers.client("s3").put_object(Bucket="presigned-role", Key="x", Body=b"x")
    arn = role(servers, f"presigner-{presigning.signature_version}", allow("s3:GetObject"))
    s3 = as_role(servers, arn, "s3", config=presigning)
    where = {"Bucket": "presigned-role", "Key": "x"}
    url = s3.generate_presigned_url("get_object", where)

    assert fetch(servers, url)[2] == b"x"
    assert fetch(servers, re.sub("(?i)token=[^&]*", "X-Amz-Security-Token=x", url))[0] == 403


@pytest.mark.parametrize("payload", ["UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"])
def test_s3_takes_bodies_that_are_not_signed(servers, payload):
    servers.client("s3").create_bucket(Bucket="streams")
    body, more = b"x", {}
    if payload.startswith("STREAMING"):
        digest = base64.b64encode(hashlib.sha1(b"x").digest())
        body = b"1\r\nx\r\n0\r\nx-amz-checksum-sha1:" + digest + b"\r\n\r\n"
        more = {
            "Content-Encoding": "aws-chunked",
            "X-Amz-Decoded-Content-Length": "1",
            "X-Amz-Trailer": "x-amz-checksum-sha1",
        }
    headers = sign_with_payload(servers, "/streams/x", payload, more)[0]
    status, _, answer = send(servers.ministack, "PUT", "/streams/x", body, headers)

    assert status == 200, answer
    assert servers.client("s3").get_object(Bucket="streams", Key="x")["Body"].read() == b"x"


def sign_with_payload(servers, path, payload, headers, method="PUT"):
    """Headers of an S3 request whose body is said to be ``payload``, and the signer."""

    class Signer(S3SigV4Auth):
        def payload(self, request):
            return payload

    key = key_of(servers)
    request = AWSRequest(method, servers.ministack.url + path, headers=headers)
    signer = Signer(Credentials(key.access_key, key.secret_key), "s3", "us-east-1")
    signer.add_auth(request)
    return dict(request.headers.items()), signer, request


def chunked(signer, request, parts, trailer=b""):
    """A body signed in chunks, made as AWS's documentation says."""
    scope = signer.credential_scope(request)
    date = request.context["timestamp"]
    previous = request.headers["Authorization"].rpartition("=")[2]
    nothing = hashlib.sha256(b"").hexdigest()
    body = b""
    for part in (*parts, b""):
        digest = hashlib.sha256(part).hexdigest()
        lines = ("AWS4-HMAC-SHA256-PAYLOAD", date, scope, previous, nothing, digest)
        previous = signer.signature("\n".join(lines), request)
        body += f"{len(part):x};chunk-signature={previous}\r\n".encode()
        body += part + b"\r\n" if part else b""
    if trailer:
        digest = hashlib.sha256(trailer + b"\n").hexdigest()
        lines = ("AWS4-HMAC-SHA256-TRAILER", date, scope, previous, digest)
        signature = signer.signature("\n".join(lines), request).encode()
        return body + trailer + b"\r\nx-amz-trailer-signature:" + signature + b"\r\n\r\n"
    return body + b"\r\n"


SHA1 = base64.b64encode(hashlib.sha1(b"Hello, World!").digest())


@pytest.mark.parametrize("trailer", [b"", b"x-amz-checksum-sha1:" + SHA1])
def test_s3_takes_bodies_that_are_signed_in_chunks_and_no_others(servers, trailer):
    servers.client("s3").create_bucket(Bucket="chunks")
    payload = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" + ("-TRAILER" if trailer else "")
    more = {"Content-Encoding": "aws-chunked", "X-Amz-Decoded-Content-Length": "13"}
    if trailer:
        more["X-Amz-Trailer"] = "x-amz-checksum-sha1"
    headers, signer, request = sign_with_payload(servers, "/chunks/x", payload, more)
    body = chunked(signer, request, [b"Hello, ", b"World!"], trailer)

    status, _, answer = send(servers.ministack, "PUT", "/chunks/x", body, headers)
    assert status == 200, answer
    assert servers.client("s3").get_object(Bucket="chunks", Key="x")["Body"].read() == (
        b"Hello, World!"
    )
    for changed in (body.replace(b"Hello", b"Jello"), body[:40], body.replace(b"sha1:", b"sha1: ")):
        if changed != body:
            assert send(servers.ministack, "PUT", "/chunks/x", changed, headers)[0] == 403


def test_a_body_without_its_last_chunk_is_not_signed():
    assert not chunks_are_signed(b"", "seed", lambda *_: "x", trailer=False)
    one = b"1;chunk-signature=" + b"0" * 64 + b"\r\nx\r\n"
    assert not chunks_are_signed(one, "s", lambda *_: "0" * 64, trailer=False)


def test_a_trailer_is_there_when_it_was_announced_and_only_then():
    last = b"0;chunk-signature=" + b"0" * 64 + b"\r\n"
    trailer = b"x-amz-checksum-sha1:x\r\nx-amz-trailer-signature:" + b"0" * 64 + b"\r\n\r\n"

    def are_signed(body, announced):
        return chunks_are_signed(body, "s", lambda *_: "0" * 64, trailer=announced)

    assert are_signed(last + b"\r\n", announced=False)
    assert are_signed(last + trailer, announced=True)
    assert not are_signed(last + b"\r\n", announced=True)
    assert not are_signed(last + trailer, announced=False)


def test_a_service_that_is_not_s3_has_no_unsigned_bodies(servers):
    key = key_of(servers)

    class Signer(SigV4Auth):
        def payload(self, request):
            return "UNSIGNED-PAYLOAD"

    headers = {**LIST, "X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"}
    request = AWSRequest("POST", servers.sagemaker.url + "/", data=b"{}", headers=headers)
    Signer(Credentials(key.access_key, key.secret_key), "sagemaker", "us-east-1").add_auth(request)

    assert send(servers.sagemaker, "POST", "/", b"{}", dict(request.headers.items()))[0] == 403
