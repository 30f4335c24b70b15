"""Two accounts of the local cloud: what one may take of the other; on servers of its own."""

import json
import time

import pytest
from botocore.exceptions import ClientError

from .fake_world import wait_for
from .gateway import ACCOUNTS, allow, as_role, role

SOURCE, TARGET = ACCOUNTS
EVENTS = "events.amazonaws.com"
READ = allow("s3:GetObject", on="arn:aws:s3:::given/*")
WRITE = allow("s3:PutObject", on="arn:aws:s3:::taken/*")


def policy_for(principal, *statements):
    named = [{**statement, "Principal": {"AWS": principal}} for statement in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": named})


def denied(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"] == "AccessDenied"


@pytest.fixture(scope="module")
def copier(servers):
    """A role of the target's account that the source's bucket policy names."""
    arn = role(servers, "copier", READ, WRITE, allow("kms:*"), account=TARGET)
    source = servers.client("s3", SOURCE)
    source.create_bucket(Bucket="given")
    source.put_object(Bucket="given", Key="model.tar.gz", Body=b"x" * 100, Metadata={"by": "me"})
    source.put_bucket_policy(Bucket="given", Policy=policy_for(arn, READ))
    servers.client("s3", TARGET).create_bucket(Bucket="taken")
    return as_role(servers, arn, "s3")


def test_a_role_of_another_account_acts_there(servers):
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"AWS": f"arn:aws:iam::{SOURCE}:root"},
    }
    iam = servers.client("iam", TARGET)
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn = iam.create_role(RoleName="visited", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    right = json.dumps({"Version": "2012-10-17", "Statement": [allow("sagemaker:*")]})
    iam.put_role_policy(RoleName="visited", PolicyName="rights", PolicyDocument=right)

    sagemaker = as_role(servers, arn, "sagemaker", by=SOURCE)

    made = sagemaker.create_model_package_group(ModelPackageGroupName="visited")
    assert made["ModelPackageGroupArn"].split(":")[4] == TARGET


COPY = {"Bucket": "taken", "CopySource": {"Bucket": "given", "Key": "model.tar.gz"}}


def test_an_object_is_copied_from_another_accounts_bucket(copier, servers):
    copier.copy_object(Key="copy", **COPY)

    found = servers.client("s3", TARGET).get_object(Bucket="taken", Key="copy")
    assert found["Body"].read() == b"x" * 100
    assert found["Metadata"] == {"by": "me"}
    listed = servers.client("s3", TARGET).list_buckets()["Buckets"]
    assert "given" not in [bucket["Name"] for bucket in listed]


def test_a_large_object_is_copied_in_parts(copier):
    upload = copier.create_multipart_upload(Bucket="taken", Key="parts")["UploadId"]
    made = copier.upload_part_copy(
        Key="parts", UploadId=upload, PartNumber=1, CopySourceRange="bytes=0-49", **COPY
    )
    part = {"PartNumber": 1, "ETag": made["CopyPartResult"]["ETag"]}
    copier.complete_multipart_upload(
        Bucket="taken", Key="parts", UploadId=upload, MultipartUpload={"Parts": [part]}
    )


def test_a_copy_needs_both_accounts_to_allow_it(copier, servers):
    unnamed = as_role(servers, role(servers, "unnamed", READ, WRITE, account=TARGET), "s3")
    assert denied(unnamed.copy_object, Key="unnamed", **COPY)
    assert denied(unnamed.get_object, Bucket="given", Key="model.tar.gz")

    arn = role(servers, "named-only", WRITE, account=TARGET)
    current = servers.client("s3", SOURCE).get_bucket_policy(Bucket="given")["Policy"]
    both = [f"arn:aws:iam::{TARGET}:role/{name}" for name in ("copier", "named-only")]
    servers.client("s3", SOURCE).put_bucket_policy(Bucket="given", Policy=policy_for(both, READ))
    assert denied(as_role(servers, arn, "s3").copy_object, Key="named", **COPY)
    servers.client("s3", SOURCE).put_bucket_policy(Bucket="given", Policy=current)


def test_an_encrypted_source_needs_its_owners_key(copier, servers):
    kms = servers.client("kms", SOURCE)
    root = allow("kms:*") | {"Principal": {"AWS": f"arn:aws:iam::{SOURCE}:root"}}
    policy = {"Version": "2012-10-17", "Statement": [root]}
    key = kms.create_key(Policy=json.dumps(policy))["KeyMetadata"]["Arn"]
    servers.client("s3", SOURCE).put_object(
        Bucket="given", Key="secret", Body=b"s", ServerSideEncryption="aws:kms", SSEKMSKeyId=key
    )
    secret = {"Bucket": "taken", "CopySource": {"Bucket": "given", "Key": "secret"}}
    assert denied(copier.copy_object, Key="secret", **secret)

    reading = allow("kms:Decrypt") | {"Principal": {"AWS": f"arn:aws:iam::{TARGET}:role/copier"}}
    policy["Statement"].append(reading)
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))
    copier.copy_object(Key="secret", **secret)


def test_a_bus_of_another_account_hears_a_rule_that_it_lets_in(servers):
    sender, hearer = servers.client("events", SOURCE), servers.client("events", TARGET)
    sqs = servers.client("sqs", TARGET)
    url = sqs.create_queue(QueueName="heard-there")["QueueUrl"]
    queue = f"arn:aws:sqs:us-east-1:{TARGET}:heard-there"
    statement = allow("sqs:SendMessage", on=queue) | {
        "Principal": {"Service": "events.amazonaws.com"}
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    hearer.put_rule(Name="there", EventPattern=json.dumps({"account": [SOURCE]}))
    hearer.put_targets(Rule="there", Targets=[{"Id": "q", "Arn": queue}])
    bus = f"arn:aws:events:us-east-1:{TARGET}:event-bus/default"
    sending = role(
        servers, "sending", allow("events:PutEvents", on=bus), service="events.amazonaws.com"
    )
    sender.put_rule(Name="here", EventPattern=json.dumps({"source": ["here"]}))
    sender.put_targets(Rule="here", Targets=[{"Id": "b", "Arn": bus, "RoleArn": sending}])
    event = {"Source": "here", "DetailType": "d", "Detail": "{}"}

    sender.put_events(Entries=[event])
    time.sleep(0.3)
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    hearer.put_permission(Principal=SOURCE, StatementId="in", Action="events:PutEvents")
    sender.put_events(Entries=[event])

    [message] = wait_for(lambda: sqs.receive_message(QueueUrl=url).get("Messages"))
    assert json.loads(message["Body"])["account"] == SOURCE


def test_a_table_of_another_account_is_read_by_its_arn(servers):
    dynamodb = servers.client("dynamodb", SOURCE)
    for account in ACCOUNTS:
        servers.client("dynamodb", account).create_table(
            TableName="shown",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        )
    arn = dynamodb.describe_table(TableName="shown")["Table"]["TableArn"]
    item = {"k": {"S": "a"}, "of": {"S": "source"}}
    dynamodb.put_item(TableName="shown", Item=item)
    reading = allow("dynamodb:GetItem", on=arn)
    reader = role(servers, "table-reader", reading, account=TARGET)
    powerless = as_role(servers, role(servers, "table-none", account=TARGET), "dynamodb")
    get = {"TableName": arn, "Key": {"k": {"S": "a"}}}

    with pytest.raises(ClientError, match="AccessDeniedException"):
        as_role(servers, reader, "dynamodb").get_item(**get)
    named = [reader, f"arn:aws:iam::{TARGET}:role/table-none"]
    dynamodb.put_resource_policy(ResourceArn=arn, Policy=policy_for(named, reading))

    assert as_role(servers, reader, "dynamodb").get_item(**get)["Item"] == item
    with pytest.raises(ClientError, match="AccessDeniedException"):
        powerless.get_item(**get)
    with pytest.raises(ClientError, match="AccessDeniedException"):
        as_role(servers, reader, "dynamodb").put_item(TableName=arn, Item=item)
