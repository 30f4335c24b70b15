"""What constructs are given, and what an organisation does to the app. New ones are lines here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from cdk_automlv2 import AutoMLDataChannel, VpcConfig

from .compositions import Place

ROLE_ARN = "arn:aws:iam::111122223333:role/given"
KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/1a2b"
PREFIX = "acme-"


@dataclass
class Options:
    """Options of the constructs of a case.

    Attributes:
        text: Returns a text as it is, or as a token that becomes it.
    """

    text: Callable[[str], str] = str
    of_job: dict[str, Any] = field(default_factory=dict)
    of_model: dict[str, Any] = field(default_factory=dict)
    of_endpoint: dict[str, Any] = field(default_factory=dict)


Give = Callable[[Place, Options], None]


def _nothing(place: Place, options: Options) -> None:
    """Leave everything at its default."""


def _principal() -> iam.ServicePrincipal:
    return iam.ServicePrincipal("sagemaker.amazonaws.com")


def _role(options: Options, role: iam.IRole | str) -> None:
    options.of_job["role"] = options.of_model["role"] = role


def _given_role(place: Place, options: Options) -> None:
    options.of_job["role"] = iam.Role(place.learn, "JobRole", assumed_by=_principal())
    options.of_model["role"] = iam.Role(place.serve, "HostRole", assumed_by=_principal())


def _platform_role(place: Place, options: Options) -> None:
    platform = cdk.Stack(place.root, "Platform")
    _role(options, iam.Role(platform, "Shared", assumed_by=_principal()))


def _key_constructs(place: Place, options: Options) -> None:
    key = kms.Key(place.learn, "Key")
    options.of_job |= {"output_kms_key": key, "volume_kms_key": key}


def _key_arns(place: Place, options: Options) -> None:
    options.of_job |= {"output_kms_key": KEY_ARN, "volume_kms_key": KEY_ARN}
    options.of_endpoint |= {"volume_kms_key": KEY_ARN}


def _vpc_constructs(place: Place, options: Options) -> None:
    for stack, given in ((place.learn, options.of_job), (place.serve, options.of_model)):
        vpc = ec2.Vpc.from_vpc_attributes(
            stack,
            "TrainingVpc" if given is options.of_job else "ServingVpc",
            vpc_id="vpc-1",
            availability_zones=["eu-west-1a"],
            private_subnet_ids=["subnet-1"],
        )
        given["vpc_config"] = VpcConfig(vpc)


def _vpc_dicts(place: Place, options: Options) -> None:
    vpc = {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}
    options.of_job["vpc_config"] = options.of_model["vpc_config"] = vpc


def _literals(place: Place, options: Options) -> None:
    options.of_job["output_path"] = "s3://shop-out/models/"


def _names(place: Place, options: Options) -> None:
    options.of_job |= {"job_name": "churn-1", "output_path": "s3://shop-out/models/"}
    options.of_model |= {"name": "churn-model", "tags": {"team": "ml"}}
    options.of_endpoint |= {"endpoint_name": "churn", "tags": {"team": "ml"}}


def _tokens(place: Place, options: Options) -> None:
    """Give a token for every text that a stack may be given one for."""

    def token(text: str) -> str:
        return cdk.Token.as_string(cdk.Fn.sub(text))

    options.text = token
    options.of_job |= {
        "output_path": f"s3://{token('shop-out')}/models/",
        "base_job_name": token("churn"),
        "revision": token("1"),
        "tags": {"team": token("ml")},
    }
    options.of_model |= {"tags": {"team": token("ml")}}
    options.of_endpoint |= {"endpoint_name": token("churn"), "tags": {"team": token("ml")}}


@jsii.implements(cdk.IAspect)
class _NamesOfRoles:
    """Gives every role a path and a prefix, as organisations demand."""

    def visit(self, node: Any) -> None:
        """Rename a role."""
        if isinstance(node, iam.CfnRole):
            node.path = "/teams/ml/"
            name = node.role_name
            # The CDK gives every role a name, which may turn out to be none.
            if cdk.Stack.of(node).resolve(name) and not str(name).startswith(PREFIX):
                node.role_name = f"{PREFIX}{name}"


def _role_aspect(place: Place, options: Options) -> None:
    cdk.Aspects.of(place.root).add(_NamesOfRoles())


def _boundary(place: Place, options: Options) -> None:
    arn = "arn:aws:iam::111122223333:policy/boundary"
    boundary = iam.ManagedPolicy.from_managed_policy_arn(place.learn, "Boundary", arn)
    iam.PermissionsBoundary.of(place.root).apply(boundary)


def _stack_tags(place: Place, options: Options) -> None:
    cdk.Tags.of(place.root).add("cost", "1")


FACTORS: Mapping[str, Mapping[str, Give]] = {
    "roles": {
        "own": _nothing,
        "given": _given_role,
        "of another stack": _platform_role,
        "imported": lambda place, options: _role(
            options, iam.Role.from_role_arn(place.learn, "Imported", ROLE_ARN)
        ),
        "an ARN": lambda place, options: _role(options, ROLE_ARN),
    },
    "keys": {"none": _nothing, "constructs": _key_constructs, "ARNs": _key_arns},
    "network": {"none": _nothing, "constructs": _vpc_constructs, "dicts": _vpc_dicts},
    "texts": {
        "defaults": _nothing,
        "literals": _literals,
        "names": _names,
        "tokens": _tokens,
    },
    "organisation": {
        "none": _nothing,
        "names of roles": _role_aspect,
        "boundary": _boundary,
        "tags": _stack_tags,
    },
}
"""What may be given, and in which ways; each pair of ways is tried together at least once."""


TOKENS: Mapping[str, Mapping[str, Callable[[str], Any]]] = {
    "AutoMLJobV2": {
        "inputs": lambda text: AutoMLDataChannel("S3Prefix", text),
        "output_path": lambda text: f"s3://{text}/out/",
        "role": str,
        "job_objective": lambda text: {"MetricName": text},
        "output_kms_key": str,
        "volume_kms_key": str,
        "vpc_config": lambda text: {"SecurityGroupIds": [text], "Subnets": [text]},
        "tags": lambda text: {"team": text},
        "base_job_name": str,
        "job_name": str,
        "revision": str,
    },
    "AutoMLModel": {
        "candidate_name": str,
        "role": str,
        "vpc_config": lambda text: {"SecurityGroupIds": [text], "Subnets": [text]},
        "model_name": str,
        "name": str,
        "tags": lambda text: {"team": text},
    },
    "AutoMLEndpoint": {
        "instance_type": str,
        "endpoint_name": str,
        "volume_kms_key": str,
        "tags": lambda text: {"team": text},
    },
    "AutoMLBatchTransform": {
        "candidate_name": str,
        "input_data": lambda text: f"s3://{text}/new/",
        "output": lambda text: f"s3://{text}/answers/",
        "instance_type": str,
        "content_type": str,
        "compression_type": str,
        "accept": str,
        "input_filter": str,
        "output_filter": str,
        "output_kms_key": str,
        "volume_kms_key": str,
        "environment": lambda text: {"A": text},
        "tags": lambda text: {"team": text},
    },
    "AutoMLCandidates": {
        "candidate_name": str,
        "status_equals": str,
        "sort_order": str,
        "sort_by": str,
    },
    "AutoMLDashboard": {"dashboard_name": str},
    "AutoMLRelease": {
        "inputs": lambda text: AutoMLDataChannel("S3Prefix", text),
        "instance_type": str,
        "output_path": lambda text: f"s3://{text}/out/",
        "role": str,
        "job_objective": lambda text: {"MetricName": text},
        "output_kms_key": str,
        "volume_kms_key": str,
        "vpc_config": lambda text: {"SecurityGroupIds": [text], "Subnets": [text]},
        "base_job_name": str,
        "revision": str,
        "endpoint_name": str,
        "tags": lambda text: {"team": text},
    },
}
"""Options that may be known only at deployment, each with a value that such a text is in."""

NO_TOKENS: Mapping[str, set[str]] = {
    "AutoMLModel": {"processing_unit", "inference_response_keys", "register_in"},
    "AutoMLRelease": {"processing_unit", "inference_response_keys"},
}
"""Options that decide what is synthesized, and so must be known."""
