"""Every member of CreateTransformJob is an option, the handler's, or left out on purpose."""

from cdk_automlv2._core import service_model
from cdk_automlv2.batch.data_format import PATHS
from tests.contract.members import members

HANDLER = {
    "ModelName": "the model's",
    "Tags": "the user's and the owner's",
    "TransformJobName": "made of what has begun the run",
    "TransformInput.DataSource.S3DataSource.S3Uri": "input_data",
    "TransformOutput.S3OutputPath": "output",
    "TransformOutput.KmsKeyId": "output_kms_key",
    "TransformResources.VolumeKmsKeyId": "volume_kms_key",
}
LEFT_OUT = {
    "DataCaptureConfig": "join_source keeps input and answer together",
    "ExperimentConfig": "SageMaker Experiments of old; by add_property_override",
    "TransformResources.TransformAmiVersion": "drivers of GPUs; by add_property_override",
}


def test_every_member_is_an_option_or_is_left_out_with_its_reason():
    known = {*HANDLER, *LEFT_OUT, *PATHS.values()}

    missing = [
        path
        for path in members(service_model.input_shape("CreateTransformJob"))
        if not any(path == one or path.startswith((f"{one}.", f"{one}[")) for one in known)
    ]

    assert missing == []


def test_no_option_reaches_what_is_left_out():
    assert not set(PATHS.values()) & {*LEFT_OUT, *HANDLER}


def test_what_a_transform_runs_on_is_an_enumeration_of_its_own():
    batch = service_model.shape_at("CreateTransformJob", "TransformResources.InstanceType").enum
    hosting = service_model.shape_at(
        "CreateEndpointConfig", "ProductionVariants[].InstanceType"
    ).enum

    assert set(batch) < set(hosting) | {"ml.c4.2xlarge", *batch}
    assert "ml.t2.medium" in set(hosting) - set(batch)
