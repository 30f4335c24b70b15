"""Requests as they are given, and the signatures that belong to them."""

import contextlib
import http.client
import socket

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
FOREIGN = [
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "http://localhost:3000"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Host": "evil.example"},
    {"Host": "evil.example:80"},
    {"Host": "127.0.0.1"},
    {"Host": "127.0.0.1.evil.example"},
    {"Host": "s3.amazonaws.com"},
    {"Host": ""},
]
"""Headers of a request that comes from elsewhere, each enough."""
LIST = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "SageMaker.ListModels"}


def key_of(servers):
    return servers.keys.accounts["000000000000"]


def send(server, method, path, body=b"", headers=(), more=()):
    """Send a request as it is given; its answer's status, headers and body."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        known = {"Host": f"127.0.0.1:{server.port}", "Content-Length": str(len(body))}
        for name, value in [*{**known, **dict(headers)}.items(), *more]:
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def signed(server, key, service, path="/", body=b"", headers=(), method="POST"):
    """Headers of a request signed with ``key``."""
    signer = S3SigV4Auth if service == "s3" else SigV4Auth
    request = AWSRequest(method, server.url + path, data=body, headers=dict(headers))
    signer(Credentials(key.access_key, key.secret_key), service, "us-east-1").add_auth(request)
    return dict(request.headers.items())


def raw(server, text):
    """Send bytes that no library would send; what comes back within two seconds."""
    answer = b""
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.settimeout(2)
        connection.sendall(text)
        with contextlib.suppress(TimeoutError, ConnectionResetError):
            while part := connection.recv(65536):
                answer += part
    return answer
