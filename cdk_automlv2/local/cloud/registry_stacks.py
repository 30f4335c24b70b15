"""``AWS::SageMaker::ModelPackageGroup`` in templates, made by the local SageMaker's own API.

ministack does not know the type. Source: what is replaced, and what Ref and GetAtt return,
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sagemaker-modelpackagegroup.html
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from cdk_automlv2.local.cloud.credentials import KeyRing

_TYPE = "AWS::SageMaker::ModelPackageGroup"
_URL = "AWS_ENDPOINT_URL_SAGEMAKER"
_NAME, _DESCRIPTION = "ModelPackageGroupName", "ModelPackageGroupDescription"
Properties = Mapping[str, Any]


def apply(ring: KeyRing) -> None:
    """Let ministack's CloudFormation make groups.

    Args:
        ring: Whose administrators it acts as.
    """
    from ministack.services.cloudformation import provisioners, stacks

    groups, in_thread = _Groups(ring), stacks._runs_on_worker_thread
    provisioners._RESOURCE_HANDLERS[_TYPE] = {
        "create": groups.create,
        "update": groups.update,
        "delete": groups.delete,
    }
    # SageMaker asks this process who calls it; so the loop must not wait for SageMaker.
    stacks._runs_on_worker_thread = lambda kind: kind == _TYPE or in_thread(kind)


class _Groups:
    """Model package groups of the account and Region that a stack is in."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def create(self, _logical_id: str, properties: Properties, _stack: str) -> Any:
        sagemaker = self._client()
        wanted = {_NAME: properties[_NAME], "Tags": properties.get("Tags", [])}
        if _DESCRIPTION in properties:
            wanted[_DESCRIPTION] = properties[_DESCRIPTION]
        arn = sagemaker.create_model_package_group(**wanted)["ModelPackageGroupArn"]
        self._set_policy(sagemaker, properties, {})
        return arn, self._attributes(sagemaker, arn)

    def update(self, arn: str, old: Properties, new: Properties, stack: str) -> Any:
        from ministack.services.cloudformation import provisioners

        if new[_NAME] != old[_NAME]:
            created = self.create("", new, stack)
            provisioners._delete_predecessor(self.delete, arn, old)
            return created
        if new.get(_DESCRIPTION) != old.get(_DESCRIPTION):
            raise ValueError(
                "CloudFormation cannot update a stack when a custom-named resource requires "
                f"replacing. Rename {new[_NAME]} and update the stack again."
            )
        sagemaker = self._client()
        self._set_policy(sagemaker, new, old)
        self._set_tags(sagemaker, arn, new, old)
        return arn, self._attributes(sagemaker, arn)

    def delete(self, arn: str, _properties: Properties) -> None:
        from botocore.exceptions import ClientError

        try:
            self._client().delete_model_package_group(ModelPackageGroupName=arn)
        except ClientError as error:
            if "does not exist" not in str(error):
                raise

    def _client(self) -> Any:
        import boto3
        from ministack.core.responses import get_account_id, get_region

        key = self._ring.accounts[get_account_id()]
        return boto3.client(
            "sagemaker",
            endpoint_url=os.environ[_URL],
            region_name=get_region(),
            aws_access_key_id=key.access_key,
            aws_secret_access_key=key.secret_key,
        )

    def _attributes(self, sagemaker: Any, arn: str) -> dict[str, str]:
        found = sagemaker.describe_model_package_group(ModelPackageGroupName=arn)
        return {
            "ModelPackageGroupArn": arn,
            "ModelPackageGroupStatus": found["ModelPackageGroupStatus"],
            "CreationTime": found["CreationTime"].isoformat(),
        }

    def _set_policy(self, sagemaker: Any, new: Properties, old: Properties) -> None:
        policy, name = new.get("ModelPackageGroupPolicy"), {_NAME: new[_NAME]}
        if policy:
            text = policy if isinstance(policy, str) else json.dumps(policy)
            sagemaker.put_model_package_group_policy(**name, ResourcePolicy=text)
        elif old.get("ModelPackageGroupPolicy"):
            sagemaker.delete_model_package_group_policy(**name)

    def _set_tags(self, sagemaker: Any, arn: str, new: Properties, old: Properties) -> None:
        had, wanted = _tags(old), _tags(new)
        gone = sorted(had.keys() - wanted.keys())
        if gone:
            sagemaker.delete_tags(ResourceArn=arn, TagKeys=gone)
        if wanted:
            listed = [{"Key": key, "Value": value} for key, value in wanted.items()]
            sagemaker.add_tags(ResourceArn=arn, Tags=listed)


def _tags(properties: Properties) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
