"""Who asks, and whether they may: policies are those that ministack holds."""

from __future__ import annotations

import json
import re
import urllib.request
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cdk_automlv2.local.cloud.authorizer import ROUTE
from cdk_automlv2.local.sagemaker.errors import ServiceError, validation

ACCOUNT = "000000000000"
_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d{8}/([^/]+)/")
_SERVICE = "sagemaker.amazonaws.com"


@dataclass(frozen=True)
class Caller:
    """The sender of one request."""

    access_key: str
    session_token: str
    region: str

    @classmethod
    def from_headers(cls, headers: Any) -> Caller:
        """Read the caller from the signature's header.

        Raises:
            ServiceError: If the request is not signed.
        """
        found = _CREDENTIAL.search(headers.get("authorization", ""))
        if found is None:
            raise ServiceError("MissingAuthenticationTokenException", "the request is not signed")
        return cls(found[1], headers.get("x-amz-security-token", ""), found[2])


class Iam:
    """ministack's IAM, asked over HTTP.

    Args:
        url: Base address of ministack.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    def require(
        self, caller: Caller, action: str, resource: str, context: dict[str, Any] | None = None
    ) -> None:
        """Refuse unless the caller's policies allow ``action`` on ``resource``.

        Raises:
            ServiceError: ``AccessDeniedException``, or what is wrong with the credentials.
        """
        question = {
            "access_key": caller.access_key,
            "session_token": caller.session_token,
            "account": ACCOUNT,
            "region": caller.region,
            "action": action,
            "resource": resource,
            "context": context or {},
        }
        request = urllib.request.Request(self._url + ROUTE, data=json.dumps(question).encode())
        with urllib.request.urlopen(request, timeout=10) as answer:
            verdict = json.load(answer)
        if not verdict["allowed"]:
            raise ServiceError(verdict["code"], verdict["message"])

    def require_pass_role(self, caller: Caller, role_arn: str) -> None:
        """Refuse unless the caller may hand the role to SageMaker, and the role trusts it."""
        context = {"iam:PassedToService": _SERVICE}
        self.require(caller, "iam:PassRole", role_arn, context)
        if not self._trusts_sagemaker(role_arn):
            raise validation(
                f"Could not assume role {role_arn}. Please ensure that the role exists and allows "
                f"principal '{_SERVICE}' to assume the role."
            )

    def role_environment(self, role_arn: str, region: str) -> dict[str, str]:
        """Return the environment in which boto3 acts as the role."""
        answer = self._client("sts", region).assume_role(
            RoleArn=role_arn, RoleSessionName="SageMaker"
        )
        credentials = answer["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
            "AWS_SESSION_TOKEN": credentials["SessionToken"],
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_ENDPOINT_URL": self._url,
            "AWS_ENDPOINT_URL_S3": self._url,
        }

    def role_s3(self, role_arn: str, region: str) -> Any:
        """Return an S3 client that acts as the role."""
        import boto3

        environment = self.role_environment(role_arn, region)
        return boto3.client(
            "s3",
            endpoint_url=self._url,
            region_name=region,
            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=environment["AWS_SESSION_TOKEN"],
        )

    def _trusts_sagemaker(self, role_arn: str) -> bool:
        iam = self._client("iam", "us-east-1")
        try:
            role = iam.get_role(RoleName=role_arn.rsplit("/", 1)[-1])["Role"]
        except self._no_such_entity:
            return False
        for statement in role["AssumeRolePolicyDocument"]["Statement"]:
            services = statement.get("Principal", {}).get("Service", [])
            services = [services] if isinstance(services, str) else services
            if statement["Effect"] == "Allow" and _SERVICE in services:
                return True
        return False

    @cached_property
    def _no_such_entity(self) -> type[Exception]:
        error: type[Exception] = self._client("iam", "us-east-1").exceptions.NoSuchEntityException
        return error

    def _client(self, service: str, region: str) -> Any:
        import boto3

        return boto3.client(
            service,
            endpoint_url=self._url,
            region_name=region,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
