"""What anybody is granted of a location in S3, with its keys."""

from __future__ import annotations

from functools import reduce

from aws_cdk import aws_iam as iam

from cdk_automlv2._core.keys import ENCRYPT_DECRYPT, grant_decrypt, grant_key
from cdk_automlv2._core.s3 import S3Location


def grant_read(location: S3Location, grantee: iam.IGrantable) -> iam.Grant:
    """Let ``grantee`` list and read what lies there, and use its keys."""
    listing = iam.Grant.add_to_principal(
        grantee=grantee,
        actions=["s3:ListBucket"],
        resource_arns=[location.bucket_arn],
        conditions={"StringLike": {"s3:prefix": location.pattern}},
    )
    reading = iam.Grant.add_to_principal(
        grantee=grantee, actions=["s3:GetObject"], resource_arns=[location.objects_arn]
    )
    grants = [listing, reading, *(grant_decrypt(key, grantee) for key in location.keys)]
    return reduce(iam.Grant.combine, grants)


def grant_write(location: S3Location, grantee: iam.IGrantable) -> iam.Grant:
    """Let ``grantee`` write there, with its keys."""
    writing = iam.Grant.add_to_principal(
        grantee=grantee,
        actions=["s3:AbortMultipartUpload", "s3:PutObject"],
        resource_arns=[location.objects_arn],
    )
    keys = [grant_key(key, grantee, ENCRYPT_DECRYPT) for key in location.keys]
    return reduce(iam.Grant.combine, [writing, *keys])
