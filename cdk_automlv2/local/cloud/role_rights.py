"""What a service may do: as a role that trusts it, or by the policy of what it delivers to.

ministack decides for callers of its API. Step Functions, EventBridge and Scheduler call nobody
there, and are asked for here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Deed:
    """Something done to a resource.

    Attributes:
        action: Such as ``lambda:InvokeFunction``.
        resource: Its ARN.
        context: Condition keys and their values.
    """

    action: str
    resource: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """On behalf of what a service acts.

    Attributes:
        service: Such as ``states.amazonaws.com``.
        arn: The state machine, rule or schedule; for a schedule its group's.
    """

    service: str
    arn: str

    @property
    def region(self) -> str:
        """Where it is."""
        return self.arn.split(":")[3]

    @property
    def account(self) -> str:
        """Whose it is."""
        return self.arn.split(":")[4]

    @property
    def context(self) -> dict[str, Any]:
        """What policies against confused deputies look at."""
        return {"aws:SourceAccount": self.account, "aws:SourceArn": self.arn}


def role_record(role_arn: str) -> dict[str, Any] | None:
    """Return ministack's record of a role; ``None`` if there is no role of that ARN."""
    from ministack.services import iam

    parts = role_arn.split(":")
    if len(parts) != 6:
        return None
    found: dict[str, Any] | None = iam._roles.get_scoped(
        parts[4], None, role_arn.rpartition("/")[2]
    )
    return found if found and found["Arn"] == role_arn else None


def trusts(role: Mapping[str, Any], service: str, region: str, context: Mapping[str, Any]) -> bool:
    """Whether the role's trust policy lets the service assume it; a Deny wins."""
    from ministack.core import iam_evaluator as iam

    document = role["AssumeRolePolicyDocument"]
    document = json.loads(document) if isinstance(document, str) else document
    listed = document["Statement"]
    statements = [
        {**statement, "Resource": "*"}
        for statement in (listed if isinstance(listed, list) else [listed])
        if iam._service_principal_matches(statement.get("Principal"), service)
    ]
    asked = iam.EvalContext(
        principal_arn=service,
        principal_type="Service",
        principal_account="",
        action="sts:AssumeRole",
        resource_arn=role["Arn"],
        region=region,
        secure_transport=True,
        service_context=lowered(context),
    )
    policy = iam.parse_policy_document({"Statement": statements})
    return bool(iam.evaluate(asked, [policy]).decision == "Allow")


def refusal_as_role(role_arn: str, source: Source, deed: Deed) -> str:
    """Return why a service that acts as a role may not do something; empty if it may."""
    from ministack.core import iam_evaluator as iam
    from ministack.services import iam as roles

    role = role_record(role_arn)
    if role is None or not trusts(role, source.service, source.region, source.context):
        return f"{source.service} is not authorized to assume the provided role {role_arn}"
    account, name = role_arn.split(":")[4], role["RoleName"]
    limits = tuple(iam._permissions_boundary(roles._roles, name, account))
    session = source.arn.rpartition(":")[2].rpartition("/")[2]
    principal = f"arn:aws:sts::{account}:assumed-role/{name}/{session}"
    asked = _asked(principal, "AssumedRole", account, source, deed)
    decision = iam.evaluate(asked, iam._gather_role_policies(name, account), *limits)
    found = iam._resource_policy(deed.action.partition(":")[0], deed.resource)
    if found is not None:
        decision = iam.combine_resource_policy(decision, asked, *found, limits=limits)
    if decision.decision == "Allow":
        return ""
    return denial(principal, deed.action, deed.resource, explicit=decision.decision == "Deny")


def refusal_by_policy(source: Source, deed: Deed) -> str:
    """Return why the policy of a resource does not let a service use it; empty if it does."""
    from ministack.core import iam_evaluator as iam

    policy, _ = iam._resource_policy(deed.action.partition(":")[0], deed.resource) or ("", None)
    asked = _asked("*", "Service", "", source, deed)
    decision = iam.evaluate_resource_policy(policy, asked, service=source.service)
    if decision.decision == "Allow":
        return ""
    return f"{source.service} may not {deed.action} {deed.resource}: its policy does not allow it"


def denial(principal: str, action: str, resource: str, *, explicit: bool) -> str:
    """Return IAM's words of a refusal."""
    how = "with an explicit deny in" if explicit else "because no"
    what = "an identity-based policy" if explicit else "identity-based policy"
    return (
        f"User: {principal} is not authorized to perform: {action} on resource: {resource} "
        f"{how} {what}" + ("" if explicit else f" allows the {action} action")
    )


def lowered(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return condition keys as ministack looks them up."""
    return {key.lower(): value for key, value in context.items()}


def _asked(principal: str, kind: str, account: str, source: Source, deed: Deed) -> Any:
    from ministack.core import iam_evaluator as iam

    # A role's session carries no source; a service that calls by itself does.
    context = {**deed.context, **(source.context if kind == "Service" else {})}
    return iam.EvalContext(
        principal_arn=principal,
        principal_type=kind,
        principal_account=account,
        action=deed.action,
        resource_arn=deed.resource,
        region=source.region,
        secure_transport=True,
        service_context=lowered(context),
    )
