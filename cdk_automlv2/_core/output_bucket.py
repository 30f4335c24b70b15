"""Where jobs write that are given no output: one bucket for the stack."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_automlv2._core.nag import Acknowledgements
from cdk_automlv2._core.nag_reasons import OUTPUT_BUCKET
from cdk_automlv2._core.names import base_name
from cdk_automlv2._core.s3 import AnyKey, S3Location
from cdk_automlv2._core.sharing import SharedValue

_ID = "AutoMLV2Output"


def default_output(scope: Construct, keys: tuple[AnyKey, ...]) -> S3Location:
    """Return where a job writes by default; makes the stack's bucket at its first use."""
    stack = cdk.Stack.of(scope)
    bucket = stack.node.try_find_child(_ID)
    if bucket is None:
        bucket = s3.Bucket(
            stack,
            _ID,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        Acknowledgements.of(stack).add(bucket.node.default_child, OUTPUT_BUCKET)
    assert isinstance(bucket, s3.Bucket)
    name = SharedValue(bucket, stack, "BucketName", bucket.bucket_name)
    uri = f"s3://{bucket.bucket_name}/{base_name(scope.node.id)}/"
    return S3Location(uri, keys, is_folder=True, bucket_name=name)
