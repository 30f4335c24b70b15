"""Endpoints: statuses follow from how long ago something was asked for."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from .alarms import Alarms
from .errors import invalid
from .models import Models, variants_of
from .scaling import Scaling

_UPDATABLE = frozenset({"InService", "UpdateRollbackFailed"})
_ENDED = frozenset({"Failed", "OutOfService"})
_DELETABLE = frozenset({"InService", "Failed", "OutOfService", "UpdateRollbackFailed"})


class Endpoints(Models, Alarms, Scaling):
    """The operations on endpoints.

    Attributes:
        endpoint_seconds: How long an endpoint takes to be made, updated or deleted.
        rolling_back_seconds: How long it is RollingBack when an update has failed.
        endpoint_end: How creations will end: InService or Failed.
        update_end: How updates will end: InService, RolledBack, UpdateRollbackFailed or Failed.
        endpoints: Every endpoint, by name.
        forgets_weights: Whether weights are taken and come to nothing.
        forgets_counts: Whether numbers of instances are.
        misdeeds: What the function did that no user would forgive.
    """

    def __init__(self) -> None:
        super().__init__()
        self.endpoint_seconds = 300.0
        self.rolling_back_seconds = 60.0
        self.endpoint_end = "InService"
        self.update_end = "InService"
        self.endpoints: dict[str, dict[str, Any]] = {}
        self.forgets_weights = False
        self.forgets_counts = False
        self.misdeeds: list[str] = []

    def seen_endpoint(self, name: str) -> dict[str, Any] | None:
        """Look at an endpoint from outside: no call, no fault, no lag."""
        lag, self.lags.describes = self.lags.describes, 0.0
        try:
            return self._describe_endpoint(EndpointName=name)
        except ClientError:
            return None
        finally:
            self.lags.describes = lag

    def maintain(self, name: str) -> None:
        """Let SageMaker patch the hosts of an endpoint, as it does now and then."""
        endpoint = self.endpoints[name]
        if self._status(name) == "InService":
            endpoint |= {"During": "SystemUpdating", "After": "InService", "Since": self.now}

    def take_out_of_service(self, name: str) -> None:
        """Let an endpoint break down."""
        if self._status(name) == "InService":
            self.endpoints[name] |= {"During": "OutOfService", "After": "OutOfService"}

    def note_if_served(self, what: str, configs: list[str]) -> None:
        for name in list(self.endpoints):
            if self._status(name) in ("Gone", "Deleting", "Failed"):
                continue
            if self.configs_in_use(name) & set(configs):
                self.misdeeds.append(f"deleted the {what} that endpoint {name} serves")

    def configs_in_use(self, name: str) -> set[str]:
        """Return the configurations that an endpoint serves, moves to, or is left between."""
        endpoint = self.endpoints[name]
        used = {endpoint["EndpointConfigName"], endpoint.get("Next", "")}
        if "LastUpdate" in endpoint and self._status(name) == "UpdateRollbackFailed":
            used.add(endpoint["LastUpdate"]["EndpointConfigName"])
        return used - {""}

    def _create_endpoint(self, EndpointName: str, **request: Any) -> dict[str, Any]:  # noqa: N803
        config = request["EndpointConfigName"]
        self.get(self.configs, "endpoint-config", "CreateEndpoint", config)
        self._settle(EndpointName)
        arn = self.keep(self.endpoints, "endpoint", "CreateEndpoint", EndpointName, request)
        self.endpoints[EndpointName] |= {
            "EndpointName": EndpointName,
            "EndpointArn": arn,
            "Since": self.now,
            "During": "Creating",
            "After": self.endpoint_end,
        }
        return {"EndpointArn": arn}

    def _update_endpoint(self, EndpointName: str, **request: Any) -> dict[str, Any]:  # noqa: N803
        operation = "UpdateEndpoint"
        status = self._settle(EndpointName)
        endpoint = self.get(self.endpoints, "endpoint", operation, EndpointName)
        if status not in _UPDATABLE:
            state = f"{status} endpoint" if status in _ENDED else "in-progress endpoint"
            raise invalid(operation, f'Cannot update {state} "{endpoint["EndpointArn"]}".')
        wanted = self.get(self.configs, "endpoint-config", operation, request["EndpointConfigName"])
        serving = self.configs.get(endpoint["EndpointConfigName"], wanted)
        if kind_of(serving) != kind_of(wanted):
            words = f"cannot become {kind_of(wanted)}, as it is {kind_of(serving)}"
            raise invalid(operation, f'Endpoint "{endpoint["EndpointArn"]}" {words}.')
        self._refuse_scaled(EndpointName, serving, wanted)
        endpoint.pop("FailureReason", None)
        rings = self.rings(request.get("DeploymentConfig", {}))
        end = "RolledBack" if rings else self.update_end
        endpoint |= {"During": "Updating", "After": end, "Since": self.now}
        goes_back = end != "InService"
        endpoint["RollingBack"] = self.rolling_back_seconds if goes_back else 0.0
        endpoint["LastUpdate"] = request
        if end == "InService":
            endpoint["Next"] = request["EndpointConfigName"]
        elif end == "RolledBack":
            endpoint |= {"After": "InService", "FailureReason": "canary alarm"}
        return {"EndpointArn": endpoint["EndpointArn"]}

    def _refuse_scaled(self, name: str, old: dict[str, Any], new: dict[str, Any]) -> None:
        """Refuse a move by which scaled instances become others, or go."""
        before, after = (
            {item["VariantName"]: item.get("InstanceType") for item in variants_of(config)}
            for config in (old, new)
        )
        for variant in sorted(self.scaled_variants(name)):
            if variant not in after or before.get(variant) != after[variant]:
                words = f"Variant {variant} has a scalable target; deregister it before"
                raise invalid("UpdateEndpoint", words)

    def _describe_endpoint(self, EndpointName: str) -> dict[str, Any]:  # noqa: N803
        status = self._settle(EndpointName)
        endpoint = self.get(self.endpoints, "endpoint", "DescribeEndpoint", EndpointName)
        shown = {**endpoint, "EndpointStatus": status}
        weights, counts = self.weights_of(EndpointName), self.counts_of(EndpointName)
        if weights:
            shown["ProductionVariants"] = [
                {"VariantName": name, "CurrentWeight": weight, "DesiredWeight": weight}
                | ({"DesiredInstanceCount": counts[name]} if name in counts else {})
                for name, weight in weights.items()
            ]
        return shown

    def counts_of(self, name: str) -> dict[str, int]:
        """Return the numbers of instances that the variants of an endpoint have now."""
        endpoint = self.endpoints[self.key_of(self.endpoints, name) or name]
        config = self.configs.get(endpoint["EndpointConfigName"], {})
        initial = {
            item["VariantName"]: item["InitialInstanceCount"]
            for item in config.get("ProductionVariants", [])
            if "InitialInstanceCount" in item
        }
        live = endpoint.get("Counts", {})
        return {name: live.get(name, count) for name, count in initial.items()}

    def weights_of(self, name: str) -> dict[str, float]:
        """Return the weights by which the traffic of an endpoint is shared now."""
        endpoint = self.endpoints[self.key_of(self.endpoints, name) or name]
        config = self.configs.get(endpoint["EndpointConfigName"], {})
        initial = {
            item["VariantName"]: item.get("InitialVariantWeight", 1.0)
            for item in config.get("ProductionVariants", [])
        }
        live = endpoint.get("Weights", {})
        return {name: live.get(name, weight) for name, weight in initial.items()}

    def _update_endpoint_weights_and_capacities(
        self,
        EndpointName: str,  # noqa: N803
        DesiredWeightsAndCapacities: list[dict[str, Any]],  # noqa: N803
    ) -> dict[str, Any]:
        operation = "UpdateEndpointWeightsAndCapacities"
        status = self._settle(EndpointName)
        endpoint = self.get(self.endpoints, "endpoint", operation, EndpointName)
        if status != "InService":
            raise invalid(operation, f'Cannot update {status} endpoint "{EndpointName}".')
        weights, counts = (
            {item["VariantName"]: item[key] for item in DesiredWeightsAndCapacities if key in item}
            for key in ("DesiredWeight", "DesiredInstanceCount")
        )
        unknown = sorted((weights | counts).keys() - self.weights_of(EndpointName).keys())
        if unknown:
            raise invalid(operation, f"Variants {', '.join(unknown)} not found.")
        if len(counts) > 1:
            raise invalid(operation, "The capacity of one variant can be changed at a time.")
        endpoint |= {"During": "Updating", "After": "InService", "Since": self.now}
        endpoint["RollingBack"] = 0.0
        if not self.forgets_weights:
            endpoint["NextWeights"] = {**endpoint.get("Weights", {}), **weights}
        if not self.forgets_counts:
            endpoint["NextCounts"] = {**endpoint.get("Counts", {}), **counts}
        return {"EndpointArn": endpoint["EndpointArn"]}

    def _delete_endpoint(self, EndpointName: str) -> dict[str, Any]:  # noqa: N803
        status = self._settle(EndpointName)
        endpoint = self.get(self.endpoints, "endpoint", "DeleteEndpoint", EndpointName)
        if status not in _DELETABLE:
            words = f'Cannot delete in-progress endpoint "{endpoint["EndpointArn"]}".'
            raise invalid("DeleteEndpoint", words)
        endpoint |= {"During": "Deleting", "After": "Gone", "Since": self.now}
        self.forget_scaling(EndpointName)
        return {}

    def _settle(self, name: str) -> str:
        """Let what has come to its end by now take effect; return the status, if there is one."""
        key = self.key_of(self.endpoints, name)
        if key is None:
            return "Gone"
        status = self._status(key)
        endpoint = self.endpoints[key]
        if status == "Gone":
            self.drop_gone(key)
        elif status == "InService" and "Next" in endpoint:
            live = {"Weights": self.weights_of(key), "Counts": self.counts_of(key)}
            endpoint["EndpointConfigName"] = endpoint.pop("Next")
            kept = _retained(endpoint["LastUpdate"])
            endpoint |= {what: live[what] if what in kept else {} for what in live}
        elif status == "InService":
            for what in ("Weights", "Counts"):
                if f"Next{what}" in endpoint:
                    endpoint[what] = endpoint.pop(f"Next{what}")
        return status

    def drop_gone(self, name: str) -> None:
        """Forget an endpoint whose deletion has come to its end."""
        del self.endpoints[name]
        self.forget_tags(self.arn("endpoint", name))

    def _status(self, name: str) -> str:
        endpoint = self.endpoints[name]
        moving = self.now - endpoint["Since"] - self.endpoint_seconds
        if moving < 0:
            return str(endpoint["During"])
        if endpoint["During"] == "Updating" and moving < endpoint.get("RollingBack", 0.0):
            return "RollingBack"
        return str(endpoint["After"])


def _retained(update: dict[str, Any]) -> set[str]:
    """Return what an update keeps of an endpoint as it is."""
    if not update.get("RetainAllVariantProperties"):
        return set()
    listed = update.get("ExcludeRetainedVariantProperties", [])
    excluded = {item["VariantPropertyType"] for item in listed}
    kinds = {"DesiredWeight": "Weights", "DesiredInstanceCount": "Counts"}
    return {what for kind, what in kinds.items() if kind not in excluded}


def kind_of(config: dict[str, Any]) -> str:
    """Return which of three kinds of endpoints a configuration makes."""
    if "AsyncInferenceConfig" in config:
        return "asynchronous"
    variants = config.get("ProductionVariants", [])
    return "serverless" if any("ServerlessConfig" in item for item in variants) else "real time"
