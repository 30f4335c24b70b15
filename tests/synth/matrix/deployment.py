"""Deploys a synthesized app into the account of the lifecycle tests, with rights enforced.

Every custom resource is a request to the real function, whose policies are those of the template;
parameters, outputs, exports and SSM parameters go from stack to stack as CloudFormation lets them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from automlv2_handlers.domain import packages

from tests.iam import Environment
from tests.lifecycle.fake_aws import FakeAws
from tests.lifecycle.stack import Stack

from .assembly import Synthesized, Template
from .roles import Roles

_PARAMETER_VALUE = "AWS::SSM::Parameter::Value<String>"
_ACCOUNT = "arn:aws:cloudformation:eu-west-1:111122223333:stack"


class Deployment:
    """The stacks of one app.

    Attributes:
        aws: The account.
        roles: What the roles of jobs and models may do.
        exports: Values that stacks export.
    """

    def __init__(self, aws: FakeAws) -> None:
        self.aws = aws
        aws.buckets["shop-in"] = [("train/train.csv", "e1", 10)]
        self.roles = Roles()
        self.exports: dict[str, str] = {}
        self.made: list[tuple[RealStack, str, str, dict[str, Any]]] = []

    def has_job(self, name: str) -> None:
        """Let somebody else's job be there."""
        output = {"S3OutputPath": "s3://shop-out/"}
        request = {"AutoMLJobName": name, "OutputDataConfig": output}
        self.aws.api("sagemaker", "create_auto_ml_job_v2", **request)

    def has_package(self, arn: str) -> None:
        """Let a version be approved in the model registry."""
        containers = [{"Image": "1.dkr.ecr/any", "ModelDataUrl": "s3://shop-models/m.tar.gz"}]
        self.aws.packages[arn] = {
            "_token": "",
            "ModelApprovalStatus": "Approved",
            "InferenceSpecification": {"Containers": containers},
            "CustomerMetadataProperties": {packages.DIGEST: packages.containers_digest(containers)},
        }

    def deploy(self, stacks: list[Synthesized]) -> None:
        """Create every stack.

        Raises:
            AssertionError: If a request fails, or a role may not do what it is for.
        """
        for stack in stacks:
            self._stack(stack.name, stack.template, {}, stack)
        for stack, kind, _, properties in self.made:
            if kind == "AutoMLRelease":
                self._check_release(stack, properties)
            else:
                self.roles.check(kind, properties, stack.aws)

    def delete(self) -> None:
        """Delete what was made, the last first.

        Raises:
            AssertionError: If a request fails.
        """
        self.aws.physical_ids.clear()
        for stack, kind, logical_id, properties in reversed(self.made):
            physical_id = stack.physical_ids[logical_id]
            stack.status = "DELETE_IN_PROGRESS"
            ids = {"LogicalResourceId": logical_id, "PhysicalResourceId": physical_id}
            answer = stack.send(stack.event("Delete", kind, properties, **ids))
            assert answer["Status"] == "SUCCESS", answer["Reason"]

    def _stack(
        self, name: str, template: Template, parameters: dict[str, Any], source: Synthesized
    ) -> dict[str, Any]:
        """Create a stack; return its outputs."""
        values = dict(self._read(template)) | parameters
        environment = Environment(
            stack_name=name,
            stack_id=f"{_ACCOUNT}/{name}/0a1b2c",
            parameters=values,
            physical_ids={},
            attributes={},
            imports=self.exports,
        )
        stack = RealStack(self.aws, environment, template)
        for logical_id in in_order(template.get("Resources", {})):
            self._resource(stack, logical_id, source)
        outputs = {}
        for key, output in template.get("Outputs", {}).items():
            outputs[key] = environment.resolve(output["Value"], template)
            if "Export" in output:
                exported = environment.resolve(output["Export"]["Name"], template)
                self.exports[exported] = outputs[key]
        return outputs

    def _check_release(self, stack: RealStack, properties: dict[str, Any]) -> None:
        """Look whether the release serves, and whether its roles may do what they are for."""
        record = self.aws.record(stack.table, properties["Key"], "R#00000001")
        assert record["state"] == "in-service", record["reason"]
        self.roles.check("AutoMLJobV2", properties["Job"], self.aws)
        model = {**properties["Model"], "AutoMLJobName": record["job"]}
        self.roles.check("AutoMLModel", model, self.aws)

    def _read(self, template: Template) -> Iterator[tuple[str, str]]:
        """Yield what CloudFormation looks up in the parameter store."""
        for name, parameter in template.get("Parameters", {}).items():
            if parameter["Type"] == _PARAMETER_VALUE and name != "BootstrapVersion":
                yield name, self.aws.parameters[parameter["Default"]]

    def _resource(self, stack: RealStack, logical_id: str, source: Synthesized) -> None:
        resource = stack.template["Resources"][logical_id]
        kind = resource["Type"]
        properties = stack.known.resolve(resource.get("Properties", {}), stack.template)
        if kind == "AWS::CloudFormation::Stack":
            file = resource["Metadata"]["aws:asset:path"]
            inner = json.loads((source.folder / file).read_text())
            name = f"{stack.known.stack_name}-{logical_id}-1AB2C3D4E5F6G"
            outputs = self._stack(name, inner, properties.get("Parameters", {}), source)
            for key, value in outputs.items():
                stack.attributes[f"{logical_id}.Outputs.{key}"] = value
        elif kind == "AWS::DynamoDB::Table":
            stack.has_table(stack.known.resolve({"Ref": logical_id}, stack.template))
        elif kind == "AWS::EC2::SecurityGroup":
            stack.attributes[f"{logical_id}.GroupId"] = "sg-1a2b"
        elif kind == "AWS::SSM::Parameter":
            assert properties["Value"], f"SSM takes no empty value: {logical_id}"
            self.aws.parameters[properties["Name"]] = properties["Value"]
        elif kind.startswith("AWS::IAM::"):
            self.roles.add(kind, properties, stack.arn_of(logical_id))
        elif kind.startswith("Custom::AutoML"):
            self._custom(stack, logical_id, kind.removeprefix("Custom::"), properties)

    def _custom(
        self, stack: RealStack, logical_id: str, kind: str, properties: dict[str, Any]
    ) -> None:
        answer = stack.create(kind, properties, LogicalResourceId=logical_id)
        assert answer["Status"] == "SUCCESS", f"{logical_id}: {answer['Reason']}"
        physical_id = answer["PhysicalResourceId"]
        self.aws.physical_ids[stack.stack_id, logical_id] = physical_id
        stack.physical_ids[logical_id] = physical_id
        for key, value in answer["Data"].items():
            stack.attributes[f"{logical_id}.{key}"] = value
        self.made.append((stack, kind, logical_id, properties))


class RealStack(Stack):
    """A stack whose function has the policies of its template.

    Attributes:
        known: The values of the template.
        template: The template.
    """

    def __init__(self, aws: FakeAws, known: Environment, template: Template) -> None:
        super().__init__(aws, known.stack_id)
        self.known = known
        self.template = template
        self.follows_requests = False
        self.enforces_rights = True
        self.physical_ids: dict[str, str] = known.physical_ids  # type: ignore[assignment]
        self.attributes: dict[str, Any] = known.attributes  # type: ignore[assignment]
        self._rights: list[dict[str, Any]] | None = None

    def documents(self) -> list[dict[str, Any]]:
        """Return the policies of the function, once there is one."""
        if self._rights is None:
            self._rights = self.known.function_documents(self.template)
        return self._rights

    def has_table(self, name: str) -> None:
        """Let the function know the table of releases."""
        self.table = name
        self.environment = replace(self.environment, releases_table=name)

    def arn_of(self, logical_id: str) -> str:
        """Return the ARN of a resource, or its name where it has none."""
        if self.template["Resources"][logical_id]["Type"] == "AWS::IAM::Policy":
            return logical_id
        return str(self.known.resolve({"Fn::GetAtt": [logical_id, "Arn"]}, self.template))


def in_order(resources: Mapping[str, Any]) -> list[str]:
    """Return logical ids so that what is referred to comes first.

    Raises:
        AssertionError: If there is a circle.
    """
    uses = {name: set(_used_by(resource)) & set(resources) for name, resource in resources.items()}
    done: dict[str, None] = {}
    while len(done) < len(uses):
        ready = [name for name in uses if name not in done and uses[name] <= done.keys()]
        assert ready, f"a circle: {[name for name in uses if name not in done]}"
        done.update(dict.fromkeys(ready))
    return list(done)


def _used_by(value: Any) -> Iterator[str]:
    match value:
        case {"Ref": name}:
            yield name
        case {"Fn::GetAtt": [name, _]}:
            yield name
        case {"Fn::Sub": str(text)}:
            yield from (part.partition("}")[0].partition(".")[0] for part in text.split("${")[1:])
        case dict():
            needed = value.get("DependsOn", [])
            yield from [needed] if isinstance(needed, str) else needed
            for item in value.values():
                yield from _used_by(item)
        case list():
            for item in value:
                yield from _used_by(item)
