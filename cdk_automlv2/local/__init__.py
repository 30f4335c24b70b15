"""A whole deployment on this machine: ministack for AWS, a SageMaker of our own, the CDK CLI.

For development and tests only: nothing here is hardened, and whatever listens, listens on
127.0.0.1. Needs the extra ``[local]``.
"""

from cdk_automlv2.local.cloud.cloud import CdkError, LocalCloud, LocalCloudError

__all__ = ["CdkError", "LocalCloud", "LocalCloudError"]
