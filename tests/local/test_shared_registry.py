"""The registry over HTTP with IAM behind it: other accounts, roles, and rules that hear of it."""

import json

import pytest
from botocore.exceptions import ClientError

from .fake_world import wait_for
from .gateway import ACCOUNTS, allow, as_role, role

OWNER, OTHER = ACCOUNTS
PLACE = f"arn:aws:sagemaker:us-east-1:{OWNER}"
CONTAINER = {"Image": "image", "ModelDataUrl": "s3://b/model.tar.gz"}
SPECIFICATION = {
    "Containers": [CONTAINER],
    "SupportedContentTypes": ["text/csv"],
    "SupportedResponseMIMETypes": ["text/csv"],
}


def denied(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"] == "AccessDeniedException"


def register(sagemaker, group, **more):
    return sagemaker.create_model_package(
        ModelPackageGroupName=group, InferenceSpecification=SPECIFICATION, **more
    )["ModelPackageArn"]


def heard(cloud, name, pattern):
    """A queue's messages: events of the default bus that match the pattern."""
    events, sqs = cloud.client("events"), cloud.client("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = f"arn:aws:sqs:us-east-1:{OWNER}:{name}"
    allowed = allow("sqs:SendMessage", on=arn) | {"Principal": {"Service": "events.amazonaws.com"}}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn}])

    def next_event():
        def receive():
            return sqs.receive_message(QueueUrl=url).get("Messages")

        [message] = wait_for(receive)
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return json.loads(message["Body"])

    return next_event


def test_a_rule_hears_of_an_approval(servers):
    sagemaker = servers.client("sagemaker")
    sagemaker.create_model_package_group(ModelPackageGroupName="heard")
    detail = {"ModelPackageGroupName": ["heard"], "ModelApprovalStatus": ["Approved"]}
    next_event = heard(servers, "approvals", {"source": ["aws.sagemaker"], "detail": detail})
    arn = register(sagemaker, "heard")
    sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")

    event = next_event()

    assert event["detail-type"] == "SageMaker Model Package State Change"
    assert (event["account"], event["region"]) == (OWNER, "us-east-1")
    assert event["resources"] == [arn]
    assert event["detail"]["ModelPackageVersion"] == 1


def test_another_account_uses_a_group_whose_policy_lets_it(servers):
    owner, other = servers.client("sagemaker"), servers.client("sagemaker", OTHER)
    owner.create_model_package_group(ModelPackageGroupName="shared")
    arn = register(owner, "shared", ModelApprovalStatus="Approved")
    group_arn = f"{PLACE}:model-package-group/shared"
    assert denied(other.describe_model_package, ModelPackageName=arn)
    principal = {"Principal": {"AWS": f"arn:aws:iam::{OTHER}:root"}}
    reading = ["sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages"]
    statements = [
        allow("sagemaker:DescribeModelPackageGroup", on=group_arn) | principal,
        allow(*reading, "sagemaker:CreateModel", on=f"{PLACE}:model-package/shared/*") | principal,
    ]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    owner.put_model_package_group_policy(ModelPackageGroupName="shared", ResourcePolicy=policy)

    assert other.describe_model_package(ModelPackageName=arn)["ModelPackageArn"] == arn
    listed = other.list_model_packages(ModelPackageGroupName=group_arn)
    assert len(listed["ModelPackageSummaryList"]) == 1
    hosting = role(servers, "hosting", account=OTHER)
    model = {"ModelName": "shared", "PrimaryContainer": {"ModelPackageName": arn}}
    other.create_model(**model, ExecutionRoleArn=hosting)
    assert denied(other.update_model_package, ModelPackageArn=arn, ModelApprovalStatus="Rejected")
    powerless = as_role(servers, role(servers, "powerless", account=OTHER), "sagemaker")
    assert denied(powerless.describe_model_package, ModelPackageName=arn)


def test_a_role_may_reject_and_not_approve(servers):
    owner = servers.client("sagemaker")
    owner.create_model_package_group(ModelPackageGroupName="judged")
    arn = register(owner, "judged")
    rejecting = {"StringEquals": {"sagemaker:ModelApprovalStatus": "Rejected"}}
    right = allow("sagemaker:UpdateModelPackage", on=arn, **rejecting)
    judge = as_role(servers, role(servers, "judge", right), "sagemaker")

    assert denied(judge.update_model_package, ModelPackageArn=arn, ModelApprovalStatus="Approved")
    judge.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Rejected")


def test_a_version_has_the_tags_of_its_group(servers):
    owner = servers.client("sagemaker")
    tags = [{"Key": "team", "Value": "ml"}]
    owner.create_model_package_group(ModelPackageGroupName="tagged", Tags=tags)
    arn = register(owner, "tagged")
    own = {"StringEquals": {"aws:ResourceTag/team": "ml"}}
    reading = allow("sagemaker:DescribeModelPackage", **own)
    reader = as_role(servers, role(servers, "tag-reader", reading), "sagemaker")

    assert reader.describe_model_package(ModelPackageName=arn)["ModelPackageVersion"] == 1


def test_a_name_means_another_thing_in_another_account(servers):
    for account in ACCOUNTS:
        sagemaker = servers.client("sagemaker", account)
        arn = sagemaker.create_model_package_group(ModelPackageGroupName="same")
        assert arn["ModelPackageGroupArn"].split(":")[4] == account
        acting = as_role(
            servers,
            role(servers, "lister", allow("sagemaker:List*"), account=account),
            "sagemaker",
        )
        found = acting.list_model_package_groups(NameContains="same")
        assert len(found["ModelPackageGroupSummaryList"]) == 1


def test_a_template_makes_changes_and_deletes_a_group(servers):
    cloudformation, sagemaker = servers.client("cloudformation"), servers.client("sagemaker")
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}

    def template(**properties):
        group = {"Type": "AWS::SageMaker::ModelPackageGroup", "Properties": properties}
        outputs = {"Arn": {"Value": {"Fn::GetAtt": ["Group", "ModelPackageGroupArn"]}}}
        return json.dumps({"Resources": {"Group": group}, "Outputs": outputs})

    def settled():
        [stack] = cloudformation.describe_stacks(StackName="Registry")["Stacks"]
        return None if stack["StackStatus"].endswith("IN_PROGRESS") else stack

    first = template(ModelPackageGroupName="templated", ModelPackageGroupPolicy=policy)
    cloudformation.create_stack(StackName="Registry", TemplateBody=first)
    stack = wait_for(settled)
    [output] = stack["Outputs"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    found = sagemaker.get_model_package_group_policy(ModelPackageGroupName="templated")
    assert json.loads(found["ResourcePolicy"]) == policy

    tagged = template(ModelPackageGroupName="templated", Tags=[{"Key": "team", "Value": "ml"}])
    cloudformation.update_stack(StackName="Registry", TemplateBody=tagged)
    assert wait_for(settled)["StackStatus"] == "UPDATE_COMPLETE"
    tags = sagemaker.list_tags(ResourceArn=output["OutputValue"])["Tags"]
    assert {"Key": "team", "Value": "ml"} in tags
    with pytest.raises(ClientError, match="Cannot find resource policy"):
        sagemaker.get_model_package_group_policy(ModelPackageGroupName="templated")

    arn = register(sagemaker, "templated")
    cloudformation.delete_stack(StackName="Registry")
    assert wait_for(settled)["StackStatus"] == "DELETE_FAILED"
    sagemaker.delete_model_package(ModelPackageName=arn)
    cloudformation.delete_stack(StackName="Registry")
    wait_for(
        lambda: (
            not sagemaker.list_model_package_groups(NameContains="templated")[
                "ModelPackageGroupSummaryList"
            ]
        )
    )
