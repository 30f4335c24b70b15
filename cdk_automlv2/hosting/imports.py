"""Models and endpoints that exist already, as constructs."""

from __future__ import annotations

from collections.abc import Sequence

import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk.interfaces import aws_sagemaker as sagemaker_refs
from constructs import Construct

from cdk_automlv2._core.closed_sets import ProcessingUnit
from cdk_automlv2._core.connections import ImportedConnected, connections_of
from cdk_automlv2._core.grants import RoleGrants, use_role
from cdk_automlv2._core.imports import arn_of, arn_rules, name_of, name_rules, one_of_rules
from cdk_automlv2._core.options import checked, limits
from cdk_automlv2._core.provider import AutoMLProvider
from cdk_automlv2.hosting.base import AutoMLEndpointBase, AutoMLModelBase
from cdk_automlv2.hosting.interface import VARIANT_NAME, IAutoMLEndpoint, IAutoMLModel
from cdk_automlv2.hosting.option_rules import unit_value_rule
from cdk_automlv2.problem_configs import ProblemConfig

_MODEL_NAME = name_rules("model_name", "CreateModel", "ModelName", "AutoMLModel.from_model_arn")
_MODEL_ARN = arn_rules("model_arn", "model", "AutoMLModel.from_model_name")
_ENDPOINT_NAME = name_rules(
    "endpoint_name", "CreateEndpoint", "EndpointName", "AutoMLEndpoint.from_endpoint_arn"
)
_ENDPOINT_ARN = arn_rules("endpoint_arn", "endpoint", "AutoMLEndpoint.from_endpoint_name")
_VARIANT = limits("CreateEndpointConfig", variant_name="ProductionVariants[].VariantName")


class ModelImports(AutoMLModelBase):
    """The ways to name a model that exists already."""

    @classmethod
    @checked(*_MODEL_NAME)
    def from_model_name(cls, scope: Construct, id: str, model_name: str) -> IAutoMLModel:
        """Return a model that exists already, in this account and Region.

        Deleting the stack does not delete it.

        Args:
            scope: Parent of the construct.
            id: Its id.
            model_name: The model's name; may be a token.

        Raises:
            OptionsError: If that is no name.
        """
        return _ImportedAutoMLModel(scope, id, model_name)

    @classmethod
    @checked(*_MODEL_ARN)
    def from_model_arn(cls, scope: Construct, id: str, model_arn: str) -> IAutoMLModel:
        """Return a model that exists already, by its ARN.

        Args:
            scope: Parent of the construct.
            id: Its id.
            model_arn: The model's ARN, in this account and Region; may be a token.

        Raises:
            OptionsError: If that is no ARN of such a model.
        """
        return _ImportedAutoMLModel(scope, id, arn=model_arn)

    @classmethod
    @checked(*_MODEL_NAME, *_MODEL_ARN, *one_of_rules("model_name", "model_arn"), unit_value_rule)
    def from_model_attributes(
        cls,
        scope: Construct,
        id: str,
        *,
        model_name: str | None = None,
        model_arn: str | None = None,
        role: iam.IRole | None = None,
        problem_config: ProblemConfig | None = None,
        processing_unit: ProcessingUnit | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] = (),
    ) -> IAutoMLModel:
        """Return a model that exists already, with all that is known of it.

        Args:
            scope: Parent of the construct.
            id: Its id.
            model_name: The model's name; may be a token.
            model_arn: Its ARN instead.
            role: Role of its containers, which is granted the keys of endpoints. Default: not
                known.
            problem_config: What its job predicts: decides how long endpoints are waited for, and
                what is checked of them. Default: not known.
            processing_unit: CPU or GPU: which containers it has. Default: not known.
            security_groups: Those of its containers, if it is in a VPC. Default: not known.

        Raises:
            OptionsError: With every invalid option.
        """
        return _ImportedAutoMLModel(
            scope,
            id,
            model_name,
            model_arn,
            role=role,
            problem_config=problem_config,
            processing_unit=processing_unit,
            security_groups=security_groups,
        )


class EndpointImports(AutoMLEndpointBase):
    """The ways to name an endpoint that exists already."""

    @classmethod
    @checked(*_ENDPOINT_NAME)
    def from_endpoint_name(cls, scope: Construct, id: str, endpoint_name: str) -> IAutoMLEndpoint:
        """Return an endpoint that exists already, in this account and Region.

        Deleting the stack does not delete it.

        Args:
            scope: Parent of the construct.
            id: Its id.
            endpoint_name: The endpoint's name; may be a token.

        Raises:
            OptionsError: If that is no name.
        """
        return _ImportedAutoMLEndpoint(scope, id, endpoint_name)

    @classmethod
    @checked(*_ENDPOINT_ARN)
    def from_endpoint_arn(cls, scope: Construct, id: str, endpoint_arn: str) -> IAutoMLEndpoint:
        """Return an endpoint that exists already, by its ARN.

        Args:
            scope: Parent of the construct.
            id: Its id.
            endpoint_arn: The endpoint's ARN, in this account and Region; may be a token.

        Raises:
            OptionsError: If that is no ARN of such an endpoint.
        """
        return _ImportedAutoMLEndpoint(scope, id, arn=endpoint_arn)

    @classmethod
    @checked(
        *_ENDPOINT_NAME,
        *_ENDPOINT_ARN,
        *one_of_rules("endpoint_name", "endpoint_arn"),
        *_VARIANT,
    )
    def from_endpoint_attributes(
        cls,
        scope: Construct,
        id: str,
        *,
        endpoint_name: str | None = None,
        endpoint_arn: str | None = None,
        variant_name: str = VARIANT_NAME,
        security_groups: Sequence[ec2.ISecurityGroup] = (),
    ) -> IAutoMLEndpoint:
        """Return an endpoint that exists already, with all that is known of it.

        Args:
            scope: Parent of the construct.
            id: Its id.
            endpoint_name: The endpoint's name; may be a token.
            endpoint_arn: Its ARN instead.
            variant_name: The variant whose metrics are meant. Default: AllTraffic, the name that
                this library gives.
            security_groups: Those of its models' containers, if they are in a VPC. Default: not
                known.

        Raises:
            OptionsError: With every invalid option.
        """
        return _ImportedAutoMLEndpoint(
            scope,
            id,
            endpoint_name,
            endpoint_arn,
            variant_name=variant_name,
            security_groups=security_groups,
        )


@jsii.implements(sagemaker_refs.IModelRef)
class _ImportedAutoMLModel(ImportedConnected, AutoMLModelBase):
    def __init__(
        self,
        scope: Construct,
        id: str,
        name: str | None = None,
        arn: str | None = None,
        *,
        role: iam.IRole | None = None,
        problem_config: ProblemConfig | None = None,
        processing_unit: str | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] = (),
    ) -> None:
        super().__init__(scope, id)
        self.model_name = name_of(self, name, arn)
        self.model_arn = arn_of(self, "model", name, arn)
        self._given_role = role
        self.problem_config = problem_config
        self.processing_unit = processing_unit
        self._given_groups = security_groups
        self.has_vpc = bool(security_groups)

    @property
    def role(self) -> iam.IRole | None:
        """Role that its containers run as; ``None`` if that is not known."""
        return self._given_role

    def _role_for(self, user: Construct) -> RoleGrants | None:
        if self._given_role is None:
            return None
        provider = AutoMLProvider.of(user)
        return use_role(user, "Role", self._given_role, provider=provider, passes_itself=False)


@jsii.implements(sagemaker_refs.IEndpointRef)
class _ImportedAutoMLEndpoint(ImportedConnected, AutoMLEndpointBase):
    def __init__(
        self,
        scope: Construct,
        id: str,
        name: str | None = None,
        arn: str | None = None,
        *,
        variant_name: str = VARIANT_NAME,
        security_groups: Sequence[ec2.ISecurityGroup] = (),
    ) -> None:
        super().__init__(scope, id)
        self.endpoint_name = name_of(self, name, arn)
        self.endpoint_arn = arn_of(self, "endpoint", name, arn)
        self._variant_name = variant_name
        self._given_groups = security_groups


class _ModelByShape(_ImportedAutoMLModel):
    """An object that has what ``IAutoMLModel`` asks for: its model is used by name."""

    def __init__(self, scope: Construct, id: str, model: IAutoMLModel) -> None:
        super().__init__(
            scope,
            id,
            model.model_name,
            model.model_arn,
            role=model.role,
            problem_config=model.problem_config,
            processing_unit=model.processing_unit,
        )
        self._model = model

    def _security_groups(self) -> Sequence[ec2.ISecurityGroup]:
        return connections_of(self._model)


def imported(scope: Construct, id: str, model: IAutoMLModel) -> AutoMLModelBase:
    """Return a model of another class as one that exists already: it is served by its name."""
    return _ModelByShape(scope, id, model)


def served(model: IAutoMLModel) -> AutoMLModelBase:
    """Return a model as endpoints use it, once those of other classes have been imported."""
    assert isinstance(model, AutoMLModelBase)
    return model
