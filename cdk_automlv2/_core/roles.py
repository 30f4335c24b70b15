"""The roles that jobs and models run as, with what they need and no more.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
"""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_automlv2._core.identity import digest, identity, name_scope

_SAGEMAKER = "sagemaker.amazonaws.com"
_OWN_LENGTH = 16
"""Of the 64 characters of a role's name; the longest Region leaves 20 free for prefixes."""


def job_role(scope: Construct, id: str) -> tuple[iam.Role, iam.PolicyDocument]:
    """Make the role of a job; what it reads and writes is added to the document returned.

    SageMaker wants it to be able to pass itself.
    """
    document = iam.PolicyDocument(
        statements=[
            iam.PolicyStatement(
                actions=["iam:PassRole"],
                resources=[role_arn(scope)],
                conditions={"StringEquals": {"iam:PassedToService": _SAGEMAKER}},
            ),
            _explain_statement(),
            *_runtime_statements(),
        ]
    )
    return _role(scope, id, document), document


def hosting_role(scope: Construct, id: str) -> tuple[iam.Role, iam.PolicyDocument]:
    """Make the role of a model; the artifacts it reads are added to the document returned."""
    document = iam.PolicyDocument(statements=_runtime_statements())
    return _role(scope, id, document), document


def role_arn(scope: Construct) -> str:
    """Return the ARN of the role that is made for ``scope``, without referring to the role.

    A policy that referred to it would come after it, and whatever the construct is made to depend
    on would come before both: the function's policy could be part of a circle.
    """
    return f"arn:{cdk.Aws.PARTITION}:iam::{cdk.Aws.ACCOUNT_ID}:role/{_name(scope)}"


def _role(scope: Construct, id: str, document: iam.PolicyDocument) -> iam.Role:
    return iam.Role(
        scope,
        id,
        role_name=_name(scope),
        assumed_by=iam.ServicePrincipal(_SAGEMAKER),
        inline_policies={"AutoMLV2": document},
    )


def _name(scope: Construct) -> str:
    """Hold the stack's scope, so that one pattern allows to pass all roles made for it."""
    stack = cdk.Stack.of(scope)
    own = digest(identity(scope, stack), _OWN_LENGTH)
    return f"automl-{name_scope(stack)}-{own}-{cdk.Aws.REGION}"


def _arn(service: str, resource: str) -> str:
    return f"arn:{cdk.Aws.PARTITION}:{service}:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}:{resource}"


def _explain_statement() -> iam.PolicyStatement:
    """Allow the temporary endpoint that a job uses for its explainability report."""
    things = ("Model", "EndpointConfig", "Endpoint")
    return iam.PolicyStatement(
        actions=[
            *(f"sagemaker:{verb}{thing}" for thing in things for verb in _VERBS),
            "sagemaker:InvokeEndpoint",
            "sagemaker:ListTags",
        ],
        resources=[
            _arn("sagemaker", "model/*"),
            _arn("sagemaker", "endpoint-config/*"),
            _arn("sagemaker", "endpoint/*"),
        ],
    )


_VERBS = ("Create", "Describe", "Delete")


def _runtime_statements() -> list[iam.PolicyStatement]:
    """What every SageMaker container needs: logs, metrics, and its image from AWS's accounts."""
    logs = _arn("logs", "log-group:/aws/sagemaker/*")
    return [
        iam.PolicyStatement(
            actions=["cloudwatch:PutMetricData"],
            resources=["*"],
            conditions={
                "StringLike": {"cloudwatch:namespace": ["AWS/SageMaker*", "/aws/sagemaker/*"]}
            },
        ),
        iam.PolicyStatement(
            actions=[
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:PutLogEvents",
            ],
            resources=[logs, f"{logs}:log-stream:*"],
        ),
        iam.PolicyStatement(actions=["ecr:GetAuthorizationToken"], resources=["*"]),
        iam.PolicyStatement(
            actions=[
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:GetDownloadUrlForLayer",
            ],
            resources=[f"arn:{cdk.Aws.PARTITION}:ecr:{cdk.Aws.REGION}:*:repository/*"],
        ),
    ]


def vpc_statement() -> iam.PolicyStatement:
    """Allow the network interfaces of a job or model in a VPC; the API knows no resources here."""
    return iam.PolicyStatement(
        actions=[
            "ec2:CreateNetworkInterface",
            "ec2:CreateNetworkInterfacePermission",
            "ec2:DeleteNetworkInterface",
            "ec2:DeleteNetworkInterfacePermission",
            "ec2:DescribeDhcpOptions",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
        ],
        resources=["*"],
    )


def base_models_statement() -> iam.PolicyStatement:
    """Allow the bucket of base models to fine-tune, which AWS keeps in each Region."""
    bucket = f"arn:{cdk.Aws.PARTITION}:s3:::jumpstart-cache-prod-{cdk.Aws.REGION}"
    return iam.PolicyStatement(
        actions=["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
        resources=[bucket, f"{bucket}/*"],
    )
