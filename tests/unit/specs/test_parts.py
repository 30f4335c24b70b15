"""Variants, capture, asynchronous inference, deployments, alarms, retraining: judged in files."""

import subprocess
import sys
from pathlib import Path

import pytest

from .files import SERVED, SMALLEST, faults

ROOT = Path(__file__).parents[3]
TOPIC = "arn:aws:sns:eu-west-1:111122223333:told"
WEIGHT = "initial_variant_weight: 0.1"
WHOLE = f"""{SMALLEST}endpoint:
  variants:
    - {{kind: instance, variant_name: champion, instance_type: ml.m5.large, model_name: churn-1}}
    - {{kind: instance, variant_name: challenger, instance_type: ml.m5.large, {WEIGHT}}}
  data_capture: {{destination: s3://logs/churn/, initial_sampling_percentage: 10}}
  deployment:
    strategy: canary
    percent: 50
    wait: 10 minutes
    alarms: [quality]
    latency: 200 milliseconds
  alarms: {{errors: 2, latency: 1 second, notify: ["{TOPIC}"]}}
"""
RELEASED = f"""{SERVED}release:
  notify: {TOPIC}
  keep_history: true
  retraining:
    - {{kind: schedule, schedule: cron(0 3 ? * SUN *), time_zone: Europe/Berlin}}
    - {{kind: new_data, bucket: shop-data, prefix: churn/, quiet_for: 30 minutes}}
    - {{kind: alarm, alarm: quality, cool_down: 2 days}}
"""


@pytest.mark.parametrize("text", [WHOLE, RELEASED])
def test_what_an_endpoint_and_a_release_may_have_has_a_form(tmp_path, text):
    assert faults(tmp_path, text) == []


def test_an_asynchronous_endpoint_has_a_form(tmp_path):
    text = f"""{SERVED}  async_inference:
    output: s3://answers/churn/
    inputs: [s3://requests/]
    success_topic: {TOPIC}
    include_inference_response_in: [SUCCESS_NOTIFICATION_TOPIC]
    max_concurrent_invocations_per_instance: 4
  alarms: {{age: 1 hour}}
"""
    assert faults(tmp_path, text) == []


def test_a_serverless_endpoint_and_a_shadow_have_a_form(tmp_path):
    serverless = (
        f"{SMALLEST}endpoint:\n  variants: [{{kind: serverless, memory_size_in_mb: 3072}}]\n"
    )
    config = "problem_config:\n  kind: tabular\n"
    serverless = serverless.replace(config, f"{config}  mode: ENSEMBLING\n")
    assert faults(tmp_path, serverless) == []

    shadow = f"{SERVED}  shadow_variant: {{instance_type: ml.c5.large, model_name: churn-2}}\n"
    assert faults(tmp_path, shadow) == []


OF_ENDPOINT = [
    ("kind: instance, variant_name: champion", "kind: instanc", "7:14", "use 'instance'"),
    ("percent: 50", "percent: 60", "12:14", "must be 1 to 50 for canary, got 60"),
    ("wait: 10 minutes", "wait: 2 hours", "13:11", "deployment.wait: must be 0 to 3600 seconds"),
    ("wait: 10 minutes", "wait: 600", "13:11", "must be a number and a unit"),
    ("    wait: 10 minutes\n", "", "11:5", "endpoint.deployment.wait: must be"),
    ("strategy: canary", "strategy: slowly", "11:15", "must be one of all_at_once, canary"),
    ("latency: 200 milliseconds", "latency: 0.2 s", "15:14", "such as 200 milliseconds"),
    ("percentage: 10", "percentage: 101", "9:78", "must be 0 to 100, got 101"),
    ("destination: s3://logs/churn/", "destination: logs", "9:31", "destination"),
    ("errors: 2", "errors: 200", "16:20", "must be 0 or more, and less than 100"),
    ("errors: 2", "age: 1 hour", "16:17", "only asynchronous endpoints have a queue"),
    (TOPIC, "told", "16:51", "must be the ARN of an SNS topic"),
    ("variant_name: challenger", "variant_name: champion", "8:38", "must be another one"),
    ("variant_name: challenger, ", "", "8:7", "variants[1].variant_name: must be set"),
    ("initial_variant_weight: 0", "initial_variant_weight: -1", "8:", "weight: must be 0"),
    ("model_name: churn-1", "model_name: '-'", "7:88", "must be the name of a model"),
    ("ml.m5.large, model", "m5.large, model", "7:63", "use 'ml.m5.large'"),
    ("  deployment:", "  instance_type: ml.m5.large\n  deployment:", "10:18", "beside variants"),
    ("strategy: canary", "strategy: rolling", "11:5", "not be rolling where there are several"),
]


@pytest.mark.parametrize(("old", "new", "place", "said"), OF_ENDPOINT)
def test_a_fault_of_a_part_is_told_with_its_place_and_the_fix(tmp_path, old, new, place, said):
    assert old in WHOLE

    found = faults(tmp_path, WHOLE.replace(old, new))

    assert any(fault.startswith(place) and said in fault for fault in found), found


ALARM = "{kind: alarm, alarm: quality, cool_down: 2 days}"
OF_RELEASE = [
    ("cron(0 3 ? * SUN *)", "every sunday", "11:34", "schedule: must be cron(…) of six fields"),
    ("Europe/Berlin", "Europe/Berlim", "11:66", "use 'Europe/Berlin'"),
    ("30 minutes", "30 days", "12:70", "quiet_for: must be 1 s to 7 days"),
    ("quiet_for: 30 minutes", "max_wait: 1 minute", "12:69", "max_wait: must be quiet_for"),
    ("bucket: shop-data", "bucket: s3://shop-data", "12:32", "must be the name of a bucket"),
    ("bucket: shop-data, ", "", "12:7", "release.retraining[1].bucket: must be set"),
    ("kind: alarm, alarm", "kind: alarms, alarm", "13:14", "must be one of schedule, new_data"),
    (ALARM, "{kind: schedule, schedule: rate(7 days)}", "13:7", "retraining[2].id: must be set"),
    (f"notify: {TOPIC}", "notify: told", "8:11", "must be the ARN of an SNS topic"),
]


@pytest.mark.parametrize(("old", "new", "place", "said"), OF_RELEASE)
def test_a_fault_of_retraining_is_told_with_its_place_and_the_fix(tmp_path, old, new, place, said):
    assert old in RELEASED

    found = faults(tmp_path, RELEASED.replace(old, new))

    assert any(fault.startswith(place) and said in fault for fault in found), found


def test_a_release_has_no_variants(tmp_path):
    text = WHOLE + "release: {}\n"

    assert any(
        "endpoint.variants: cannot be used with release" in one for one in faults(tmp_path, text)
    )


def test_an_endpoint_without_instance_type_and_variants_is_told_both_ways(tmp_path):
    [fault] = faults(tmp_path, f"{SMALLEST}endpoint: {{}}\n")

    assert "endpoint.instance_type: must be set" in fault
    assert "or give variants" in fault


@pytest.mark.parametrize("text", [WHOLE, RELEASED])
def test_parts_are_judged_without_the_cdk_and_without_node(tmp_path, text):
    path = tmp_path / "churn.automlv2.yaml"
    path.write_text(text)
    code = (
        "import sys; from cdk_automlv2.specs.spec import check; from pathlib import Path\n"
        f"assert check(Path({str(path)!r}))[1] == []\n"
        "assert not {'aws_cdk', 'jsii', 'constructs'} & set(sys.modules)\n"
    )

    environment = {"PATH": "", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)


OF_REGISTRATION = [
    ("a/b", "register_in: must match"),
    ("{group: a/b}", "register_in.group: must match"),
    ("{approval_status: Approved}", "register_in.group: must be set"),
    ("{group: churn, approval_status: Aproved}", "must be one of Approved, PendingManualApproval"),
    ("{group: churn, approval: Approved}", "use 'approval_status'"),
    ("{group: churn, removal_policy: SNAPSHOT}", "must be one of DESTROY, RETAIN"),
]


@pytest.mark.parametrize("part", ["model", "release"])
@pytest.mark.parametrize(("given", "said"), OF_REGISTRATION)
def test_a_fault_of_a_registration_is_told_with_its_place_and_the_fix(tmp_path, part, given, said):
    text = f"{SMALLEST if part == 'model' else SERVED}{part}:\n  register_in: {given}\n"
    line = text[: text.index("register_in")].count("\n") + 1

    found = faults(tmp_path, text)

    assert any(fault.startswith(f"{line}:") and said in fault for fault in found), found


def test_a_model_of_a_release_is_registered_by_the_release(tmp_path):
    text = f"{SERVED}model:\n  register_in: churn\nrelease: {{}}\n"

    assert any("model.register_in: cannot be used" in one for one in faults(tmp_path, text))
