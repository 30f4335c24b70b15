"""The variants of an endpoint: what the template says, who is granted what, what is refused."""

import aws_cdk as cdk
import pytest
from aws_cdk import assertions

from cdk_automlv2 import (
    AutoMLEndpoint,
    AutoMLImageClassificationConfig,
    AutoMLTabularConfig,
    AutoMLTextGenerationConfig,
    InstanceVariant,
    OptionsError,
    ServerlessVariant,
)

from .helpers import (
    ENSEMBLE,
    ensemble,
    faults,
    job,
    model,
    models,
    properties,
    resources,
    statement_for,
)

ENDPOINT = "Custom::AutoMLEndpoint"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/v"


def made(stack, **options):
    return AutoMLEndpoint(stack, "Endpoint", **options)


def variants(stack):
    return properties(stack, ENDPOINT)["ProductionVariants"]


def warnings(stack):
    found = assertions.Annotations.from_stack(stack).find_warning("*", assertions.Match.any_value())
    return " ".join(str(item.entry.data) for item in found)


def test_the_simple_options_are_one_variant_on_instances(stack):
    served = model(stack)
    made(stack, model=served, instance_type="ml.m5.large")
    AutoMLEndpoint(stack, "Other", variants=[InstanceVariant(served, "ml.m5.large")])

    simple, explicit = (item["Properties"] for item in resources(stack, ENDPOINT))
    assert simple["ProductionVariants"] == explicit["ProductionVariants"]


def test_every_option_of_an_instance_variant_is_a_member_of_the_request(stack):
    variant = InstanceVariant(
        model(stack),
        "ml.m5.large",
        2,
        variant_name="champion",
        initial_variant_weight=0.5,
        volume_size=20,
        model_data_download_timeout=600,
        container_startup_health_check_timeout=900,
        variant_instance_provision_timeout=1200,
        routing_strategy="LEAST_OUTSTANDING_REQUESTS",
        inference_ami_version="al2-ami-sagemaker-inference-gpu-3-1",
        ml_reservation_arn="arn:aws:sagemaker:eu-west-1:111122223333:training-plan/plan",
        enable_ssm_access=True,
    )

    made(stack, variants=[variant])

    [found] = variants(stack)
    assert found.pop("ModelName")["Ref"].startswith("ChurnModel")
    assert found == {
        "VariantName": "champion",
        "InitialInstanceCount": 2,
        "InstanceType": "ml.m5.large",
        "InitialVariantWeight": 0.5,
        "VolumeSizeInGB": 20,
        "ModelDataDownloadTimeoutInSeconds": 600,
        "ContainerStartupHealthCheckTimeoutInSeconds": 900,
        "VariantInstanceProvisionTimeoutInSeconds": 1200,
        "RoutingConfig": {"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"},
        "InferenceAmiVersion": "al2-ami-sagemaker-inference-gpu-3-1",
        "CapacityReservationConfig": {
            "CapacityReservationPreference": "capacity-reservations-only",
            "MlReservationArn": "arn:aws:sagemaker:eu-west-1:111122223333:training-plan/plan",
        },
        "EnableSSMAccess": True,
    }


def test_a_weight_of_zero_stays_zero(stack):
    old, new = models(stack, "Old", "New")
    champion = InstanceVariant(old, "ml.m5.large", variant_name="old")
    dark = InstanceVariant(new, "ml.m5.large", variant_name="new", initial_variant_weight=0)

    made(stack, variants=[champion, dark])

    assert "InitialVariantWeight" not in variants(stack)[0]
    assert variants(stack)[1]["InitialVariantWeight"] == 0


def test_a_serverless_variant_has_memory_and_concurrency_and_no_instances(stack):
    variant = ServerlessVariant(
        ensemble(stack), memory_size_in_mb=4096, max_concurrency=20, provisioned_concurrency=2
    )

    made(stack, variants=[variant])

    [found] = variants(stack)
    del found["ModelName"]
    assert found == {
        "VariantName": "AllTraffic",
        "ServerlessConfig": {
            "MemorySizeInMB": 4096,
            "MaxConcurrency": 20,
            "ProvisionedConcurrency": 2,
        },
    }
    assert warnings(stack) == ""


def test_a_serverless_endpoint_may_have_a_key_for_its_copy_of_the_image(stack):
    made(stack, variants=[ServerlessVariant(ensemble(stack))], volume_kms_key=KEY)

    assert properties(stack, ENDPOINT)["KmsKeyId"] == KEY
    assert statement_for(stack, "ModelRole", "kms:CreateGrant")["Resource"] == KEY


def test_the_roles_of_all_models_may_use_the_key_of_the_volumes(stack):
    one, two, shadow = models(stack, "One", "Two", "Third")
    made(
        stack,
        variants=[InstanceVariant(one, "ml.m5.large")],
        shadow_variant=InstanceVariant(shadow, "ml.m5.large"),
        volume_kms_key=KEY,
    )
    AutoMLEndpoint(stack, "Plain", model=two, instance_type="ml.m5.large")

    for role in ("OneRole", "ThirdRole"):
        assert statement_for(stack, role, "kms:CreateGrant")["Resource"] == KEY
    with pytest.raises(ValueError, match="not enough values"):
        statement_for(stack, "TwoRole", "kms:CreateGrant")


def test_a_shadow_stands_beside_the_production_variant(stack):
    champion, challenger = models(stack, "Champion", "Challenger")

    made(
        stack,
        model=champion,
        instance_type="ml.m5.large",
        shadow_variant=InstanceVariant(challenger, "ml.m5.xlarge", initial_variant_weight=0.5),
    )

    [shadow] = properties(stack, ENDPOINT)["ShadowProductionVariants"]
    assert shadow.pop("ModelName")["Ref"].startswith("Challenger")
    assert shadow == {
        "VariantName": "Shadow",
        "InitialInstanceCount": 1,
        "InstanceType": "ml.m5.xlarge",
        "InitialVariantWeight": 0.5,
    }


def test_a_retained_endpoint_keeps_all_its_models(stack):
    one, two = models(stack, "One", "Two")
    pair = [InstanceVariant(item, "ml.m5.large", variant_name=item.node.id) for item in (one, two)]

    made(stack, variants=pair, removal_policy=cdk.RemovalPolicy.RETAIN)

    kept = [item["DeletionPolicy"] for item in resources(stack, "Custom::AutoMLModel")]
    assert kept == ["Retain", "Retain"]


def test_metrics_are_those_of_the_named_variant(stack):
    endpoint = made(stack, variants=[ServerlessVariant(ensemble(stack), variant_name="shop")])

    assert endpoint.metric_invocations().dimensions["VariantName"] == "shop"


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"memory_size_in_mb": 2000}, "must be one of 1024, 2048, .*, got 2000; use 2048"),
        ({"memory_size_in_mb": 512}, "memory_size_in_mb: must be 1024 to 6144, got 512"),
        ({"max_concurrency": 201}, "max_concurrency: must be 1 to 200, got 201"),
        (
            {"max_concurrency": 2, "provisioned_concurrency": 3},
            "provisioned_concurrency: must not be more than max_concurrency, which is 2, got 3",
        ),
        ({"variant_name": "a_b"}, "variant_name: must match"),
        ({"provisioned_concurrency": cdk.Duration.hours(1)}, "provisioned_concurrency: must be"),
    ],
)
def test_a_serverless_variant_refuses(stack, options, text):
    served = ensemble(stack)

    with pytest.raises(OptionsError, match=text):
        ServerlessVariant(served, **options)


@pytest.mark.parametrize(
    ("config", "options", "text"),
    [
        (AutoMLTextGenerationConfig(), {}, "must not be a language model, as serverless .* GPU"),
        (
            AutoMLTabularConfig("y", mode="HYPERPARAMETER_TUNING"),
            {},
            'must have one container; .* use an InstanceVariant, or mode="ENSEMBLING"',
        ),
        (AutoMLImageClassificationConfig(), {"processing_unit": "GPU"}, "containers for a CPU"),
        (
            ENSEMBLE,
            {"vpc_config": {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}},
            "must have no vpc_config",
        ),
        (ENSEMBLE, {"enable_network_isolation": True}, "must not be isolated from the network"),
    ],
)
def test_what_cannot_be_serverless_is_refused_with_the_reason(stack, config, options, text):
    served = model(stack, job=job(stack, problem_config=config), **options)

    with pytest.raises(OptionsError, match=f"model: .*{text}"):
        ServerlessVariant(served)


@pytest.mark.parametrize(
    ("config", "text"),
    [
        (AutoMLTabularConfig("y"), "in mode AUTO"),
        (AutoMLTabularConfig("y", mode="AUTO"), "in mode AUTO"),
        (AutoMLImageClassificationConfig(), "4 MB at most"),
    ],
)
def test_what_may_turn_out_not_to_be_serverless_is_warned_of(stack, config, text):
    served = model(stack, job=job(stack, problem_config=config))

    made(stack, variants=[ServerlessVariant(served)])

    assert text in warnings(stack)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"instance_type": "ml.m7g.large"}, "instance_type: must have x86_64 processors"),
        ({"instance_type": "m5.large"}, "instance_type: must be one of .*use 'ml.m5.large'"),
        (
            {"instance_type": "ml.g5.xlarge", "volume_size": 20},
            "volume_size: must not be set: ml.g5.xlarge has storage of its own",
        ),
        ({"routing_strategy": "ROUND_ROBIN"}, "routing_strategy: must be one of RANDOM, LEAST_OUT"),
        ({"initial_variant_weight": -1}, "initial_variant_weight: must be 0 or more"),
        ({"initial_instance_count": 0}, "initial_instance_count: must be 1 or more"),
        ({"variant_instance_provision_timeout": 60}, "must be 300 to 3600"),
        ({"ml_reservation_arn": "plan"}, "ml_reservation_arn: must "),
        ({"enable_ssm_access": "yes"}, "enable_ssm_access: must be a bool"),
    ],
)
def test_an_instance_variant_refuses(stack, options, text):
    served = model(stack)

    with pytest.raises(OptionsError, match=text):
        InstanceVariant(served, **{"instance_type": "ml.m5.large", **options})


def test_a_model_and_variants_are_not_given_together(stack):
    served = model(stack)

    found = faults(
        lambda: made(
            stack,
            model=served,
            volume_size=20,
            variants=[InstanceVariant(served, "ml.m5.large")],
        )
    )

    assert found == [
        "model: must not be given beside variants, got 'Shop/ChurnModel'; "
        "give the variants their model",
        "volume_size: must not be given beside variants, got 20; "
        "give the variants their volume_size",
    ]


def test_an_endpoint_without_a_model_says_what_it_may_be_given(stack):
    assert faults(lambda: made(stack)) == [
        "model: must be an AutoMLModel, got None; or give variants",
        "instance_type: must be a str, got None; or give variants",
    ]


def test_several_variants_have_different_names(stack):
    served = model(stack)
    names = ["a", None, "a"]
    listed = [InstanceVariant(served, "ml.m5.large", variant_name=name) for name in names]

    assert faults(lambda: made(stack, variants=listed)) == [
        "variants[1].variant_name: must be set where there are several variants, got None",
        "variants[2].variant_name: must be another one than those before, got 'a'",
    ]


def test_a_serverless_variant_stands_alone(stack):
    served = ensemble(stack)
    instances = InstanceVariant(served, "ml.m5.large", variant_name="a")
    serverless = ServerlessVariant(served, variant_name="b")

    [alone] = faults(lambda: made(stack, variants=[instances, serverless]))
    [shadow] = faults(lambda: made(stack, variants=[serverless], shadow_variant=instances))

    assert alone.startswith("variants: must be one variant alone if it is a ServerlessVariant")
    assert shadow.startswith("shadow_variant: must be beside a variant on instances")


def test_weights_that_leave_no_traffic_to_anybody_are_refused(stack):
    dark = InstanceVariant(model(stack), "ml.m5.large", initial_variant_weight=0)

    [fault] = faults(lambda: made(stack, variants=[dark]))

    assert fault.startswith("variants: must have a variant whose initial_variant_weight is not 0")


@pytest.mark.parametrize(
    ("names", "shadow", "text"),
    [
        (["a", "b"], "c", "must be beside exactly 1 production variant, got 'beside 2'"),
        (["a"], "a", "variant_name: must be another name than that of the production variant"),
    ],
)
def test_a_shadow_is_refused_where_it_cannot_be(stack, names, shadow, text):
    served = model(stack)
    production, [shaded] = (
        [InstanceVariant(served, "ml.m5.large", variant_name=name) for name in listed]
        for listed in (names, [shadow])
    )

    [fault] = faults(lambda: made(stack, variants=production, shadow_variant=shaded))

    assert text in fault


def test_a_language_model_among_the_variants_gets_its_time(stack):
    served = model(stack, job=job(stack, problem_config=AutoMLTextGenerationConfig()))

    made(stack, variants=[InstanceVariant(served, "ml.g5.12xlarge")])

    [found] = variants(stack)
    assert found["ModelDataDownloadTimeoutInSeconds"] == 3600
    assert properties(stack, ENDPOINT)["MoreLinks"] is True
