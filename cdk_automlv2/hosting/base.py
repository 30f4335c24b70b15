"""What models and endpoints have in common with those that were imported."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk.interfaces import aws_sagemaker as sagemaker_refs
from constructs import Construct

from cdk_automlv2._core.arns import literal
from cdk_automlv2._core.connections import Connected, InNetwork
from cdk_automlv2._core.display import Displayed
from cdk_automlv2._core.grants import RoleGrants
from cdk_automlv2._core.options import checked
from cdk_automlv2.hosting.metrics import EndpointMetrics
from cdk_automlv2.problem_configs import ProblemConfig

INVOKE, ASYNC, STREAM = (
    "InvokeEndpoint",
    "InvokeEndpointAsync",
    "InvokeEndpointWithResponseStream",
)


@jsii.implements(ec2.IConnectable)
class AutoMLModelBase(Displayed, InNetwork, cdk.Resource):
    """A model as endpoints use it; what is decided elsewhere is left as it is.

    Attributes:
        problem_config: What its job predicts; ``None`` if that is not known.
        processing_unit: CPU or GPU: which containers it has; ``None`` if that is not known.
    """

    problem_config: ProblemConfig | None
    processing_unit: str | None
    model_name: str
    model_arn: str
    has_vpc = False
    _called = "AutoMLModel"
    is_isolated = False

    @property
    def role(self) -> iam.IRole | None:
        """Role that its containers run as; ``None`` if that is not known."""
        return None

    @property
    def model_ref(self) -> sagemaker_refs.ModelReference:
        """What the CDK's own constructs refer to a model by."""
        return sagemaker_refs.ModelReference(model_arn=self.model_arn)

    @property
    def _source(self) -> cdk.CfnResource | None:
        """The resource whose condition decides whether the model exists."""
        return None

    def _role_for(self, user: Construct) -> RoleGrants | None:
        """Return the role as another construct grants to it, if it is known."""
        return None

    def _retain(self, policy: cdk.RemovalPolicy) -> None:
        """Keep the model, if it goes with a stack."""

    def _serve_on(self, unit: str) -> None:
        """Use the containers for its first endpoint's processors, where none were chosen."""

    def _serve_in(self, stack: cdk.Stack) -> str:
        """Return the model's name for an endpoint of that stack."""
        return self.model_name


@jsii.implements(ec2.IConnectable)
class AutoMLEndpointBase(Displayed, EndpointMetrics, Connected, cdk.Resource):
    """Grants and metrics; leans on name and ARN alone."""

    endpoint_arn: str
    _called = "AutoMLEndpoint"
    _invocations: Sequence[str] = (INVOKE, ASYNC, STREAM)
    """Names of the calls that the endpoint answers, as far as is known."""

    _outside_vpc = ("model", "must be in a VPC where connections is used")

    @property
    def endpoint_ref(self) -> sagemaker_refs.EndpointReference:
        """What the CDK's own constructs refer to an endpoint by."""
        return sagemaker_refs.EndpointReference(endpoint_arn=self.endpoint_arn)

    @checked()
    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let ``grantee`` send requests to the endpoint, in each way that it answers.

        Raises:
            OptionsError: If ``grantee`` cannot be granted anything.
        """
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=[f"sagemaker:{name}" for name in self._invocations],
            resource_arns=[literal(self.endpoint_arn)],
        )
