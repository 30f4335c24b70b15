"""The roles that jobs and models run as, with what they need and no more.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
"""

from __future__ import annotations

from cdk_automlv2._core.arns import arn
from cdk_automlv2._core.pseudo import partition, region
from cdk_automlv2._core.rights import Right


def job_rights() -> list[Right]:
    """What a job needs besides its data: a temporary endpoint for its explainability report."""
    kinds = ("model", "endpoint-config", "endpoint")
    return [
        *(Right(_EXPLAIN, arn("sagemaker", f"{kind}/*")) for kind in kinds),
        *container_rights(),
    ]


def container_rights() -> list[Right]:
    """What every SageMaker container needs: logs, metrics, and its image from AWS's accounts."""
    logs = arn("logs", "log-group:/aws/sagemaker/*")
    images = f"arn:{partition()}:ecr:{region()}:*:repository/*"
    return [
        Right(
            ("cloudwatch:PutMetricData",),
            "*",
            condition=(
                ("StringLike", "cloudwatch:namespace", ("AWS/SageMaker*", "/aws/sagemaker/*")),
            ),
        ),
        Right(_LOGS, logs),
        Right(_LOGS, f"{logs}:log-stream:*"),
        Right(("ecr:GetAuthorizationToken",), "*"),
        Right(_IMAGES, images),
    ]


def vpc_rights() -> list[Right]:
    """Network interfaces of a job or model in a VPC; the API knows no resources here."""
    return [Right(_NETWORK, "*")]


def base_model_rights() -> list[Right]:
    """The bucket of base models to fine-tune, which AWS keeps in each Region."""
    bucket = f"arn:{partition()}:s3:::jumpstart-cache-prod-{region()}"
    actions = ("s3:GetObject", "s3:PutObject", "s3:ListBucket")
    return [Right(actions, bucket), Right(actions, f"{bucket}/*")]


_EXPLAIN = (
    *(
        f"sagemaker:{verb}{kind}"
        for kind in ("Model", "EndpointConfig", "Endpoint")
        for verb in ("Create", "Describe", "Delete")
    ),
    "sagemaker:InvokeEndpoint",
    "sagemaker:ListTags",
)
_LOGS = (
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
)
_IMAGES = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
)
_NETWORK = (
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)
