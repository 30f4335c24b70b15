"""A whole deployment on this machine: ministack for AWS, a SageMaker of our own, the CDK CLI.

For development and tests only. Whatever listens, listens on 127.0.0.1 and answers requests signed
with a key of this start. Needs the extra ``[local]``.
"""

from cdk_automlv2.local.cloud.cloud import CdkError, LocalCloud, LocalCloudError

__all__ = ["CdkError", "LocalCloud", "LocalCloudError"]
