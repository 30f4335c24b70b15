"""Scaling and batch transforms: judged in files by the rules of their constructs."""

import subprocess
import sys
from pathlib import Path

import pytest

from .files import SERVED, SMALLEST, faults

ROOT = Path(__file__).parents[3]
SCALED = f"""{SERVED}  auto_scale_instance_count:
    max_capacity: 4
    scale_on_invocations: {{max_requests_per_second: 20, scale_in_cooldown: 5 minutes}}
    scale_on_utilization: {{cpu: 60}}
    scale_on_schedule:
      - {{id: night, schedule: cron(0 22 * * ? *), max_capacity: 2, time_zone: Europe/Berlin}}
      - {{id: day, schedule: cron(0 6 * * ? *), max_capacity: 4}}
"""
QUEUED = f"""{SERVED}  async_inference: {{output: s3://answers/}}
  auto_scale_instance_count:
    min_capacity: 0
    max_capacity: 2
    scale_on_backlog: {{backlog_per_instance: 3.5}}
"""
_ENSEMBLE = SMALLEST.replace("  target", "  mode: ENSEMBLING\n  target")
SERVERLESS = f"""{_ENSEMBLE}endpoint:
  variants:
    - {{kind: serverless, memory_size_in_mb: 3072, max_concurrency: 9, provisioned_concurrency: 1}}
  auto_scale_provisioned_concurrency: {{max_capacity: 9, scale_on_utilization: {{target: 0.7}}}}
"""
SEVERAL = f"""{SMALLEST}endpoint:
  variants:
    - {{kind: instance, variant_name: a, instance_type: ml.m5.large}}
    - {{kind: instance, variant_name: b, instance_type: ml.t2.medium, model_name: churn-1}}
  auto_scale_instance_count:
    - {{variant_name: a, max_capacity: 3}}
"""
BATCH = f"""{SMALLEST}batch_transform:
  input_data: s3://in/new/
  output: {{path: s3://out/answers/, kms_key: "arn:aws:kms:eu-west-1:111122223333:key/a"}}
  instance_type: ml.m5.large
  join_source: Input
  invocations_timeout: 10 minutes
  timeout: 2 hours
  run_on_schedule: {{schedule: rate(1 day), time_zone: Europe/Berlin}}
  run_on_new_objects:
    - {{bucket: in-data, prefix: new/}}
    - {{bucket: in-data, prefix: old/, id: Old}}
"""
STOPPED = f"""{SERVED}  stop_on_schedule: {{schedule: cron(0 20 * * ? *), time_zone: Europe/Berlin}}
  start_on_schedule:
    - {{schedule: cron(0 7 ? * MON-FRI *)}}
    - {{schedule: cron(0 9 ? * SAT *), id: Saturday, enabled: false}}
"""
SERVING = SERVED.removeprefix(SMALLEST)
RELEASED = f"{BATCH}{SERVING}release: {{}}\n"
ALL = [SCALED, QUEUED, SERVERLESS, SEVERAL, BATCH, STOPPED, RELEASED, f"{SCALED}release: {{}}\n"]


@pytest.mark.parametrize("text", ALL)
def test_scaling_and_batch_transforms_have_a_form_that_needs_no_cdk(tmp_path, text):
    assert faults(tmp_path, text) == []

    code = (
        "import sys; from cdk_automlv2.specs.spec import check; from pathlib import Path\n"
        f"assert check(Path({str(tmp_path / 'churn.automlv2.yaml')!r}))[1] == []\n"
        "assert not {'aws_cdk', 'jsii', 'constructs'} & set(sys.modules)\n"
    )
    environment = {"PATH": "", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)


@pytest.mark.parametrize(
    ("text", "old", "new", "place", "said"),
    [
        (SCALED, "capacity: 4\n    scale", "capacity: 0\n    scale", "8:19", "must be 1 or more"),
        (SCALED, "second: 20", "second: -1", "9:", "scale_on_invocations.max_requests_per_sec"),
        (SCALED, "second: 20", "second: 1e999", "9:", "must be a number, got '1e999'"),
        (SCALED, "5 minutes", "soon", "9:", "or seconds"),
        (SCALED, "{cpu: 60}", "{cpu: 600}", "10:33", "scale_on_utilization.cpu: must be above 0"),
        (SCALED, "{cpu: 60}", "{}", "10:27", "scale_on_utilization.cpu: must be set, or gpu"),
        (SCALED, "{cpu: 60}", "{gpu: 60}", "10:33", "instance type whose GPUs are known"),
        (SCALED, "cron(0 22 * * ? *)", "nightly", "12:31", "schedule[0].schedule: must be cron"),
        (SCALED, "Europe/Berlin", "Europe/Berlim", "12:79", "use 'Europe/Berlin'"),
        (SCALED, "id: day", "id: night", "13:14", "scale_on_schedule[1].id: must be another"),
        (SCALED, ", max_capacity: 2", "", "12:9", "[0].min_capacity: must be set, or max"),
        (SCALED, "scale_on_utilization: {cpu: 60}", "scale_on_backlog: {backlog_per_instance: 1}",
         "10:23", "scale_on_backlog: must be called on an asynchronous endpoint"),
        (SCALED, "max_capacity: 4\n", "max_capacity: 4\n    min_capacity: 5\n", "9:19",
         "must not be more than max_capacity"),
        (SCALED, "max_capacity: 4\n", "max_capacity: 4\n    min_capacity: 0\n", "9:19",
         "give the endpoint async_inference"),
        (SCALED, "ml.m5.large", "ml.t2.medium", "8:5", "not burstable"),
        (SCALED, "scale_on_invocations", "scale_on_invocation", "9:5", "'scale_on_invocations'"),
        (QUEUED, "    scale_on_backlog: {backlog_per_instance: 3.5}\n", "", "9:19", "from 0"),
        (SERVERLESS, "{max_capacity: 9", "{max_capacity: 10", "9:54", "variant's max_concurrency"),
        (SERVERLESS, ", provisioned_concurrency: 1", "", "9:", "provisioned_concurrency"),
        (SERVERLESS, "target: 0.7", "target: 70", "9:", "scale_on_utilization.target"),
        (SEVERAL, "variant_name: a, max", "variant_name: c, max", "10:22", "must be one of a, b"),
        (SEVERAL, "variant_name: a, max", "max", "10:7", "must be one of a, b"),
        (SEVERAL, "variant_name: a, max", "variant_name: b, max", "10:22", "not burstable"),
        (BATCH, "input_data: s3://in/new/", "input_data: new/", "6:15", "input_data: must"),
        (BATCH, "s3://out/answers/", "s3://in/new/answers/", "7:11", "must not begin with input"),
        (BATCH, "s3://out/answers/", "answers", "7:18", "batch_transform.output.path: must match"),
        (BATCH, "10 minutes", "2 hours", "10:24", "must be 1 to 3600, got 7200"),
        (BATCH, "join_source: Input", "join_source: Output", "9:16", "must be one of Input, None"),
        (BATCH, "rate(1 day)", "daily", "12:31", "run_on_schedule.schedule: must be cron"),
        (BATCH, ", id: Old", "", "15:7", "run_on_new_objects[1].id: must be set"),
        (BATCH, "bucket: in-data, prefix: n", "bucket: s3://i, prefix: n", "14:16", "of a bucket"),
        (BATCH, "  instance_type: ml.m5.large\n", "", "6:3", "instance_type: must be set"),
        (BATCH, "  timeout", "  model: churn\n  timeout", "11:3", "batch_transform.model"),
        (BATCH, "kind: tabular\n  target_attribute_name: churned", "kind: text_generation", "5:3",
         "must not be a language model"),
        (RELEASED, "  timeout", "  run_on_deploy: true\n  timeout", "11:18", "false with release"),
        (RELEASED, "s3://out/answers/", "s3://in/new/answers/", "7:11", "not begin with input"),
        (RELEASED, "join_source: Input", "wait: 5", "9:9", "batch_transform.wait: must be true"),
        (STOPPED, "cron(0 20 * * ? *)", "nightly", "7:32", "stop_on_schedule.schedule: must be"),
        (STOPPED, "Europe/Berlin", "Berlin", "7:", "stop_on_schedule.time_zone"),
        (STOPPED, ", id: Saturday", "", "10:7", "start_on_schedule[1].id: must be set, and"),
        (STOPPED, "id: Saturday", "id: Stop", "10:", "start_on_schedule[1].id: must be set, and"),
        (STOPPED, "stop_on", "stops_on", "7:3", "use 'stop_on_schedule'"),
        (f"{STOPPED}release: {{}}\n", "MON", "MON", "7:", "cannot be used with release"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place_and_the_fix(tmp_path, text, old, new, place, said):
    assert old in text

    found = faults(tmp_path, text.replace(old, new))

    assert any(fault.startswith(place) and said in fault for fault in found), found


def test_a_name_that_is_wrong_hides_no_other_fault(tmp_path):
    text = SCALED.replace("capacity: 4\n    scale", "capacity: 4\n    variant_name: no\n    scale")

    found = faults(tmp_path, text.replace("cpu: 60", "cpu: 600"))

    assert len(found) == 2, found
    assert "9:19: endpoint.auto_scale_instance_count.variant_name" in found[0]
    assert "scale_on_utilization.cpu: must be above 0" in found[1]
