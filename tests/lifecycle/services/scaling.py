"""Application Auto Scaling, as far as the function and SageMaker look at it."""

from __future__ import annotations

from typing import Any

from .errors import client_error
from .tagging import Tagging

_START = "arn:aws:application-autoscaling:eu-west-1:111122223333:scalable-target/"
Key = tuple[str, str]
"""Resource id and dimension."""


class Scaling(Tagging):
    """The operations on scalable targets.

    Attributes:
        targets: Capacities and ARN of each target.
        policies, actions: Of each target, by their names.
        scaling_alarms: Alarms that the function has put, by their names.
    """

    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[Key, dict[str, Any]] = {}
        self.policies: dict[Key, dict[str, dict[str, Any]]] = {}
        self.actions: dict[Key, dict[str, dict[str, Any]]] = {}
        self.scaling_alarms: dict[str, dict[str, Any]] = {}
        self._registered = 0

    def scaled_variants(self, endpoint: str) -> set[str]:
        """Return the variants of an endpoint that have a target."""
        start = f"endpoint/{endpoint}/variant/"
        return {key[0].removeprefix(start) for key in self.targets if key[0].startswith(start)}

    def scaling_of(self, resource: str, dimension: str) -> dict[str, Any]:
        """Return all that is known of one target, its ARN left aside."""
        key = resource, dimension
        found = {name: self.targets[key][name] for name in ("MinCapacity", "MaxCapacity")}
        tags = self.tags[self.targets[key]["ScalableTargetARN"]]
        kept = {"policies": self.policies[key], "actions": self.actions[key], "tags": dict(tags)}
        return {"id": resource, **found, **kept}

    def forget_scaling(self, endpoint: str) -> None:
        """An endpoint goes, and its targets with it."""
        for key in list(self.targets):
            if key[0].startswith(f"endpoint/{endpoint}/variant/"):
                self._forget(key)

    def _register_scalable_target(self, **request: Any) -> dict[str, Any]:
        key = _key(request)
        if key not in self.targets:
            self._registered += 1
            arn = f"{_START}{self._registered:04}"
            self.targets[key] = {"ScalableTargetARN": arn}
            self.policies[key], self.actions[key] = {}, {}
            given = [{"Key": k, "Value": v} for k, v in request.get("Tags", {}).items()]
            self.tag_at_creation(arn, {"Tags": given})
        elif "Tags" in request:
            raise client_error(
                "RegisterScalableTarget", "ValidationException", "tags of a target that exists"
            )
        target = self.targets[key]
        target |= {name: request[name] for name in ("MinCapacity", "MaxCapacity")}
        if target["MinCapacity"] > target["MaxCapacity"]:
            words = "Maximum capacity cannot be less than minimum capacity"
            raise client_error("RegisterScalableTarget", "ValidationException", words)
        return {"ScalableTargetARN": target["ScalableTargetARN"]}

    def _describe_scalable_targets(self, ResourceIds: list[str], **_: Any) -> dict[str, Any]:  # noqa: N803
        found = [
            {"ResourceId": key[0], "ScalableDimension": key[1], **target}
            for key, target in self.targets.items()
            if key[0] in ResourceIds
        ]
        return {"ScalableTargets": found}

    def _deregister_scalable_target(self, **request: Any) -> dict[str, Any]:
        self._target("DeregisterScalableTarget", request)
        self._forget(_key(request))
        return {}

    def _list_tags_for_resource(self, ResourceARN: str) -> dict[str, Any]:  # noqa: N803
        if ResourceARN not in self.tags:
            raise client_error("ListTagsForResource", "ResourceNotFoundException", ResourceARN)
        return {"Tags": dict(self._tags_seen(ResourceARN))}

    def _tag_resource(self, ResourceARN: str, Tags: dict[str, str]) -> dict[str, Any]:  # noqa: N803
        if ResourceARN not in self.tags:
            raise client_error("TagResource", "ResourceNotFoundException", ResourceARN)
        self._add_tags(ResourceARN, [{"Key": k, "Value": v} for k, v in Tags.items()])
        return {}

    def _put_scaling_policy(self, **request: Any) -> dict[str, Any]:
        target = self._target("PutScalingPolicy", request)
        self.policies[_key(request)][request["PolicyName"]] = request
        uid = target["ScalableTargetARN"].rpartition("/")[2]
        return {"PolicyARN": f"arn:aws:autoscaling:::{uid}:policyName/{request['PolicyName']}"}

    def _describe_scaling_policies(self, **request: Any) -> dict[str, Any]:
        return {"ScalingPolicies": list(self.policies.get(_key(request), {}).values())}

    def _delete_scaling_policy(self, **request: Any) -> dict[str, Any]:
        self._target("DeleteScalingPolicy", request)
        del self.policies[_key(request)][request["PolicyName"]]
        return {}

    def _put_scheduled_action(self, **request: Any) -> dict[str, Any]:
        self._target("PutScheduledAction", request)
        self.actions[_key(request)][request["ScheduledActionName"]] = request
        return {}

    def _describe_scheduled_actions(self, **request: Any) -> dict[str, Any]:
        return {"ScheduledActions": list(self.actions.get(_key(request), {}).values())}

    def _delete_scheduled_action(self, **request: Any) -> dict[str, Any]:
        self._target("DeleteScheduledAction", request)
        del self.actions[_key(request)][request["ScheduledActionName"]]
        return {}

    def _put_metric_alarm(self, **request: Any) -> dict[str, Any]:
        self.scaling_alarms[request["AlarmName"]] = request
        return {}

    def _delete_alarms(self, AlarmNames: list[str]) -> dict[str, Any]:  # noqa: N803
        for name in AlarmNames:
            self.scaling_alarms.pop(name, None)
        return {}

    def _target(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        if _key(request) not in self.targets:
            words = f"No scalable target registered for {request['ResourceId']}"
            raise client_error(operation, "ObjectNotFoundException", words)
        return self.targets[_key(request)]

    def _forget(self, key: Key) -> None:
        target = self.targets.pop(key)
        del self.policies[key], self.actions[key]
        self.forget_tags(target["ScalableTargetARN"])


def _key(request: dict[str, Any]) -> Key:
    return request["ResourceId"], request["ScalableDimension"]
