"""A model of a lock file: what it says, what the function may read, and what is refused."""

import copy
import json

import aws_cdk as cdk
import pytest

from cdk_automlv2 import AutoMLEndpoint, AutoMLModel, AutoMLOutput
from cdk_automlv2.errors import OptionsError
from cdk_automlv2.job.locked import Lock
from tests.synth.helpers import may, properties

IMAGE = "1.dkr.ecr.eu-west-1.amazonaws.com/autogluon:1"
LOCK = {
    "schema-version": "1.0",
    "source": {"account": "111122223333", "region": "eu-west-1", "job": "churn-1"},
    "containers": {
        "": [
            {
                "image": IMAGE,
                "environment": {"A": "true"},
                "artifact": {"uri": "s3://dev/out/m/model.tar.gz", "sha256": "a" * 64, "size": 9},
            }
        ]
    },
}
ELSEWHERE = cdk.Environment(account="444455556666", region="eu-west-1")
ABROAD = cdk.Environment(account="111122223333", region="us-east-1")


@pytest.fixture
def lock(tmp_path):
    def lock(content=LOCK):
        path = tmp_path / "automlv2.lock"
        path.write_text(json.dumps(content))
        return str(path)

    return lock


def stack_in(environment=None):
    return cdk.Stack(cdk.App(), "Prod", env=environment)


def test_the_model_is_of_the_files_containers_and_of_no_job(lock):
    stack = stack_in()
    model = AutoMLModel.from_lock(stack, "Model", lock())
    AutoMLEndpoint(stack, "Endpoint", model=model, instance_type="ml.m5.large")

    found = properties(stack, "Custom::AutoMLModel")
    assert "AutoMLJobName" not in found
    assert found["Containers"] == [
        {
            "Image": IMAGE,
            "Environment": {"A": "true"},
            "ModelDataUrl": "s3://dev/out/m/model.tar.gz",
        }
    ]
    [artifact] = found["Artifacts"]
    assert artifact["From"] == artifact["To"]
    assert artifact["Sha256"] == "a" * 64


def test_artifacts_are_copied_to_where_they_are_served(lock):
    stack = stack_in(ELSEWHERE)
    AutoMLModel.from_lock(stack, "Model", lock(), artifacts=AutoMLOutput("s3://prod/models/"))

    target = f"s3://prod/models/locked/{'a' * 16}/model.tar.gz"
    found = properties(stack, "Custom::AutoMLModel")
    assert found["Artifacts"][0]["To"] == found["Containers"][0]["ModelDataUrl"] == target
    name = target.removeprefix("s3://")
    assert may(stack, "ProviderFunction", "s3:GetObject", "arn:aws:s3:::dev/out/m/model.tar.gz")
    assert may(stack, "ProviderFunction", "s3:PutObject", f"arn:aws:s3:::{name}")
    assert may(stack, "ModelRole", "s3:GetObject", f"arn:aws:s3:::{name}")
    assert not may(stack, "ProviderFunction", "s3:PutObject", "arn:aws:s3:::dev/out/m/model.tar.gz")


@pytest.mark.parametrize(
    ("environment", "words"),
    [(ELSEWHERE, "the artifacts lie in account 111122223333"), (ABROAD, "Region eu-west-1")],
)
def test_another_account_or_region_needs_a_place_for_the_artifacts(lock, environment, words):
    with pytest.raises(OptionsError, match=words):
        AutoMLModel.from_lock(stack_in(environment), "Model", lock())


def test_another_region_needs_its_own_images(lock):
    place = AutoMLOutput("s3://prod/models/")
    with pytest.raises(OptionsError, match=r"must name the image of us-east-1 for 1\.dkr"):
        AutoMLModel.from_lock(stack_in(ABROAD), "Model", lock(), artifacts=place)

    stack = stack_in(ABROAD)
    images = {IMAGE: "2.dkr.ecr.us-east-1.amazonaws.com/autogluon:1"}
    AutoMLModel.from_lock(stack, "Model", lock(), artifacts=place, images=images)
    [container] = properties(stack, "Custom::AutoMLModel")["Containers"]
    assert container["Image"] == images[IMAGE]


def of_units():
    content = copy.deepcopy(LOCK)
    [containers] = content["containers"].values()
    gpu = [{**containers[0], "image": "gpu"}]
    return {**content, "containers": {"CPU": containers, "GPU": gpu}}


@pytest.mark.parametrize(("unit", "image"), [(None, IMAGE), ("CPU", IMAGE), ("GPU", "gpu")])
def test_a_processing_unit_has_containers_of_its_own(lock, unit, image):
    stack = stack_in()
    AutoMLModel.from_lock(stack, "Model", lock(of_units()), processing_unit=unit)

    [container] = properties(stack, "Custom::AutoMLModel")["Containers"]
    assert container["Image"] == image


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("0.1", "schema 0.1 is older than 1.0, lock again"),
        ("2.0", "schema 2.0 is newer than this library, update it"),
        ("one", "schema-version 'one' is no version"),
    ],
)
def test_a_lock_of_another_version_says_which_side_is_older(tmp_path, version, words):
    path = tmp_path / "automlv2.lock"
    path.write_text(json.dumps({**LOCK, "schema-version": version}))

    with pytest.raises(OptionsError, match=words):
        Lock.read(str(path))


@pytest.mark.parametrize(
    "content",
    [{}, {**LOCK, "schema-version": "2.0"}, {**LOCK, "source": {}}, {**LOCK, "containers": []}, []],
    ids=["empty", "newer", "no source", "no containers", "a list"],
)
def test_a_file_that_is_no_lock_is_refused_by_name(lock, content):
    with pytest.raises(OptionsError, match="lock: must be a file that `automlv2 lock` has written"):
        AutoMLModel.from_lock(stack_in(), "Model", lock(content))
    with pytest.raises(OptionsError, match="No such file"):
        AutoMLModel.from_lock(stack_in(), "Model", "nowhere.lock")


@pytest.mark.parametrize(
    ("member", "value", "words"),
    [
        ("uri", "s3://*/*", "uri is no object of S3"),
        ("uri", "s3://dev/out/${aws:username}", "uri is no object of S3"),
        ("uri", "s3://dev", "uri is no object of S3"),
        ("uri", 5, "uri is no object of S3"),
        ("sha256", "", "sha256 is no SHA-256"),
        ("sha256", None, "sha256 is no SHA-256"),
        ("sha256", "A" * 64, "sha256 is no SHA-256"),
        ("kms-key", "*", "kms-key is no key"),
    ],
)
def test_an_edited_artifact_widens_the_rights_of_the_function(lock, member, value, words):
    content = copy.deepcopy(LOCK)
    content["containers"][""][0]["artifact"][member] = value

    with pytest.raises(OptionsError, match=words):
        AutoMLModel.from_lock(stack_in(), "Model", lock(content))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"containers": {}}, "there are no containers"),
        ({"containers": {"": []}}, "is no list of containers"),
        ({"containers": {"": [{"image": None, "environment": {}, "artifact": None}]}}, "no image"),
        ({"containers": {"": [{"image": "i", "environment": [], "artifact": None}]}}, "no texts"),
    ],
)
def test_a_lock_without_what_serves_fails_at_deployment(lock, change, words):
    with pytest.raises(OptionsError, match=words):
        AutoMLModel.from_lock(stack_in(), "Model", lock({**LOCK, **change}))


def test_a_lock_that_is_nested_without_end_ends_in_a_traceback(tmp_path):
    path = tmp_path / "automlv2.lock"
    path.write_text("[" * 100_000)

    with pytest.raises(OptionsError, match="must be a file that"):
        AutoMLModel.from_lock(stack_in(), "Model", str(path))


def test_a_deep_learning_container_is_mapped_to_the_region_by_itself(lock):
    image = "763104351884.dkr.ecr.eu-west-1.amazonaws.com/autogluon-inference:1.4-cpu-py312"
    content = copy.deepcopy(LOCK)
    content["containers"][""][0]["image"] = image
    stack = stack_in(cdk.Environment(account="111122223333", region="cn-north-1"))
    AutoMLModel.from_lock(stack, "Model", lock(content), artifacts=AutoMLOutput("s3://prod/m/"))

    [container] = properties(stack, "Custom::AutoMLModel")["Containers"]
    there = "727897471807.dkr.ecr.cn-north-1.amazonaws.com.cn"
    assert container["Image"] == f"{there}/autogluon-inference:1.4-cpu-py312"


KEY = "arn:aws:kms:eu-west-1:111122223333:key/1"


def encrypted():
    content = copy.deepcopy(LOCK)
    content["containers"][""][0]["artifact"]["kms-key"] = KEY
    return content


def test_whoever_reads_an_encrypted_artifact_may_decrypt_it(lock):
    stack = stack_in()
    AutoMLModel.from_lock(stack, "Model", lock(encrypted()))

    assert may(stack, "ProviderFunction", "kms:Decrypt", KEY)
    assert may(stack, "ModelRole", "kms:Decrypt", KEY)
    assert not may(stack, "ProviderFunction", "kms:Encrypt", KEY)


def test_the_copy_is_encrypted_for_the_target_alone(lock):
    stack = stack_in(ELSEWHERE)
    own = "arn:aws:kms:eu-west-1:444455556666:key/2"
    place = AutoMLOutput("s3://prod/models/", kms_key=own)
    AutoMLModel.from_lock(stack, "Model", lock(encrypted()), artifacts=place)

    [artifact] = properties(stack, "Custom::AutoMLModel")["Artifacts"]
    assert artifact["KmsKeyId"] == own
    assert may(stack, "ModelRole", "kms:Decrypt", own)
    assert not may(stack, "ModelRole", "kms:Decrypt", KEY)


def test_the_model_responds_as_the_release_did_unless_told_otherwise(lock):
    content = copy.deepcopy(LOCK)
    content["source"]["inference-response-keys"] = ["predicted_label", "probability"]
    stack = stack_in()
    AutoMLModel.from_lock(stack, "Model", lock(content))
    found = properties(stack, "Custom::AutoMLModel")
    assert found["InferenceResponseKeys"] == ["predicted_label", "probability"]

    stack = stack_in()
    keys = ["predicted_label"]
    AutoMLModel.from_lock(stack, "Model", lock(content), inference_response_keys=keys)
    assert properties(stack, "Custom::AutoMLModel")["InferenceResponseKeys"] == keys
