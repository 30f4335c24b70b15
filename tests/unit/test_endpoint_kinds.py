"""Which kind of endpoint a configuration makes; a configuration may be anything."""

import pytest
from automlv2_handlers.domain.endpoint_kinds import ASYNCHRONOUS, INSTANCES, SERVERLESS, kind_of

SERVERLESS_VARIANT = {"ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 1}}


@pytest.mark.parametrize(
    ("config", "kind"),
    [
        ({}, INSTANCES),
        ({"ProductionVariants": "no list"}, INSTANCES),
        ({"ProductionVariants": ["no mapping", {"InstanceType": "ml.m5.large"}]}, INSTANCES),
        ({"ProductionVariants": [{}, SERVERLESS_VARIANT]}, SERVERLESS),
        ({"ProductionVariants": [{}], "AsyncInferenceConfig": {"OutputConfig": {}}}, ASYNCHRONOUS),
    ],
)
def test_a_configuration_is_of_one_kind(config, kind):
    assert kind_of(config) == kind
