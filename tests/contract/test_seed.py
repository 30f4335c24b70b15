"""The names of the SageMaker SDK's class, in its order."""

import inspect

from cdk_automlv2 import AutoMLV2


def test_parameters_are_those_of_the_seed_in_its_order():
    def names(method):
        found = inspect.signature(method).parameters.values()
        skipped = ("self", "scope", "id")
        return [item.name for item in found if item.name not in skipped and item.kind != 3]

    assert names(AutoMLV2.__init__) == [
        "problem_config",
        "base_job_name",
        "output_path",
        "job_objective",
        "validation_fraction",
        "auto_generate_endpoint_name",
        "endpoint_name",
        "output_kms_key",
        "role",
        "volume_kms_key",
        "encrypt_inter_container_traffic",
        "vpc_config",
        "tags",
        "sagemaker_session",
    ]
    assert names(AutoMLV2.fit) == ["inputs", "wait", "logs", "job_name"]
    assert names(AutoMLV2.describe_auto_ml_job) == names(AutoMLV2.best_candidate) == ["job_name"]
    assert names(AutoMLV2.list_candidates) == [
        "job_name",
        "status_equals",
        "candidate_name",
        "candidate_arn",
        "sort_order",
        "sort_by",
        "max_results",
    ]
    assert names(AutoMLV2.create_model) == [
        "name",
        "sagemaker_session",
        "candidate",
        "vpc_config",
        "enable_network_isolation",
        "model_kms_key",
        "predictor_cls",
        "inference_response_keys",
    ]
    assert names(AutoMLV2.deploy) == [
        "initial_instance_count",
        "instance_type",
        "serializer",
        "deserializer",
        "candidate",
        "sagemaker_session",
        "name",
        "endpoint_name",
        "tags",
        "wait",
        "vpc_config",
        "enable_network_isolation",
        "model_kms_key",
        "predictor_cls",
        "inference_response_keys",
        "volume_size",
        "model_data_download_timeout",
        "container_startup_health_check_timeout",
    ]
