"""The local cloud decides as IAM, KMS and CloudFormation do; over HTTP, on servers of its own."""

import json
import time

import pytest
from botocore.exceptions import ClientError, WaiterError

from .gateway import allow, as_role, role

ARN = "arn:aws:sagemaker:us-east-1:000000000000"
OWNER = "cdk-automlv2:owner"


def denied(call, **arguments):
    """The refusal's words; empty where the call is allowed."""
    try:
        call(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("AccessDenied", "AccessDeniedException"):
            raise
        return str(error)
    return ""


@pytest.fixture(scope="module")
def job_role(servers):
    return role(servers, "job")


def model(job_role, name, **tags):
    listed = [{"Key": key, "Value": value} for key, value in tags.items()]
    image = {"Image": "image", "ModelDataUrl": "s3://b/model.tar.gz"}
    request = {"ModelName": name, "PrimaryContainer": image, "ExecutionRoleArn": job_role}
    return {**request, "Tags": listed} if listed else request


def pass_role(job_role):
    condition = {"iam:PassedToService": "sagemaker.amazonaws.com"}
    return allow("iam:PassRole", on=job_role, StringEquals=condition)


def test_creating_needs_the_tag_that_the_policy_demands(servers, job_role):
    owned = {"StringLike": {f"aws:RequestTag/{OWNER}": "abc/*"}}
    rights = [allow("sagemaker:CreateModel", "sagemaker:AddTags", **owned), pass_role(job_role)]
    client = as_role(servers, role(servers, "creator", *rights), "sagemaker")

    assert "sagemaker:CreateModel" in denied(client.create_model, **model(job_role, "bare"))
    foreign = model(job_role, "foreign", **{OWNER: "abd/1"})
    assert "sagemaker:CreateModel" in denied(client.create_model, **foreign)
    client.create_model(**model(job_role, "owned", **{OWNER: "abc/1"}))


def test_a_policy_may_allow_some_keys_of_tags_only(servers, job_role):
    some = {"ForAllValues:StringEquals": {"aws:TagKeys": [OWNER]}}
    rights = [allow("sagemaker:CreateModel", "sagemaker:AddTags", **some), pass_role(job_role)]
    client = as_role(servers, role(servers, "keys", *rights), "sagemaker")

    assert denied(client.create_model, **model(job_role, "k1", **{OWNER: "a", "team": "ml"}))
    client.create_model(**model(job_role, "k2", **{OWNER: "a"}))


def test_tags_at_creation_need_the_right_to_add_tags_at_creation(servers, job_role):
    create, passing = allow("sagemaker:CreateModel"), pass_role(job_role)
    without = as_role(servers, role(servers, "untagging", create, passing), "sagemaker")
    at_creation = {"Null": {"sagemaker:TaggingAction": "false"}}
    adding = allow("sagemaker:AddTags", **at_creation)
    only_then = as_role(servers, role(servers, "tagging", create, passing, adding), "sagemaker")

    assert "sagemaker:AddTags" in denied(
        without.create_model, **model(job_role, "t1", **{OWNER: "a"})
    )
    arn = only_then.create_model(**model(job_role, "t2", **{OWNER: "a"}))["ModelArn"]
    later = [{"Key": "team", "Value": "ml"}]
    assert "sagemaker:AddTags" in denied(only_then.add_tags, ResourceArn=arn, Tags=later)


def test_what_is_there_is_told_apart_by_its_tags(servers, job_role):
    owner = servers.client("sagemaker")
    owner.create_model(**model(job_role, "mine", **{OWNER: "abc/1"}))
    owner.create_model(**model(job_role, "theirs", **{OWNER: "abd/1"}))
    owner.create_model(**model(job_role, "nobodys"))
    own = {"StringLike": {f"aws:ResourceTag/{OWNER}": "abc/*"}}
    right = allow("sagemaker:DeleteModel", "sagemaker:AddTags", "sagemaker:DeleteTags", **own)
    client = as_role(servers, role(servers, "deleter", right), "sagemaker")

    for name in ("theirs", "nobodys", "missing"):
        assert denied(client.delete_model, ModelName=name)
        claim = [{"Key": OWNER, "Value": "abc/1"}]
        assert denied(client.add_tags, ResourceArn=f"{ARN}:model/{name}", Tags=claim)
    client.add_tags(ResourceArn=f"{ARN}:model/mine", Tags=[{"Key": "team", "Value": "ml"}])
    client.delete_model(ModelName="mine")


def test_a_role_is_passed_to_the_service_named_only(servers, job_role):
    elsewhere = {"StringEquals": {"iam:PassedToService": "ecs.amazonaws.com"}}
    rights = [allow("sagemaker:CreateModel"), allow("iam:PassRole", on=job_role, **elsewhere)]
    client = as_role(servers, role(servers, "passer", *rights), "sagemaker")

    assert "iam:PassRole" in denied(client.create_model, **model(job_role, "passed"))


def test_a_role_that_trusts_another_account_only_is_refused(servers):
    source = {"StringEquals": {"aws:SourceAccount": "111111111111"}}
    foreign = role(servers, "foreign-source", condition=source)
    own = role(
        servers, "own-source", condition={"StringEquals": {"aws:SourceAccount": "000000000000"}}
    )
    sagemaker = servers.client("sagemaker")

    with pytest.raises(ClientError, match="Could not assume role"):
        sagemaker.create_model(**model(foreign, "trust1"))
    sagemaker.create_model(**model(own, "trust2"))


def test_escaped_wildcards_stand_for_themselves(servers):
    servers.client("s3").create_bucket(Bucket="escapes")
    for key in ("a*/x", "ab/x", "a$/x"):
        servers.client("s3").put_object(Bucket="escapes", Key=key, Body=b"")
    on = ["arn:aws:s3:::escapes/a${*}/*", "arn:aws:s3:::escapes/a${$}/*"]
    client = as_role(servers, role(servers, "escaped", allow("s3:GetObject", on=on)), "s3")

    client.get_object(Bucket="escapes", Key="a*/x")
    client.get_object(Bucket="escapes", Key="a$/x")
    assert denied(client.get_object, Bucket="escapes", Key="ab/x")


def test_a_policy_variable_is_the_value_of_the_request(servers):
    servers.client("s3").create_bucket(Bucket="variables")
    bucket = "arn:aws:s3:::variables"
    known = allow("s3:PutObject", on=f"{bucket}/${{aws:PrincipalAccount}}/*")
    unknown = allow("s3:PutObject", on=f"{bucket}/${{aws:username}}/*")
    client = as_role(servers, role(servers, "variable", known, unknown), "s3")

    client.put_object(Bucket="variables", Key="000000000000/x", Body=b"")
    assert denied(client.put_object, Bucket="variables", Key="111111111111/x", Body=b"")
    assert denied(client.put_object, Bucket="variables", Key="${aws:username}/x", Body=b"")


@pytest.fixture(scope="module")
def secret_bucket(servers):
    """A bucket with a key whose policy leaves it to IAM."""
    key = servers.client("kms").create_key()["KeyMetadata"]["Arn"]
    s3 = servers.client("s3")
    s3.create_bucket(Bucket="secret")
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
    s3.put_bucket_encryption(Bucket="secret", ServerSideEncryptionConfiguration=rules)
    s3.put_object(Bucket="secret", Key="x", Body=b"x")
    return key


S3 = allow("s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload")


def test_writing_and_reading_an_encrypted_bucket_needs_its_key(servers, secret_bucket):
    plain = as_role(servers, role(servers, "keyless", S3), "s3")
    reading = allow("kms:Decrypt", on=secret_bucket)
    reader = as_role(servers, role(servers, "reader", S3, reading), "s3")
    via = {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
    writing = allow("kms:GenerateDataKey*", on=secret_bucket, **via)
    writer = as_role(servers, role(servers, "writer", S3, writing), "s3")

    assert "kms:Decrypt" in denied(plain.get_object, Bucket="secret", Key="x")
    assert "kms:GenerateDataKey" in denied(plain.put_object, Bucket="secret", Key="y", Body=b"")
    assert reader.get_object(Bucket="secret", Key="x")["Body"].read() == b"x"
    assert denied(reader.put_object, Bucket="secret", Key="y", Body=b"")
    writer.put_object(Bucket="secret", Key="y", Body=b"")
    assert denied(writer.get_object, Bucket="secret", Key="y")


def test_parts_of_an_upload_need_the_right_to_decrypt(servers, secret_bucket):
    writing = allow("kms:GenerateDataKey", on=secret_bucket)
    writer = as_role(servers, role(servers, "parts", S3, writing), "s3")
    upload = writer.create_multipart_upload(Bucket="secret", Key="big")["UploadId"]
    part = {"Bucket": "secret", "Key": "big", "UploadId": upload, "PartNumber": 1, "Body": b"x"}

    assert "kms:Decrypt" in denied(writer.upload_part, **part)


def test_a_copy_needs_the_key_of_its_source(servers, secret_bucket):
    servers.client("s3").create_bucket(Bucket="plain")
    client = as_role(servers, role(servers, "copier", S3), "s3")
    source = {"Bucket": "secret", "Key": "x"}

    assert "kms:Decrypt" in denied(client.copy_object, Bucket="plain", Key="x", CopySource=source)


def test_a_key_policy_that_does_not_name_the_account_has_the_last_word(servers):
    arn = "arn:aws:iam::000000000000"
    names = {"Effect": "Allow", "Resource": "*", "Action": "kms:*"}
    statements = [
        {**names, "Principal": {"AWS": f"{arn}:role/named"}},
        {**names, "Principal": {"AWS": f"{arn}:root"}, "Action": "kms:PutKeyPolicy"},
    ]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    key = servers.client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"]
    servers.client("s3").create_bucket(Bucket="closed")
    encrypted = {"Bucket": "closed", "Key": "x", "ServerSideEncryption": "aws:kms"}
    unnamed = as_role(servers, role(servers, "unnamed", S3, allow("kms:*")), "s3")
    named = as_role(servers, role(servers, "named", S3), "s3")

    assert denied(unnamed.put_object, **encrypted, SSEKMSKeyId=key, Body=b"")
    named.put_object(**encrypted, SSEKMSKeyId=key, Body=b"")


def test_a_volume_key_needs_a_grant_for_the_service(servers, secret_bucket):
    for_service = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    grant = allow("kms:CreateGrant", on=secret_bucket, **for_service)
    outcomes = {}
    for name, rights in (("volume-no", ()), ("volume-yes", (grant,))):
        arn = role(servers, name, allow("s3:*"), *rights)
        servers.client("sagemaker").create_auto_ml_job_v2(
            **job(name, arn), SecurityConfig={"VolumeKmsKeyId": secret_bucket}
        )
        outcomes[name] = failure(servers, name)

    assert "kms:CreateGrant" in outcomes["volume-no"]
    assert "No objects found" in outcomes["volume-yes"]


def test_an_endpoint_needs_its_models_role_to_grant_the_volume_key(servers, secret_bucket):
    sagemaker = servers.client("sagemaker")
    for_service = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    grant = allow("kms:CreateGrant", on=secret_bucket, **for_service)
    reasons = {}
    for name, rights in (("endpoint-no", ()), ("endpoint-yes", (grant,))):
        arn = role(servers, name, allow("s3:*"), *rights)
        sagemaker.create_model(**model(arn, name))
        variant = {"VariantName": "v", "ModelName": name, "InstanceType": "ml.m5.large"}
        variant["InitialInstanceCount"] = 1
        sagemaker.create_endpoint_config(
            EndpointConfigName=name, ProductionVariants=[variant], KmsKeyId=secret_bucket
        )
        sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        reasons[name] = failed_endpoint(sagemaker, name)

    assert "kms:CreateGrant" in reasons["endpoint-no"]
    assert "kms:CreateGrant" not in reasons["endpoint-yes"]


def failed_endpoint(sagemaker, name):
    for _ in range(200):
        found = sagemaker.describe_endpoint(EndpointName=name)
        if found["EndpointStatus"] == "Failed":
            return found["FailureReason"]
        time.sleep(0.1)
    raise AssertionError("the endpoint does not fail")


def test_what_a_job_writes_with_its_own_key_its_role_must_be_able_to(servers, secret_bucket):
    s3 = servers.client("s3")
    s3.create_bucket(Bucket="own-key")
    rows = "x,y\n" + "\n".join(f"{n},{n % 2}" for n in range(60))
    s3.put_object(Bucket="own-key", Key="train/a.csv", Body=rows.encode())
    reasons = {}
    key = allow("kms:GenerateDataKey", on=secret_bucket)
    for name, rights in (("output-no", ()), ("output-yes", (key,))):
        arn = role(servers, name, allow("s3:*"), *rights)
        request = job(name, arn)
        source = request["AutoMLJobInputDataConfig"][0]["DataSource"]["S3DataSource"]
        source["S3Uri"] = "s3://own-key/train/"
        output = {"S3OutputPath": "s3://own-key/out/", "KmsKeyId": secret_bucket}
        servers.client("sagemaker").create_auto_ml_job_v2(**{**request, "OutputDataConfig": output})
        reasons[name] = failure(servers, name)

    assert "kms:GenerateDataKey" in reasons["output-no"]
    assert reasons["output-yes"] == ""
    written = s3.list_objects_v2(Bucket="own-key", Prefix="out/")["Contents"][0]["Key"]
    assert s3.head_object(Bucket="own-key", Key=written)["SSEKMSKeyId"] == secret_bucket


def job(name, arn):
    source = {"S3DataType": "S3Prefix", "S3Uri": "s3://secret/none/"}
    return {
        "AutoMLJobName": name,
        "AutoMLJobInputDataConfig": [{"DataSource": {"S3DataSource": source}}],
        "OutputDataConfig": {"S3OutputPath": "s3://secret/out/"},
        "AutoMLProblemTypeConfig": {"TabularJobConfig": {"TargetAttributeName": "y"}},
        "RoleArn": arn,
    }


def failure(servers, name):
    for _ in range(900):
        found = servers.client("sagemaker").describe_auto_ml_job_v2(AutoMLJobName=name)
        if found["AutoMLJobStatus"] != "InProgress":
            return found.get("FailureReason", "")
        time.sleep(0.1)
    raise AssertionError("the job does not end")


class Stacks:
    """Stacks of queues: quick to make, with outputs, exports, imports and nesting."""

    def __init__(self, cloud):
        self._cloudformation = cloud.client("cloudformation")
        self._s3 = cloud.client("s3")
        self._url = cloud.ministack.url
        self._s3.create_bucket(Bucket="templates")

    def deploy(self, name, template, *, update=False):
        verb = "update" if update else "create"
        deploy = getattr(self._cloudformation, f"{verb}_stack")
        deploy(StackName=name, TemplateBody=json.dumps(template))
        waiter = self._cloudformation.get_waiter(f"stack_{verb}_complete")
        waiter.wait(StackName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 100})

    def outputs(self, name):
        [stack] = self._cloudformation.describe_stacks(StackName=name)["Stacks"]
        return {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", [])}

    def reasons(self, name):
        events = self._cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        return " ".join(item.get("ResourceStatusReason", "") for item in events)

    def publish(self, key, template):
        self._s3.put_object(Bucket="templates", Key=key, Body=json.dumps(template).encode())
        return f"{self._url}/templates/{key}"


@pytest.fixture(scope="module")
def stacks(servers):
    return Stacks(servers)


def exporting(value, export=True):
    output = {"Value": value} | ({"Export": {"Name": "shared"}} if export else {})
    return {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}, "Outputs": {"Shared": output}}


def test_an_export_in_use_is_neither_changed_nor_removed(stacks):
    value = {"Type": "String", "Value": {"Fn::ImportValue": "shared"}}
    importing = {"Resources": {"P": {"Type": "AWS::SSM::Parameter", "Properties": value}}}
    stacks.deploy("Producer", exporting("one"))
    stacks.deploy("Producer", exporting("two"), update=True)
    stacks.deploy("Consumer", importing)

    for template in (exporting("three"), exporting("two", export=False)):
        with pytest.raises(WaiterError):
            stacks.deploy("Producer", template, update=True)
        assert "export shared as it is in use by Consumer" in stacks.reasons("Producer")
    assert stacks.outputs("Producer") == {"Shared": "two"}


def test_a_nested_stack_is_updated_and_keeps_the_attributes_of_what_stays(stacks):
    def child(text):
        topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": text}}
        outputs = {
            "Arn": {"Value": {"Fn::GetAtt": ["Bucket", "Arn"]}},
            "Text": {"Value": {"Fn::Sub": f"{text}-${{Bucket.Arn}}"}},
        }
        resources = {"Bucket": {"Type": "AWS::S3::Bucket"}, "Topic": topic}
        return {"Resources": resources, "Outputs": outputs}

    def parent(text):
        url = stacks.publish(f"{text}.json", child(text))
        nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}
        shown = {"Text": {"Value": {"Fn::GetAtt": ["Nested", "Outputs.Text"]}}}
        return {"Resources": {"Nested": nested}, "Outputs": shown}

    stacks.deploy("Parent", parent("first"))
    before = stacks.outputs("Parent")["Text"]
    stacks.deploy("Parent", parent("second"), update=True)

    assert before.startswith("first-arn:aws:s3:::")
    assert stacks.outputs("Parent")["Text"] == before.replace("first", "second")


def test_alarms_named_in_a_list_are_deleted_by_a_right_to_each(servers):
    own = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:mine-*"
    rights = [allow("cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms", on=own)]
    client = as_role(servers, role(servers, "alarms", *rights), "cloudwatch")

    assert not denied(client.describe_alarms, AlarmNames=["mine-a"])
    assert not denied(client.delete_alarms, AlarmNames=["mine-a", "mine-b"])
    assert "DeleteAlarms" in denied(client.delete_alarms, AlarmNames=["yours"])
    assert "DeleteAlarms" in denied(client.delete_alarms, AlarmNames=["mine-a", "yours"])
