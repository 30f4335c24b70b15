"""What the commands ask of AWS, from memory."""

import contextlib
import io

from tests.lifecycle.releases import KEY, TYPE


def quiet():
    """Keep the function's log out of what the command prints."""
    return contextlib.redirect_stdout(io.StringIO())


class CloudFormation:
    """What the commands ask of stacks: ``Shop``, with a nested one that has a release, too."""

    def __init__(self, table):
        reference = {"Fn::GetAtt": ["Function", "Arn"]}
        release = {
            "Type": f"Custom::{TYPE}",
            "Properties": {"Key": KEY, "TableName": {"Ref": "Table"}, "ServiceToken": reference},
        }
        inner = {**release, "Properties": {**release["Properties"], "Key": "Inner/Demand"}}
        nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {}}
        self._templates = {
            "Shop": {"Churn": release, "Nested": nested, "Bucket": {"Type": "AWS::S3::Bucket"}},
            "nested-arn": {"Demand": inner},
            "Empty": {},
        }
        self._ids = {"Table": table, "Function": "function", "Nested": "nested-arn"}

    def get_template(self, StackName):  # noqa: N803
        return {"TemplateBody": {"Resources": self._templates[StackName]}}

    def get_paginator(self, operation):
        assert operation == "list_stack_resources"
        return self

    def paginate(self, StackName):  # noqa: N803
        found = [
            {"LogicalResourceId": name, "PhysicalResourceId": own}
            for name, own in self._ids.items()
        ]
        return [{"StackResourceSummaries": found[:1]}, {"StackResourceSummaries": found[1:]}]
