"""Rules of cdk-nag that resources of this library break, and why that is right.

What an option can meet is not here: an app that must have its function in a VPC, its logs under a
key, or access logs on its buckets gets the finding, and sets the option.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """Rules that are broken in one way.

    Attributes:
        rules: Ids, with the pack's name.
        text: Why it stands; ASCII, as version 2 of cdk-nag encodes anything else.
        finding: Pattern of the findings, where a rule reports several. Default: it does not.
    """

    rules: tuple[str, ...]
    text: str
    finding: str | None = None


_WILDCARD = ("AwsSolutions-IAM5",)
_PACKS = ("HIPAA.Security", "NIST.800.53.R4", "NIST.800.53.R5", "PCI.DSS.321")
_ARN = "Resource::arn:<AWS::Partition>"
_HERE = "<AWS::Region>:<AWS::AccountId>"
_SCOPE = "[a-z2-7]{7}"


def _wildcard(finding: str, text: str) -> Reason:
    return Reason(_WILDCARD, text, finding)


INLINE = Reason(
    tuple(f"{pack}-IAMNoInlinePolicy" for pack in _PACKS),
    "Each policy is derived from what one role needs, belongs to it alone, and goes with it.",
)

TRIGGER = Reason(
    ("Serverless-EventBusDLQ",),
    "EventBridge tries the function of this stack for a day; a later trigger finds the data too.",
)
"""Of rules that invoke the function."""

_KMS = (
    _wildcard(
        r"Action::kms:(GenerateDataKey|ReEncrypt)\*",
        "Encrypting and decrypting objects with one key: the actions that kms.Key grants too.",
    ),
    _wildcard(
        r"Resource::arn:.+:kms:.+:key/\*",
        "A key that was given by its alias: limited to it by the condition kms:ResourceAliases.",
    ),
)

FUNCTION = (
    INLINE,
    *_KMS,
    _wildcard(
        rf"{_ARN}:sagemaker:{_HERE}:[a-z-]+/\*-{_SCOPE}\*",
        "Names are made at deployment; all names of a stack contain its scope.",
    ),
    _wildcard(
        rf"{_ARN}:sagemaker:{_HERE}:model-package/[^/]+/\*",
        "The versions of the group that a release registers in: their numbers are SageMaker's.",
    ),
    _wildcard(
        rf"{_ARN}:sagemaker:{_HERE}:[a-z-]+/\*",
        "Creating and changing are limited by a condition to the owner tag; what has been deleted "
        "has no tags, so that describing is allowed by kind.",
    ),
    _wildcard(
        rf"{_ARN}:iam::<AWS::AccountId>:role/\*automl-{_SCOPE}-\*",
        "The roles made in this stack, to be passed to SageMaker only; aspects may change what "
        "stands before and after.",
    ),
    _wildcard(
        rf"{_ARN}:s3:::\*",
        "Listing is limited by s3:prefix to the folders that this stack has unpacked, in whatever "
        "bucket an earlier template named.",
    ),
    _wildcard(
        rf"{_ARN}:s3:::\*/inputs/{_SCOPE}-\*",
        "Folders that this stack has unpacked, in whatever bucket an earlier template named.",
    ),
    _wildcard(
        rf"{_ARN}:cloudwatch:{_HERE}:alarm:\*",
        "Describing the alarms that watch an update; their states alone are read.",
    ),
    _wildcard(
        rf"{_ARN}:application-autoscaling:{_HERE}:scalable-target/\*",
        "Their ids are made by the service; registering and changing are limited by a condition to "
        "the owner tag.",
    ),
    _wildcard(
        rf"{_ARN}:cloudwatch:{_HERE}:alarm:(automlv2-{_SCOPE}|TargetTracking-endpoint/)\*",
        "Alarms that scale endpoints of this stack, and those that Application Auto Scaling makes "
        "for endpoints, with names of its own, where its caller may.",
    ),
    _wildcard(rf"{_ARN}:s3:::.+/.*\*", "The objects below an output path of this stack's jobs."),
    _wildcard(
        rf"{_ARN}:cloudwatch:{_HERE}:alarm:\*",
        "The states of the alarms that take an endpoint's update back, whatever their names; "
        "reading alone.",
    ),
    _wildcard(
        rf"{_ARN}:states:{_HERE}:execution:automlv2-[a-z2-7]+-{_SCOPE}:\*",
        "Executions of this stack's own state machine of releases, which are superseded.",
    ),
    _wildcard(
        r"Resource::\*",
        "Lists of SageMaker, X-Ray and network interfaces: actions without resource-level "
        "permissions.",
    ),
)
"""Of the function's policies."""

STATE_MACHINE = (
    INLINE,
    _wildcard(
        r"Resource::\*", "Log delivery and X-Ray: actions without resource-level permissions."
    ),
)
"""Of the state machine's role."""

ROLE = (
    INLINE,
    *_KMS,
    _wildcard(
        rf"{_ARN}:iam::<AWS::AccountId>:role/\*automl-{_SCOPE}-.+-\*",
        "The role itself, to be passed to SageMaker only; aspects may change what stands before "
        "and after.",
    ),
    _wildcard(
        rf"{_ARN}:sagemaker:{_HERE}:[a-z-]+/\*",
        "SageMaker chooses the name of the temporary endpoint of the explainability report.",
    ),
    _wildcard(
        rf"{_ARN}:logs:{_HERE}:log-group:/aws/sagemaker/.+",
        "SageMaker chooses the names of the log groups of its containers.",
    ),
    _wildcard(
        rf"{_ARN}:ecr:<AWS::Region>:\*:repository/\*",
        "The images belong to accounts of AWS, which differ between Regions.",
    ),
    _wildcard(
        rf"{_ARN}:s3:::.+\*",
        "The objects below the input and output of the job, or below the model's artifacts.",
    ),
    _wildcard(
        r"Resource::\*",
        "PutMetricData (limited to the namespaces of SageMaker), GetAuthorizationToken and network "
        "interfaces: actions without resource-level permissions.",
    ),
)
"""Of the policies of jobs and models."""

CONTAINERS = (
    Reason(
        tuple(f"{pack}-EC2RestrictedCommonPorts" for pack in _PACKS),
        "Containers of one job or model reach each other on any port; nobody else is let in.",
    ),
)
"""Of the rule of a security group made for containers."""

LAMBDA_FUNCTION = (
    Reason(
        ("Serverless-LambdaDLQ", "HIPAA.Security-LambdaDLQ", "NIST.800.53.R5-LambdaDLQ"),
        "An event holds the pre-signed URL of CloudFormation, which belongs in no queue; a lost "
        "event shows as the timeout of its resource.",
    ),
)
"""Of the function."""

TABLE = (
    Reason(
        (
            "HIPAA.Security-DynamoDBInBackupPlan",
            "NIST.800.53.R4-DynamoDBInBackupPlan",
            "NIST.800.53.R5-DynamoDBInBackupPlan",
        ),
        "Point-in-time recovery is on; which backup plan the records belong to is the account's "
        "choice, made by tags.",
    ),
)
"""Of the table of releases."""

OUTPUT_BUCKET = (
    Reason(
        ("AwsSolutions-S1",),
        "Which bucket takes access logs is the account's choice; whoever wants them gives a bucket "
        "of their own as output.",
    ),
)
"""Of the bucket that is made where a job is given no output."""
