"""The checkable form at synth and the one in the handler are one rule."""

import copy

import pytest
from automlv2_handlers.domain.containers import respond_with
from automlv2_handlers.errors import LifecycleError

from cdk_automlv2 import AutoMLV2
from tests.unit.containers import ALGORITHM, LABELS, TRANSFORM


@pytest.mark.parametrize(
    "containers",
    [
        [LABELS],
        [TRANSFORM, ALGORITHM],
        [TRANSFORM, ALGORITHM, LABELS],
        [ALGORITHM, TRANSFORM],
        [ALGORITHM, TRANSFORM, LABELS],
    ],
    ids=["one", "two", "three", "none last", "none between"],
)
@pytest.mark.parametrize(
    "keys",
    [
        [],
        ["labels"],
        ["probability"],
        ["predicted_label", "probability"],
        ["labels", "probabilities", "predicted_label"],
        ["shoe_size"],
    ],
    ids=str,
)
def test_both_say_the_same(containers, keys):
    def outcome(function, error):
        try:
            return function(copy.deepcopy(containers), keys)
        except error as fault:
            return str(fault)

    ours = outcome(AutoMLV2.validate_and_update_inference_response, ValueError)

    assert ours == outcome(respond_with, LifecycleError)
    assert isinstance(ours, str) is bool(set(keys) - set(supported(containers[-1])))


def supported(container):
    return container["Environment"].get("SAGEMAKER_INFERENCE_SUPPORTED", "").split(",")
