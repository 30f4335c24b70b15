"""Models and endpoint configurations: records that cannot be changed."""

from __future__ import annotations

from typing import Any

from .naming import Naming


class Models(Naming):
    """The operations on models and endpoint configurations.

    Attributes:
        models: Every model, by name.
        configs: Every endpoint configuration, by name.
    """

    def __init__(self) -> None:
        super().__init__()
        self.models: dict[str, dict[str, Any]] = {}
        self.configs: dict[str, dict[str, Any]] = {}

    def has_models(self, *names: str) -> None:
        """Let there be models of somebody else's."""
        for name in names:
            self._create_model(ModelName=name, Tags=[])

    def note_if_served(self, what: str, configs: list[str]) -> None:
        """Take down that something is deleted which an endpoint serves; see ``Endpoints``."""

    def _create_model(self, ModelName: str, **request: Any) -> dict[str, Any]:  # noqa: N803
        return {"ModelArn": self.keep(self.models, "model", "CreateModel", ModelName, request)}

    def _describe_model(self, ModelName: str) -> dict[str, Any]:  # noqa: N803
        found = self.get(self.models, "model", "DescribeModel", ModelName)
        return {"ModelName": ModelName, **found, "ModelArn": self.arn("model", ModelName)}

    def _delete_model(self, ModelName: str) -> dict[str, Any]:  # noqa: N803
        self.get(self.models, "model", "DeleteModel", ModelName)
        named = [name for name, config in self.configs.items() if ModelName in models_of(config)]
        self.note_if_served("model", named)
        self.drop(self.models, "model", "DeleteModel", ModelName)
        return {}

    def _list_models(self, **request: Any) -> dict[str, Any]:
        known = [
            {"ModelName": name, "ModelArn": self.arn("model", name)}
            for name in self.names_listed(self.models, "model")
        ]
        return self.page_of(known, "Models", "ModelName", request)

    def _create_endpoint_config(self, EndpointConfigName: str, **request: Any) -> dict[str, Any]:  # noqa: N803
        operation = "CreateEndpointConfig"
        for variant in variants_of(request):
            self.get(self.models, "model", operation, variant["ModelName"])
        kind = "endpoint-config"
        arn = self.keep(self.configs, kind, operation, EndpointConfigName, request)
        return {"EndpointConfigArn": arn}

    def _describe_endpoint_config(self, EndpointConfigName: str) -> dict[str, Any]:  # noqa: N803
        kind = "endpoint-config"
        found = self.get(self.configs, kind, "DescribeEndpointConfig", EndpointConfigName)
        arn = self.arn(kind, EndpointConfigName)
        return {"EndpointConfigName": EndpointConfigName, **found, "EndpointConfigArn": arn}

    def _list_endpoint_configs(self, **request: Any) -> dict[str, Any]:
        kind = "endpoint-config"
        known = [
            {"EndpointConfigName": name, "EndpointConfigArn": self.arn(kind, name)}
            for name in self.names_listed(self.configs, kind)
        ]
        return self.page_of(known, "EndpointConfigs", "EndpointConfigName", request)

    def _delete_endpoint_config(self, EndpointConfigName: str) -> dict[str, Any]:  # noqa: N803
        kind, operation = "endpoint-config", "DeleteEndpointConfig"
        self.get(self.configs, kind, operation, EndpointConfigName)
        self.note_if_served("configuration", [EndpointConfigName])
        self.drop(self.configs, kind, operation, EndpointConfigName)
        return {}


def models_of(config: dict[str, Any]) -> list[str]:
    """Return the names of the models that a configuration serves."""
    return [str(item.get("ModelName", "")) for item in variants_of(config)]


def variants_of(config: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the variants of a configuration, shadows included."""
    return [*config.get("ProductionVariants", []), *config.get("ShadowProductionVariants", [])]
