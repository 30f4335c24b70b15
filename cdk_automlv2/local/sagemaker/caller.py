"""Who asks, and whether they may: policies are those that ministack holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from cdk_automlv2.local.cloud.ask import ask_json
from cdk_automlv2.local.cloud.authorizer import AUTHORIZE, SESSION
from cdk_automlv2.local.cloud.guard import ACCOUNT_HEADER
from cdk_automlv2.local.cloud.signature import Key
from cdk_automlv2.local.sagemaker.errors import ServiceError, validation

ACCOUNT = "000000000000"
_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d{8}/([^/]+)/")
_SERVICE = "sagemaker.amazonaws.com"
_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}


@dataclass(frozen=True)
class Caller:
    """The sender of one request."""

    access_key: str
    session_token: str
    region: str
    account: str = ACCOUNT

    def arn(self, kind: str, name: str) -> str:
        """Return the ARN of a resource of the caller, with its name in lower case."""
        return f"{self.place}:{kind}/{name.lower()}"

    @property
    def place(self) -> str:
        """What the ARNs of the caller's account and Region begin with."""
        return f"arn:{partition_of(self.region)}:sagemaker:{self.region}:{self.account}"

    @classmethod
    def from_headers(cls, headers: Any) -> Caller:
        """Read the caller from the signature's header.

        Raises:
            ServiceError: If the request is not signed.
        """
        found = _CREDENTIAL.search(headers.get("authorization", ""))
        if found is None:
            raise ServiceError("MissingAuthenticationTokenException", "the request is not signed")
        account = headers.get(ACCOUNT_HEADER.decode(), "") or ACCOUNT
        return cls(found[1], headers.get("x-amz-security-token", ""), found[2], account)


def partition_of(region: str) -> str:
    """Return the partition of a Region, such as ``aws``."""
    return next((name for start, name in _PARTITIONS.items() if region.startswith(start)), "aws")


class Iam:
    """ministack's IAM, asked over HTTP.

    Args:
        url: Base address of ministack.
        key: The local cloud's own key.
    """

    def __init__(self, url: str, key: Key) -> None:
        self._url = url
        self._key = key

    def require(
        self, caller: Caller, action: str, resource: str, context: dict[str, Any] | None = None
    ) -> None:
        """Refuse unless the caller's policies allow ``action`` on ``resource``.

        Raises:
            ServiceError: ``AccessDeniedException``, or what is wrong with the credentials.
        """
        self._require(caller, action, resource, context or {})

    def require_shared(
        self, caller: Caller, action: str, resource: str, context: dict[str, Any], policy: str
    ) -> None:
        """Refuse unless the caller's policies and that of the resource allow it.

        In the resource's own account one of them is enough; another account needs both.

        Raises:
            ServiceError: ``AccessDeniedException``, or what is wrong with the credentials.
        """
        self._require(caller, action, resource, context, resource_policy=policy)

    def _require(
        self, caller: Caller, action: str, resource: str, context: dict[str, Any], **more: Any
    ) -> None:
        question = {
            "access_key": caller.access_key,
            "session_token": caller.session_token,
            "account": caller.account,
            "region": caller.region,
            "action": action,
            "resource": resource,
            "context": context,
            **more,
        }
        verdict = ask_json(self._key, self._url + AUTHORIZE, question)
        if not verdict["allowed"]:
            raise ServiceError(verdict["code"], verdict["message"])

    def require_pass_role(self, caller: Caller, role_arn: str) -> None:
        """Refuse unless the caller may hand the role to SageMaker, and the role trusts it."""
        context = {"iam:PassedToService": _SERVICE}
        self.require(caller, "iam:PassRole", role_arn, context)
        if role_arn.split(":")[4] != caller.account:
            raise ServiceError("AccessDeniedException", "Cross-account pass role is not allowed.")
        self._session(role_arn, caller.region)

    def require_grant(self, role_arn: str, region: str, key: str) -> None:
        """Refuse unless the role lets SageMaker use a key for a volume.

        Raises:
            ServiceError: If policies of the role, or the key's own, do not allow it.
        """
        session = self._session(role_arn, region)
        account = role_arn.split(":")[4]
        caller = Caller(session["access_key"], session["session_token"], region, account)
        context = {
            "kms:GrantIsForAWSResource": "true",
            "kms:ViaService": f"sagemaker.{region}.amazonaws.com",
        }
        self.require(caller, "kms:CreateGrant", key, context)

    def role_environment(self, role_arn: str, region: str) -> dict[str, str]:
        """Return the environment in which boto3 acts as the role."""
        session = self._session(role_arn, region)
        return {
            "AWS_ACCESS_KEY_ID": session["access_key"],
            "AWS_SECRET_ACCESS_KEY": session["secret_key"],
            "AWS_SESSION_TOKEN": session["session_token"],
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_ENDPOINT_URL": self._url,
            "AWS_ENDPOINT_URL_S3": self._url,
        }

    def role_s3(self, role_arn: str, region: str) -> Any:
        """Return an S3 client that acts as the role."""
        return self._role_client("s3", role_arn, region)

    def role_sns(self, role_arn: str, region: str) -> Any:
        """Return an SNS client that acts as the role."""
        return self._role_client("sns", role_arn, region)

    def role_cloudwatch(self, role_arn: str, region: str) -> Any:
        """Return a CloudWatch client that acts as the role."""
        return self._role_client("cloudwatch", role_arn, region)

    def _role_client(self, service: str, role_arn: str, region: str) -> Any:
        import boto3

        environment = self.role_environment(role_arn, region)
        return boto3.client(
            service,
            endpoint_url=self._url,
            region_name=region,
            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=environment["AWS_SESSION_TOKEN"],
        )

    def _session(self, role_arn: str, region: str) -> dict[str, str]:
        """Act as the role, which must trust SageMaker."""
        account = role_arn.split(":")[4]
        context = {
            "aws:SourceAccount": account,
            "aws:SourceArn": f"arn:aws:sagemaker:{region}:{account}:local",
        }
        question = {"service": _SERVICE, "role": role_arn, "region": region, "context": context}
        found: dict[str, str] = ask_json(self._key, self._url + SESSION, question)
        if not found["allowed"]:
            raise validation(
                f"Could not assume role {role_arn}. Please ensure that the role exists and allows "
                f"principal '{_SERVICE}' to assume the role."
            )
        return found
