"""The evaluator of the tests decides as IAM's documentation says."""

import pytest

from . import calls
from .conditions import PolicyError
from .decision import Question, evaluate
from .environment import Environment

ENDPOINT = "arn:aws:sagemaker:eu-west-1:111122223333:endpoint/shop"


def document(**statement):
    body = {"Effect": "Allow", "Action": "a:Do", "Resource": "*"} | statement
    return {"Version": "2012-10-17", "Statement": [body]}


def allows(statement, action="a:Do", resource=ENDPOINT, **context):
    keys = {key.replace("__", ":"): value for key, value in context.items()}
    return evaluate([document(**statement)], Question(action, resource, keys)).allowed


@pytest.mark.parametrize(
    ("pattern", "arn", "met"),
    [
        ("*", ENDPOINT, True),
        ("arn:aws:sagemaker:*:*:endpoint/sh*", ENDPOINT, True),
        ("arn:aws:sagemaker:*:*:endpoint/Sh*", ENDPOINT, False),
        ("arn:aws:sagemaker:*:endpoint/shop", ENDPOINT, False),
        ("arn:aws:sagemaker:*", ENDPOINT, True),
        ("arn:aws:sagemaker:*:*:endpoint/sh?p", ENDPOINT, True),
        ("arn:aws:s3:::b/models*", "arn:aws:s3:::b/models-prod/x", True),
        ("arn:aws:s3:::b/models/*", "arn:aws:s3:::b/models-prod/x", False),
        ("arn:aws:s3:::b/a${*}b", "arn:aws:s3:::b/a*b", True),
        ("arn:aws:s3:::b/a${*}b", "arn:aws:s3:::b/axb", False),
        ("arn:aws:s3:::b/a${?}b${$}{", "arn:aws:s3:::b/a?b${", True),
        ("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/ann/x", True),
        ("arn:aws:s3:::b/${aws:nobody}/*", "arn:aws:s3:::b//x", False),
        ("arn:aws:s3:::b/${aws:nobody, 'all'}/*", "arn:aws:s3:::b/all/x", True),
        ("arn:aws:s3:::b/a.c", "arn:aws:s3:::b/abc", False),
        ("arn:aws:s3:::b", "*", False),
    ],
)
def test_a_resource_is_matched_part_by_part(pattern, arn, met):
    assert (
        allows({"Resource": ["arn:x:y:z:1:2", pattern]}, resource=arn, aws__username="ann") is met
    )


@pytest.mark.parametrize(
    ("condition", "context", "met"),
    [
        ({"StringEquals": {"k": ["a", "b"]}}, {"k": "b"}, True),
        ({"StringEquals": {"K": "a"}}, {"k": "a"}, True),
        ({"StringEquals": {"k": "a"}}, {"k": "A"}, False),
        ({"StringEquals": {"k": "a*"}}, {"k": "ab"}, False),
        ({"StringEquals": {"k": "a"}}, {}, False),
        ({"StringEqualsIfExists": {"k": "a"}}, {}, True),
        ({"StringNotEquals": {"k": ["a", "b"]}}, {"k": "b"}, False),
        ({"StringNotEquals": {"k": ["a", "b"]}}, {"k": "c"}, True),
        ({"StringNotEquals": {"k": "a"}}, {}, True),
        ({"StringEqualsIgnoreCase": {"k": "a"}}, {"k": "A"}, True),
        ({"StringLike": {"k": "abc/*"}}, {"k": "abc/x"}, True),
        ({"StringLike": {"k": "abc/${*}"}}, {"k": "abc/x"}, False),
        ({"StringNotLike": {"k": "abc/*"}}, {"k": "abc/x"}, False),
        ({"Null": {"k": "false"}}, {"k": "x"}, True),
        ({"Null": {"k": "false"}}, {}, False),
        ({"Null": {"k": True}}, {}, True),
        ({"Bool": {"k": "true"}}, {"k": True}, True),
        ({"Bool": {"k": "true"}}, {}, False),
        ({"BoolIfExists": {"k": "true"}}, {}, True),
        ({"ArnLike": {"k": "arn:aws:iam::*:role/x"}}, {"k": "arn:aws:iam::1:role/x"}, True),
        ({"ArnLike": {"k": "arn:aws:iam:*:role/x"}}, {"k": "arn:aws:iam::1:role/x"}, False),
        ({"ArnNotLike": {"k": "arn:aws:iam::*:role/x"}}, {"k": "arn:aws:iam::1:role/x"}, False),
        ({"NumericLessThan": {"k": "3"}}, {"k": 2}, True),
        ({"NumericLessThan": {"k": "3"}}, {"k": 3}, False),
        ({"DateLessThan": {"k": "2026-01-01T00:00:00Z"}}, {"k": "2025-01-01T00:00:00Z"}, True),
        ({"IpAddress": {"k": "10.0.0.0/8"}}, {"k": "10.1.1.1"}, True),
        ({"NotIpAddress": {"k": "10.0.0.0/8"}}, {"k": "10.1.1.1"}, False),
        ({"ForAllValues:StringEquals": {"k": ["a", "b"]}}, {"k": ["a", "c"]}, False),
        ({"ForAllValues:StringEquals": {"k": ["a", "b"]}}, {"k": ["a"]}, True),
        ({"ForAllValues:StringEquals": {"k": "a"}}, {}, True),
        ({"ForAnyValue:StringEquals": {"k": "a"}}, {"k": ["a", "c"]}, True),
        ({"ForAnyValue:StringLike": {"k": "b*"}}, {"k": ["a", "c"]}, False),
        ({"ForAnyValue:StringEquals": {"k": "a"}}, {}, False),
        ({"StringEquals": {"k": "a", "l": "b"}}, {"k": "a"}, False),
        ({"StringEquals": {"k": "a"}, "Null": {"l": "true"}}, {"k": "a"}, True),
        ({"StringEquals": {"k": "${l}"}}, {"k": "a", "l": "a"}, True),
        ({"StringEquals": {"k": "${l}"}}, {"k": "${l}"}, False),
    ],
)
def test_a_condition_holds_as_its_operator_says(condition, context, met):
    assert allows({"Condition": condition}, **context) is met


@pytest.mark.parametrize(
    ("statement", "action", "met"),
    [
        ({"Action": "A:D*"}, "a:Do", True),
        ({"Action": ["b:*", "a:??"]}, "a:Do", True),
        ({"Action": "a:Do"}, "a:Done", False),
        ({"NotAction": "a:Do", "Action": None}, "a:Done", True),
        ({"NotAction": "a:*", "Action": None}, "a:Done", False),
    ],
)
def test_an_action_is_matched_whatever_its_case(statement, action, met):
    wanted = {key: value for key, value in statement.items() if value is not None}
    body = {"Effect": "Allow", "Resource": "*", **wanted}

    found = evaluate([{"Version": "2012-10-17", "Statement": body}], Question(action, ENDPOINT))

    assert found.allowed is met


def test_an_explicit_deny_wins():
    policies = [document(), document(Effect="Deny", Resource=f"{ENDPOINT}*")]

    decision = evaluate(policies, Question("a:Do", ENDPOINT))

    assert (decision.allowed, decision.denied) == (False, True)
    assert evaluate(policies, Question("a:Do", "arn:aws:s3:::b")).allowed


def test_a_boundary_limits_what_is_allowed():
    boundary = [document(Action="b:*")]

    assert not evaluate([document()], Question("a:Do", ENDPOINT), boundary).allowed
    assert not evaluate([], Question("b:Do", ENDPOINT), boundary).allowed


@pytest.mark.parametrize(
    "statement",
    [
        {"Condition": {"StringIs": {"k": "a"}}},
        {"Condition": {"StringEquals": {"k": "a"}}},
        {"Condition": {"Null": {"k": "yes"}}},
        {"Effect": "allow"},
        {"Principal": "*"},
    ],
)
def test_a_policy_that_is_none_is_refused(statement):
    with pytest.raises(PolicyError):
        allows(statement, k=["a", "b"])


def questions(operation, tags=None, **request):
    found = calls.sagemaker(operation, request, calls.Place(), lambda arn: tags or {})
    return {question.action: question for question in found}


def test_creating_asks_for_tags_and_the_role_too():
    tags = [{"Key": "owner", "Value": "me"}]

    found = questions("create_model", ModelName="M", ExecutionRoleArn="arn:r", Tags=tags)

    assert set(found) == {"sagemaker:CreateModel", "sagemaker:AddTags", "iam:PassRole"}
    assert found["sagemaker:CreateModel"].resource.endswith(":model/m")
    assert found["sagemaker:CreateModel"].context == {
        "aws:RequestTag/owner": "me",
        "aws:TagKeys": ["owner"],
    }
    assert found["sagemaker:AddTags"].context["sagemaker:TaggingAction"] == "CreateModel"
    assert found["iam:PassRole"].context["iam:PassedToService"] == "sagemaker.amazonaws.com"


def test_tags_of_what_is_there_are_asked_for_and_a_tag_alone_has_no_tagging_action():
    [changing] = questions("add_tags", {"owner": "me"}, ResourceArn=ENDPOINT, Tags=[]).values()

    assert changing.context["aws:ResourceTag/owner"] == "me"
    assert "sagemaker:TaggingAction" not in changing.context


def test_an_update_of_an_endpoint_asks_for_the_configuration_too():
    found = calls.sagemaker(
        "update_endpoint",
        {"EndpointName": "e", "EndpointConfigName": "c"},
        calls.Place(),
        lambda arn: {"kind": arn.split(":")[-1]},
    )

    assert [item.context["aws:ResourceTag/kind"] for item in found] == [
        "endpoint/e",
        "endpoint-config/c",
    ]


def test_a_bucket_with_a_key_asks_for_the_key():
    found = calls.s3("put_object", {"Bucket": "b", "Key": "k"}, key="arn:key")

    assert [item.action for item in found] == ["s3:PutObject", "kms:GenerateDataKey"]


def test_the_policy_of_a_template_is_resolved():
    arn = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::", {"Ref": "Name"}, "/*"]]}
    statement = {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": [arn, {"Fn::GetAtt": ["Bucket", "Arn"]}, {"Fn::Sub": "${Bucket.Arn}/${!x}"}],
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    template = {
        "Parameters": {"Name": {"Type": "String", "Default": "given"}},
        "Resources": {
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"Path": "/p/"}},
            "Bucket": {"Type": "AWS::S3::Bucket"},
            "Rights": {
                "Type": "AWS::IAM::Policy",
                "Properties": {"PolicyDocument": policy, "Roles": [{"Ref": "Role"}]},
            },
        },
    }

    [document] = Environment().documents_of(template, "Role")

    assert document["Statement"][0]["Resource"] == [
        "arn:aws:s3:::given/*",
        "arn:aws:s3:::shop-bucket",
        "arn:aws:s3:::shop-bucket/${x}",
    ]
