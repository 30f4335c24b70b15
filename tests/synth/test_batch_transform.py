"""A batch transform in the template: formats, rights, triggers, what is refused."""

import json

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns

from cdk_automlv2 import (
    AutoMLBatchTransform,
    AutoMLImageClassificationConfig,
    AutoMLModel,
    AutoMLOutput,
    AutoMLTabularConfig,
    AutoMLTextClassificationConfig,
    AutoMLTextGenerationConfig,
    AutoMLTimeSeriesForecastingConfig,
    OptionsError,
)

from .helpers import job, may, model, properties, resources, scope_of, template

TYPE = "Custom::AutoMLBatchTransform"
FORECAST = AutoMLTimeSeriesForecastingConfig(
    forecast_frequency="1D",
    forecast_horizon=7,
    item_identifier_attribute_name="item",
    target_attribute_name="y",
    timestamp_attribute_name="t",
)
ANY = {
    "input_data": "s3://data/new/",
    "output": "s3://data/answers/",
    "instance_type": "ml.m5.xlarge",
}
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1a2b"
DAILY = scheduler.ScheduleExpression.rate(cdk.Duration.days(1))


def transform(stack, config=None, **options):
    used = options.pop("model", None)
    if used is None and "job" not in options:
        used = model(stack, job=job(stack, problem_config=config or AutoMLTabularConfig("y")))
    return AutoMLBatchTransform(stack, "Nightly", model=used, **{**ANY, **options})


def refused(stack, config=None, **options):
    with pytest.raises(OptionsError) as caught:
        transform(stack, config, **options)
    return str(caught.value)


def test_tables_are_split_by_lines_and_put_together_again(stack):
    transform(stack)

    made = properties(stack, TYPE)
    assert made["TransformInput"] == {
        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://data/new/"}},
        "ContentType": "text/csv",
        "SplitType": "Line",
    }
    assert made["TransformOutput"] == {
        "S3OutputPath": "s3://data/answers/",
        "Accept": "text/csv",
        "AssembleWith": "Line",
    }
    assert made["BatchStrategy"] == "MultiRecord"
    assert made["TransformResources"] == {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1}


def test_a_forecast_gets_each_object_whole_and_an_hour_for_it(stack):
    transform(stack, FORECAST)

    made = properties(stack, TYPE)
    assert made["TransformInput"]["SplitType"] == "None"
    assert made["MaxPayloadInMB"] == 0
    assert made["ModelClientConfig"] == {"InvocationsTimeoutInSeconds": 3600}
    assert "BatchStrategy" not in made


def test_pictures_are_sent_whole_as_what_they_are(stack):
    transform(stack, AutoMLImageClassificationConfig(), content_type="image/png")

    made = properties(stack, TYPE)["TransformInput"]
    assert (made["ContentType"], made["SplitType"]) == ("image/png", "None")


def test_texts_are_split_by_lines(stack):
    transform(stack, AutoMLTextClassificationConfig("text", target_label_column="label"))

    assert properties(stack, TYPE)["TransformInput"]["SplitType"] == "Line"


def test_records_are_joined_with_their_answers_and_columns_are_chosen(stack):
    transform(stack, join_source="Input", input_filter="$[1:]", output_filter="$[0,-1]")

    assert properties(stack, TYPE)["DataProcessing"] == {
        "JoinSource": "Input",
        "InputFilter": "$[1:]",
        "OutputFilter": "$[0,-1]",
    }


def test_the_candidate_of_a_job_becomes_a_model(stack):
    transform(stack, job=job(stack), candidate_name="churn-7")

    assert properties(stack, "Custom::AutoMLModel")["CandidateName"] == "churn-7"
    [made] = resources(stack, TYPE)
    assert made["Properties"]["ModelName"]["Ref"].startswith("NightlyModel")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"instance_type": "ml.t2.medium"}, "instance_type: must be one of"),
        ({"instance_type": "ml.inf2.xlarge"}, "must have x86_64 processors"),
        ({"instance_count": 101}, "instance_count: must be 100 or less"),
        ({"input_data": "data/new"}, "input_data: must be an S3 URI"),
        ({"output": "answers"}, "output: "),
        ({"output": "s3://data/new/answers/"}, "output: must not begin with input_data"),
        ({"output": "s3://data/"}, "output: must not hold input_data"),
        ({"s3_data_type": "ManifestFile"}, "input_data: must be the URI of the manifest itself"),
        ({"input_filter": "$[]"}, "input_filter: must choose columns of CSV by their numbers"),
        ({"input_filter": "$.age"}, "input_filter: must choose columns of CSV by their numbers"),
        ({"output_filter": "$" * 64}, "output_filter: must"),
        ({"join_source": "Input", "accept": "application/json"}, "accept: must be the same"),
        ({"join_source": "Input", "split_type": "None"}, "split_type: must be Line"),
        ({"max_payload_in_mb": 60, "max_concurrent_transforms": 2}, "must be 100 or less"),
        ({"split_type": "None", "batch_strategy": "SingleRecord"}, "must come with a split_type"),
        ({"invocations_timeout": 4000}, "invocations_timeout: must be 1 to 3600"),
        ({"candidate_name": "c"}, "candidate_name: must come with job"),
        (
            {"instance_type": "ml.g5.xlarge", "volume_kms_key": KEY},
            "volume_kms_key: must not be set",
        ),
        ({"environment": {"1 a": "b"}}, "environment"),
    ],
)
def test_what_does_not_go_together_is_refused_at_synth(stack, options, words):
    assert words in refused(stack, **options)


@pytest.mark.parametrize(
    ("config", "options", "words"),
    [
        (FORECAST, {"instance_count": 2}, "instance_count: must be 1 for a forecast"),
        (FORECAST, {"join_source": "Input"}, "join_source: cannot be used with this kind"),
        (AutoMLImageClassificationConfig(), {}, "content_type: must be given for images"),
        (AutoMLTextGenerationConfig(), {}, "model: must not be a language model"),
    ],
)
def test_what_a_kind_of_problem_does_not_bear_is_refused(stack, config, options, words):
    assert words in refused(stack, config, **options)


def test_neither_model_nor_job_and_both_are_refused(stack):
    trained = job(stack)
    for options in ({}, {"job": trained, "model": AutoMLModel(stack, "M", job=trained)}):
        with pytest.raises(OptionsError, match="model: must be given, or else job, and not both"):
            AutoMLBatchTransform(stack, "T", **{**ANY, **options})


def test_every_fault_of_a_call_is_named(stack):
    said = refused(stack, instance_type="ml.none", output="x", max_payload_in_mb=101)

    for option in ("instance_type", "output", "max_payload_in_mb"):
        assert f"- {option}: must" in said


def test_the_models_role_reads_the_input_and_writes_the_output_and_nothing_else(stack):
    transform(stack)

    assert may(stack, "ChurnModel", "s3:GetObject", "s3://data/new/a.csv")
    assert may(stack, "ChurnModel", "s3:PutObject", "s3://data/answers/a.csv.out")
    assert not may(stack, "ChurnModel", "s3:PutObject", "s3://data/new/a.csv")
    assert not may(stack, "ChurnModel", "s3:GetObject", "s3://data/old/a.csv")


def test_a_single_object_may_be_read_by_its_key(stack):
    transform(stack, input_data="s3://data/new/a.csv")

    assert may(stack, "ChurnModel", "s3:GetObject", "s3://data/new/a.csv")
    assert not may(stack, "ChurnModel", "s3:GetObject", "s3://data/new/b.csv")


def test_a_manifest_may_name_any_object_of_its_bucket(stack):
    transform(stack, input_data="s3://data/lists/today", s3_data_type="ManifestFile")

    assert may(stack, "ChurnModel", "s3:GetObject", "s3://data/new/a.csv")


def test_keys_of_buckets_answers_and_volumes_are_granted(stack):
    given = s3.Bucket(stack, "In", encryption=s3.BucketEncryption.KMS)
    volume = kms.Key(stack, "Volume")

    transform(stack, input_data=given, output_kms_key=KEY, volume_kms_key=volume)

    made = properties(stack, TYPE)
    assert made["TransformOutput"]["KmsKeyId"] == KEY
    assert "Fn::GetAtt" in made["TransformResources"]["VolumeKmsKeyId"]
    assert may(stack, "ChurnModel", "kms:GenerateDataKey", KEY)
    roles = json.dumps(resources(stack, "AWS::IAM::Role"))
    policies = json.dumps(resources(stack, "AWS::IAM::Policy"))
    assert roles.count("kms:CreateGrant") == 1
    assert policies.count("kms:CreateGrant") == 1


def test_an_output_with_a_key_of_its_own_is_granted_with_it(stack):
    transform(stack, output=AutoMLOutput("s3://data/answers/", kms_key=KEY))

    assert may(stack, "ChurnModel", "kms:GenerateDataKey", KEY)


def test_the_function_runs_and_stops_what_bears_the_stacks_tag_alone(stack):
    transform(stack)

    scope = scope_of(stack)
    mine, theirs = {"owner_asked": f"{scope}/x"}, {"owner_asked": "another/x"}
    run = ("sagemaker:CreateTransformJob", ":transform-job/any")
    assert may(stack, "function", *run, **mine)
    assert not may(stack, "function", *run, **theirs)
    assert may(stack, "function", "sagemaker:StopTransformJob", f":transform-job/a-{scope}b-c")
    assert not may(stack, "function", "sagemaker:StopTransformJob", ":transform-job/theirs")
    assert may(stack, "function", "sagemaker:ListTransformJobs", "*")
    bus = "arn:aws:events:eu-west-1:111122223333:event-bus/default"
    assert may(stack, "function", "events:PutEvents", bus, events__source="cdk.automlv2")


def test_the_function_stops_what_a_template_without_it_has_left(stack):
    model(stack)

    scope = scope_of(stack)
    assert may(stack, "function", "sagemaker:StopTransformJob", f":transform-job/a-{scope}b-c")
    assert not resources(stack, TYPE)
    machines = resources(stack, "AWS::StepFunctions::StateMachine")
    assert len(machines) == 1


def test_a_schedule_invokes_the_function_with_what_a_run_needs(stack):
    nightly = transform(stack, tags={"team": "ml"})
    cdk.Tags.of(nightly).add("cost", "7")

    nightly.run_on_schedule(DAILY)

    target = properties(stack, "AWS::Scheduler::Schedule")["Target"]
    said = json.dumps(target["Input"])
    for words in ("StartTransform", "aws.scheduler.execution-id", "NamePrefix", "AWS::StackId"):
        assert words in said
    assert all(word in said for word in ("team", "cost"))
    [made] = resources(stack, "AWS::Scheduler::Schedule")
    [logical_id] = [
        name for name, item in template(stack)["Resources"].items() if item["Type"] == TYPE
    ]
    assert made["DependsOn"] == [logical_id]
    assert properties(stack, TYPE)["Triggered"] is True


def test_a_new_object_is_read_wherever_it_comes_and_its_bucket_tells_of_it(stack):
    inbox = s3.Bucket(stack, "Inbox")
    nightly = transform(stack)

    nightly.run_on_new_objects(inbox, "today/")

    rule = properties(stack, "AWS::Events::Rule")
    assert rule["EventPattern"]["detail"]["object"] == {"key": [{"prefix": "today/"}]}
    transformer = rule["Targets"][0]["InputTransformer"]
    assert transformer["InputPathsMap"]["key"] == "$.detail.object.key"
    begins = transformer["InputTemplate"]["Fn::Join"][1][0]
    assert '"Bucket":<bucket>,"Key":<key>' in begins
    [permission] = resources(stack, "AWS::Lambda::Permission")
    assert permission["Properties"]["Principal"] == "events.amazonaws.com"
    assert "Custom::S3BucketNotifications" in json.dumps(template(stack))
    assert "today/*" in json.dumps(resources(stack, "AWS::IAM::Role")) + json.dumps(
        resources(stack, "AWS::IAM::Policy")
    )


def test_new_objects_where_answers_are_written_are_refused(stack):
    bucket = s3.Bucket(stack, "Data")
    nightly = transform(stack, output=AutoMLOutput.from_bucket(bucket, "answers/"))

    for prefix in ("", "ans", "answers/", "answers/today/"):
        with pytest.raises(OptionsError, match="each answer could start a run"):
            nightly.run_on_new_objects(bucket, prefix)
    nightly.run_on_new_objects(bucket, "new/")


def test_an_imported_bucket_must_be_told_to_send_its_events(stack):
    bucket = s3.Bucket.from_bucket_name(stack, "Theirs", "theirs")

    transform(stack).run_on_new_objects(bucket)

    warnings = cdk.assertions.Annotations.from_stack(stack).find_warning(
        "*", cdk.assertions.Match.string_like_regexp("send its events to EventBridge")
    )
    assert len(warnings) == 1


def test_the_ends_of_runs_go_to_whoever_listens(stack):
    nightly = transform(stack)
    topic = sns.Topic(stack, "Topic")

    nightly.on_failed("Failed", target=targets.SnsTopic(topic))
    nightly.on_completed("Completed")

    patterns = [
        rule["Properties"]["EventPattern"] for rule in resources(stack, "AWS::Events::Rule")
    ]
    assert [pattern["detail"]["state"] for pattern in patterns] == [["failed"], ["completed"]]
    assert patterns[0]["detail"]["id"] == ["Nightly"]
    assert patterns[0]["detail-type"] == ["Batch Transform Run"]


def test_runs_have_metrics(stack):
    nightly = transform(stack)
    failed = nightly.metric_failed_runs()

    assert failed.dimensions == {"Stack": "Shop", "BatchTransform": "Nightly"}
    assert (failed.metric_name, failed.statistic) == ("FailedRuns", "Sum")
    assert nightly.metric_run_seconds().namespace == "cdk-automlv2"


def test_whoever_is_granted_to_run_may_invoke_the_function_with_the_request(stack):
    nightly = transform(stack)
    user = iam.User(stack, "Operator")

    nightly.grant_run(user)
    cdk.CfnOutput(stack, "Request", value=nightly.run_request)

    assert "lambda:InvokeFunction" in json.dumps(resources(stack, "AWS::IAM::Policy"))
    assert "StartTransform" in json.dumps(template(stack)["Outputs"]["Request"])


def test_waits_of_more_than_an_hour_take_links(stack):
    nightly = transform(stack, timeout=cdk.Duration.hours(2))
    cdk.CfnOutput(stack, "Job", value=nightly.transform_job_name)

    links = [
        item["Properties"]
        for item in resources(stack, "Custom::AutoMLWait")
        if item["Properties"]["Target"] == "Transform"
    ]
    assert [link["LinkSeconds"] for link in links] == [3300, 600]
    assert properties(stack, TYPE)["MoreLinks"] is True


@pytest.mark.parametrize(
    ("options", "has"),
    [({"run_on_deploy": False}, {"Once": False}), ({"wait": False}, {"Wait": False})],
    ids=str,
)
def test_a_deployment_need_not_run_nor_wait(stack, options, has):
    transform(stack, timeout=cdk.Duration.hours(9), **options)

    made = properties(stack, TYPE)
    assert has.items() <= made.items()
    assert "MoreLinks" not in made


def test_names_of_runs_fit_and_differ_by_stack_and_construct():
    prefixes = set()
    for name in ("Blue", "Green"):
        stack = cdk.Stack(cdk.App(), name)
        used = model(stack)
        for name_ in ("A" * 200, "B" * 200):
            AutoMLBatchTransform(stack, name_, model=used, **ANY)
        prefixes |= {item["Properties"]["NamePrefix"] for item in resources(stack, TYPE)}

    assert len(prefixes) == 4
    # schedule-, ten characters of the run
    assert all(len(f"{prefix}schedule-abcdefghij") <= 63 for prefix in prefixes)


def test_a_condition_of_the_job_holds_for_the_transform_and_its_schedule(stack):
    trained = job(stack)
    condition = cdk.CfnCondition(stack, "Wanted", expression=cdk.Fn.condition_equals("a", "b"))
    trained.node.default_child.cfn_options.condition = condition
    nightly = transform(stack, model=model(stack, job=trained))

    nightly.run_on_schedule(DAILY)

    for kind in (TYPE, "AWS::Scheduler::Schedule"):
        assert resources(stack, kind)[0]["Condition"] == "Wanted"


def test_a_nested_stack_has_a_transform_of_its_own(stack):
    nested = cdk.NestedStack(stack, "Batch")

    transform(nested).run_on_schedule(DAILY)

    assert len(resources(nested, TYPE)) == 1
