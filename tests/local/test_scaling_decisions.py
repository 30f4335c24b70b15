"""Which capacity a policy asks for: arithmetic, without a service."""

from collections import deque

import pytest

from cdk_automlv2.local.sagemaker.autoscaling import decide
from cdk_automlv2.local.sagemaker.autoscaling.targets import Change


@pytest.mark.parametrize(
    ("seen", "current", "wanted"),
    [
        ([], 2, None),
        ([30.0, 30.0, None], 2, None),
        ([30.0, 30.0], 2, 2),
        ([30.0, 30.0, 30.0], 2, 6),
        ([10.5, 10.5, 10.5], 2, 3),
        ([1.0] * 15, 4, 1),
        ([9.5] * 15, 4, 4),
        ([0.0] * 14, 4, 4),
        ([7.0] * 3, 0, 0),
        ([25.0] * 3, 0, 3),
    ],
)
def test_target_tracking_asks_for_what_brings_the_metric_to_its_target(seen, current, wanted):
    assert decide.tracked(10.0, deque(seen), current) == wanted


@pytest.mark.parametrize(
    ("config", "wanted"),
    [
        ({"AdjustmentType": "ExactCapacity"}, 3),
        ({"AdjustmentType": "ChangeInCapacity"}, 13),
        ({"AdjustmentType": "PercentChangeInCapacity"}, 11),
        ({"AdjustmentType": "PercentChangeInCapacity", "MinAdjustmentMagnitude": 4}, 14),
    ],
)
def test_a_step_adjusts_as_its_type_says(config, wanted):
    steps = [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 3}]
    assert decide.stepped({**config, "StepAdjustments": steps}, 2.0, 10) == wanted
    assert decide.stepped({**config, "StepAdjustments": steps}, -2.0, 10) == 10


def test_a_larger_step_need_not_wait():
    assert decide.cools_down(Change(100.0, 1), 300, 200.0, 1)
    assert not decide.cools_down(Change(100.0, 1), 300, 200.0, 2)
    assert not decide.cools_down(Change(100.0, 1), 300, 400.0, 1)
