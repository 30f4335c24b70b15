"""Whoever may do something, by a key with few rights or by a presigned address, may do no more."""

import re
from urllib.parse import urlsplit

import pytest
from botocore.config import Config

from cdk_automlv2.local.cloud.signature import Key

from .gateway import allow
from .signing import FORM, LIST, key_of, send, signed

SERVICES = [("sagemaker", b"{}", LIST), ("iam", b"Action=ListUsers&Version=2010-05-08", FORM)]


@pytest.fixture(scope="module")
def poor(servers):
    """Key of a user who may list buckets and do nothing else."""
    iam = servers.client("iam")
    iam.create_user(UserName="poor")
    policy = {"Version": "2012-10-17", "Statement": [allow("s3:ListAllMyBuckets")]}
    iam.put_user_policy(
        UserName="poor", PolicyName="p", PolicyDocument=str(policy).replace("'", '"')
    )
    made = iam.create_access_key(UserName="poor")["AccessKey"]
    return Key(made["AccessKeyId"], made["SecretAccessKey"], "000000000000")


def other_credential(servers, own, service):
    """The part of an Authorization header that names the administrator."""
    date = own["X-Amz-Date"][:8]
    return f"Credential={key_of(servers).access_key}/{date}/us-east-1/{service}/aws4_request"


@pytest.mark.parametrize(("service", "body", "headers"), SERVICES, ids=["sagemaker", "iam"])
def test_a_request_that_names_a_second_key_is_nobodys(servers, poor, service, body, headers):
    server = servers.sagemaker if service == "sagemaker" else servers.ministack
    own = signed(server, poor, service, body=body, headers=headers)
    other = other_credential(servers, own, service)
    value = own["Authorization"]
    words, _, parts = value.partition(" ")

    for forged in (
        f"{words} {other}, {parts}",
        f"{words} {other},{parts}",
        f"{words} {parts}, {other}",
        f"{words} {other} {parts}",
        f"{words} x={other}, {parts}",
        f"{words} {parts}, credential={other[11:]}",
    ):
        status, _, answer = send(server, "POST", "/", body, {**own, "Authorization": forged})
        assert (status, b"AccessDenied" in answer) == (403, False), forged


@pytest.mark.parametrize(("service", "body", "headers"), SERVICES, ids=["sagemaker", "iam"])
def test_a_header_that_says_who_and_what_is_sent_once(servers, service, body, headers):
    server = servers.sagemaker if service == "sagemaker" else servers.ministack
    own = signed(server, key_of(servers), service, body=body, headers=headers)
    assert send(server, "POST", "/", body, own)[0] == 200

    for name in ("Authorization", "X-Amz-Date", "Content-Type"):
        for value in (own[name], own[name].replace("a", "b")):
            assert send(server, "POST", "/", body, own, [(name, value)])[0] == 403
    for name in ("X-Amz-Security-Token", "X-Amz-Target", "X-Amz-Copy-Source", "X-AMZ-Anything"):
        assert send(server, "POST", "/", body, own, [(name, "SageMaker.DeleteModel")])[0] == 403
    query = "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=x"
    own = signed(server, key_of(servers), service, query, body=body, headers=headers)
    assert send(server, "POST", query, body, own)[0] == 403


@pytest.fixture(params=["s3", "s3v4"])
def presigned(servers, request):
    """Addresses to read, write and upload one object, in each version of the signature."""
    s3 = servers.client("s3")
    s3.create_bucket(Bucket="shared")
    s3.put_object(Bucket="shared", Key="given", Body=b"given")
    s3.put_object(Bucket="shared", Key="secret", Body=b"secret")
    client = servers.client("s3", config=Config(signature_version=request.param))
    where = {"Bucket": "shared", "Key": "given"}
    operations = {"GET": "get_object", "PUT": "put_object", "POST": "create_multipart_upload"}
    urls = {
        method: urlsplit(client.generate_presigned_url(name, where))
        for method, name in operations.items()
    }

    def ask(method, more="", body=b"", headers=(), before=""):
        parts = urls[method]
        return send(
            servers.ministack, method, f"{parts.path}?{before}{parts.query}{more}", body, headers
        )

    return ask


def users(servers):
    return {user["UserName"] for user in servers.client("iam").list_users()["Users"]}


@pytest.mark.parametrize(
    "more",
    [
        "&Action=CreateUser&UserName=evil&Version=2010-05-08",
        *("&retention", "&legal-hold", "&attributes", "&encryption", "&publicAccessBlock"),
        *("&tagging", "&acl", "&versionId=1", "&partNumber=1&uploadId=x"),
        *("&X-Amz-Credential=x", "&x-amz-credential=x", "&AWSAccessKeyId=x", "&Signature=x"),
        *("&Expires=9999999999", "&X-Amz-Expires=604800", "&x-amz-acl=public-read"),
    ],
)
def test_a_presigned_address_takes_no_other_parameters(servers, presigned, more):
    for method in ("GET", "PUT", "POST"):
        assert presigned(method, more)[0] == 403
        assert presigned(method, before=f"{more[1:]}&")[0] == 403
    assert "evil" not in users(servers)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Amz-Copy-Source": "/shared/secret"},
        {"X-Amz-Acl": "public-read"},
        {"X-Amz-Security-Token": "x"},
        {"X-Amz-Tagging": "a=b"},
        {"X-Amz-Target": "AmazonSSM.DescribeParameters"},
        {"Authorization": "AWS4-HMAC-SHA256 Credential=x"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_a_presigned_address_takes_no_other_headers(presigned, headers):
    assert presigned("PUT", headers=headers)[0] == 403
    assert presigned("GET")[2] == b"given"


def test_a_presigned_address_leads_to_no_other_service(servers, presigned):
    body = b"Action=CreateUser&UserName=evil&Version=2010-05-08"
    for method in ("PUT", "POST"):
        _, _, answer = presigned(method, body=body, headers=FORM)
        assert b"CreateUser" not in re.sub(rb"(?s)<Resource>.*", b"", answer)

    assert "evil" not in users(servers)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/_ministack/reset"),
        ("POST", "/_ministack/config"),
        ("GET", "/_ministack/ready"),
        ("GET", "/_ministack/sqs/messages"),
        ("GET", "/_ministack/ses/messages"),
        ("GET", "/_ministack/sns/sms-messages"),
        ("GET", "/_ministack/lambda-code/000000000000/us-east-1/f"),
        ("POST", "/_ministack/eks-auth/000000000000/us-east-1/c/aaaaaaaaaaaaaaaaaa"),
        ("POST", "/_ministack/rds/iam-auth"),
        ("GET", "/_localstack/health"),
        ("POST", "/_automlv2/authorize"),
        ("POST", "/_automlv2/faults"),
        ("DELETE", "/_automlv2/faults"),
    ],
)
def test_routes_that_ask_nobody_for_a_right_are_closed_to_every_account(
    servers, poor, method, path
):
    for server in (servers.ministack, servers.sagemaker):
        for key in (poor, key_of(servers)):
            own = signed(server, key, "sts", path, b"{}", method=method)
            assert send(server, method, path, b"{}", own)[0] == 403


def test_a_key_that_was_turned_off_or_deleted_is_refused(servers, poor):
    iam = servers.client("iam")

    def ask():
        made = iam.create_access_key(UserName="poor")["AccessKey"]
        key = Key(made["AccessKeyId"], made["SecretAccessKey"], "000000000000")
        yield key
        for server, service, body, headers in (
            (servers.ministack, "sts", b"Action=GetCallerIdentity&Version=2011-06-15", FORM),
            (servers.sagemaker, "sagemaker", b"{}", LIST),
        ):
            own = signed(server, key, service, body=body, headers=headers)
            yield send(server, "POST", "/", body, own)[0::2]

    off, gone = ask(), ask()
    iam.update_access_key(UserName="poor", AccessKeyId=next(off).access_key, Status="Inactive")
    iam.delete_access_key(UserName="poor", AccessKeyId=next(gone).access_key)
    for status, answer in [*off, *gone]:
        assert (status, b"nvalid" in answer) == (403, True)
