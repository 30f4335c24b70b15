"""The model registry: groups that are there, and versions in them."""

from __future__ import annotations

import copy
import datetime
from typing import Any

from .account import PLACE
from .errors import client_error, invalid
from .tagging import Tagging


class Packages(Tagging):
    """The operations on versions of model packages.

    Attributes:
        groups: How many versions each group has had.
        packages: Every version, by its ARN.
    """

    def __init__(self) -> None:
        super().__init__()
        self.groups: dict[str, int] = {"churn": 0}
        self.packages: dict[str, dict[str, Any]] = {}

    def change_package(self, arn: str, **members: Any) -> None:
        """Let a person change a version."""
        moment = datetime.datetime.fromtimestamp(self.now, datetime.UTC)
        self.packages[arn] |= {**members, "LastModifiedTime": moment}

    def approve(self, arn: str, status: str = "Approved") -> None:
        """Let a person decide on a version."""
        by = {"IamIdentity": {"Arn": "arn:aws:iam::111122223333:user/ann"}}
        self.change_package(arn, ModelApprovalStatus=status, LastModifiedBy=by)

    def _create_model_package(
        self,
        ModelPackageGroupName: str,  # noqa: N803
        ClientToken: str,  # noqa: N803
        **request: Any,
    ) -> dict[str, Any]:
        operation = "CreateModelPackage"
        for arn, package in self.packages.items():
            if package["_token"] == ClientToken:
                if package["_request"] != request:
                    raise client_error(operation, "ConflictException", "other parameters")
                return {"ModelPackageArn": arn}
        if ModelPackageGroupName not in self.groups:
            raise invalid(operation, f"ModelPackageGroup {ModelPackageGroupName} does not exist.")
        self.groups[ModelPackageGroupName] += 1
        number = self.groups[ModelPackageGroupName]
        arn = f"{PLACE}:model-package/{ModelPackageGroupName}/{number}"
        made = {"CreationTime": self.now, "_token": ClientToken, "_request": copy.deepcopy(request)}
        self.packages[arn] = {**copy.deepcopy(request), **made}
        return {"ModelPackageArn": arn}

    def _describe_model_package(self, ModelPackageName: str) -> dict[str, Any]:  # noqa: N803
        found = self._version("DescribeModelPackage", ModelPackageName)
        shown = {key: value for key, value in found.items() if not key.startswith("_")}
        return {"ModelPackageArn": ModelPackageName, **copy.deepcopy(shown)}

    def _delete_model_package(self, ModelPackageName: str) -> dict[str, Any]:  # noqa: N803
        self._version("DeleteModelPackage", ModelPackageName)
        del self.packages[ModelPackageName]
        return {}

    def _version(self, operation: str, arn: str) -> dict[str, Any]:
        if arn not in self.packages:
            raise invalid(operation, f"ModelPackage {arn} does not exist.")
        return self.packages[arn]
