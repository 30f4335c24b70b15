"""The policy documents of a template, as CloudFormation would make them.

References to resources become names that are made up, but always the same; what is known better
(names, attributes, parameters) is given to ``Environment``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Template = Mapping[str, Any]
_ARNS = {
    "AWS::DynamoDB::Table": "arn:{partition}:dynamodb:{region}:{account}:table/{name}",
    "AWS::IAM::Role": "arn:{partition}:iam::{account}:role{path}{name}",
    "AWS::IAM::ManagedPolicy": "arn:{partition}:iam::{account}:policy{path}{name}",
    "AWS::KMS::Key": "arn:{partition}:kms:{region}:{account}:key/{name}",
    "AWS::Lambda::Function": "arn:{partition}:lambda:{region}:{account}:function:{name}",
    "AWS::Logs::LogGroup": "arn:{partition}:logs:{region}:{account}:log-group:{name}:*",
    "AWS::S3::Bucket": "arn:{partition}:s3:::{name}",
    "AWS::SNS::Topic": "arn:{partition}:sns:{region}:{account}:{name}",
    "AWS::SQS::Queue": "arn:{partition}:sqs:{region}:{account}:{name}",
    "AWS::StepFunctions::StateMachine": (
        "arn:{partition}:states:{region}:{account}:stateMachine:{name}"
    ),
}
_NAMES = ("RoleName", "BucketName", "FunctionName", "ManagedPolicyName", "StateMachineName", "Name")
_REF_IS_ARN = frozenset(
    {"AWS::IAM::ManagedPolicy", "AWS::SNS::Topic", "AWS::StepFunctions::StateMachine"}
)


@dataclass(frozen=True)
class Environment:
    """Where and as what a template is deployed.

    Attributes:
        parameters: Values of the template's parameters; else their defaults.
        physical_ids: What ``Ref`` returns for a resource, by logical id.
        attributes: What ``Fn::GetAtt`` returns, by ``LogicalId.Attribute``.
        imports: Exports of other stacks.
    """

    account: str = "111122223333"
    region: str = "eu-west-1"
    partition: str = "aws"
    stack_name: str = "Shop"
    stack_id: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    physical_ids: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    imports: Mapping[str, str] = field(default_factory=dict)

    def documents_of(self, template: Template, role: str) -> list[dict[str, Any]]:
        """Return every policy document of the role with that logical id, resolved."""
        resources = template["Resources"]
        found = [
            policy["PolicyDocument"] for policy in resources[role]["Properties"].get("Policies", [])
        ]
        managed = resources[role]["Properties"].get("ManagedPolicyArns", [])
        for logical_id, resource in resources.items():
            attached = {"Ref": role} in resource.get("Properties", {}).get("Roles", [])
            kind = resource["Type"]
            named = kind == "AWS::IAM::ManagedPolicy" and {"Ref": logical_id} in managed
            if named or (attached and kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")):
                found.append(resource["Properties"]["PolicyDocument"])
        return [self.resolve(document, template) for document in found]

    def function_documents(self, template: Template) -> list[dict[str, Any]]:
        """Return the documents of the role of the function behind the custom resources."""
        [role] = {
            resource["Properties"]["Role"]["Fn::GetAtt"][0]
            for resource in template["Resources"].values()
            if resource["Type"] == "AWS::Lambda::Function"
            and resource["Properties"]["Handler"] == "automlv2_handlers.entry.handler"
        }
        return self.documents_of(template, role)

    def resolve(self, value: Any, template: Template) -> Any:
        """Return a value of a template with its intrinsic functions replaced."""
        if isinstance(value, list):
            items = (self.resolve(item, template) for item in value)
            return [item for item in items if item is not _NO_VALUE]
        if not isinstance(value, Mapping):
            return value
        if len(value) == 1:
            [(name, argument)] = value.items()
            if name in ("Ref", "Condition") or name.startswith("Fn::"):
                return self._call(name, argument, template)
        resolved = {key: self.resolve(item, template) for key, item in value.items()}
        return {key: item for key, item in resolved.items() if item is not _NO_VALUE}

    def _call(self, name: str, argument: Any, template: Template) -> Any:
        if name == "Condition" and not isinstance(argument, str):
            return {name: self.resolve(argument, template)}
        if name == "Ref":
            return self._ref(argument, template)
        if name == "Fn::GetAtt":
            logical_id, attribute = (
                argument if isinstance(argument, list) else argument.split(".", 1)
            )
            return self._attribute(logical_id, attribute, template)
        if name == "Fn::If":
            condition, yes, no = argument
            return self.resolve(yes if self._is_met(condition, template) else no, template)
        if name == "Fn::Sub":
            return self._sub(argument, template)
        return self._of_values(name, self.resolve(argument, template), template)

    def _of_values(self, name: str, given: Any, template: Template) -> Any:
        """Call a function whose arguments are all values."""
        match name:
            case "Fn::Join":
                return given[0].join(str(item) for item in given[1])
            case "Fn::Select":
                return given[1][int(given[0])]
            case "Fn::Split":
                return given[1].split(given[0])
            case "Fn::ImportValue":
                return self.imports[given]
            case "Fn::GetAZs":
                return [f"{self.region}{letter}" for letter in "abc"]
            case "Fn::FindInMap":
                return self.resolve(template["Mappings"][given[0]][given[1]][given[2]], template)
        raise ValueError(f"unknown intrinsic function {name}")

    def _ref(self, name: str, template: Template) -> Any:
        pseudo = {
            "AWS::AccountId": self.account,
            "AWS::NoValue": _NO_VALUE,
            "AWS::Partition": self.partition,
            "AWS::Region": self.region,
            "AWS::StackId": self.stack_id
            or f"arn:{self.partition}:cloudformation:{self.region}:{self.account}:stack/"
            f"{self.stack_name}/0a1b2c",
            "AWS::StackName": self.stack_name,
            "AWS::URLSuffix": "amazonaws.com",
        }
        if name in pseudo:
            return pseudo[name]
        if name in template.get("Parameters", {}):
            default = template["Parameters"][name].get("Default", f"parameter-{name}")
            return self.parameters.get(name, default)
        resource = template["Resources"][name]
        if resource["Type"] in _REF_IS_ARN:
            return self.physical_ids.get(name) or self._arn(name, template)
        return self._name(name, template)

    def _attribute(self, logical_id: str, attribute: str, template: Template) -> Any:
        known = self.attributes.get(f"{logical_id}.{attribute}")
        if known is not None:
            return known
        if attribute == "Arn":
            return self._arn(logical_id, template)
        return f"{self._name(logical_id, template)}.{attribute}"

    def _arn(self, logical_id: str, template: Template) -> str:
        resource = template["Resources"][logical_id]
        form = _ARNS.get(resource["Type"], "arn:{partition}:other:{region}:{account}:{name}")
        path = self.resolve(resource.get("Properties", {}).get("Path", "/"), template)
        return form.format(
            partition=self.partition,
            region=self.region,
            account=self.account,
            path=path,
            name=self._name(logical_id, template),
        )

    def _name(self, logical_id: str, template: Template) -> str:
        if logical_id in self.physical_ids:
            return self.physical_ids[logical_id]
        properties = template["Resources"][logical_id].get("Properties", {})
        for key in _NAMES:
            if key in properties and not isinstance(properties[key], list):
                return str(self.resolve(properties[key], template))
        return f"{self.stack_name}-{logical_id}".lower()

    def _sub(self, argument: Any, template: Template) -> str:
        text, given = argument if isinstance(argument, list) else (argument, {})
        own = {key: self.resolve(item, template) for key, item in given.items()}

        def value(match: re.Match[str]) -> str:
            name = match[1]
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            if name in own:
                return str(own[name])
            if "." in name:
                return str(self._call("Fn::GetAtt", name, template))
            return str(self._ref(name, template))

        return re.sub(r"\$\{([^}]+)\}", value, text)

    def _is_met(self, condition: Any, template: Template) -> bool:
        if isinstance(condition, str):
            return self._is_met(template["Conditions"][condition], template)
        [(name, argument)] = condition.items()
        match name:
            case "Condition":
                return self._is_met(argument, template)
            case "Fn::Equals":
                first, second = self.resolve(argument, template)
                return bool(first == second)
            case "Fn::Not":
                return not self._is_met(argument[0], template)
            case "Fn::And":
                return all(self._is_met(item, template) for item in argument)
            case "Fn::Or":
                return any(self._is_met(item, template) for item in argument)
        raise ValueError(f"unknown condition {name}")


_NO_VALUE = object()
