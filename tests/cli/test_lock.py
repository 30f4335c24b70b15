"""``automlv2 lock``: what serves, written down with the digest of every byte."""

import hashlib
import json

import pytest
from click.testing import CliRunner

from cdk_automlv2.cli.commands import automlv2
from tests.lifecycle.fake_aws import FakeAws
from tests.lifecycle.releases import User
from tests.lifecycle.stack import Stack

from .fakes import CloudFormation, quiet


@pytest.fixture
def user():
    aws = FakeAws()
    aws.winners_differ = True
    user = User(Stack(aws))
    user.deploy()
    with quiet():
        user.run()
    aws.written[f"s3://out/{user.release(1).job}/model.tar.gz"] = b"learnt"
    return user


@pytest.fixture
def lock(user, tmp_path):
    path = tmp_path / "automlv2.lock"

    def lock(*arguments):
        clients = {
            "cloudformation": CloudFormation(user.stack.table),
            **{name: user.aws.client(name) for name in ("dynamodb", "s3", "sagemaker")},
        }
        given = ["lock", *arguments, "-o", str(path)]
        return CliRunner().invoke(automlv2, given, obj=lambda **_: clients.__getitem__)

    lock.path = path
    return lock


def test_a_lock_says_where_the_candidate_is_from_and_what_it_is_made_of(user, lock):
    assert lock("Shop/Churn").exit_code == 0

    locked = json.loads(lock.path.read_text())
    job = user.release(1).job
    assert locked["source"] | {"data-fingerprint": ""} == {
        "account": "111122223333",
        "region": "eu-west-1",
        "stack": "Shop",
        "id": "Churn",
        "release": 1,
        "job": job,
        "candidate": "best",
        "metric": "F1",
        "value": 0.97,
        "data-fingerprint": "",
    }
    assert len(locked["source"]["data-fingerprint"]) == 32
    [container] = locked["containers"][""]
    assert container["artifact"] == {
        "uri": f"s3://out/{job}/model.tar.gz",
        "sha256": hashlib.sha256(b"learnt").hexdigest(),
        "size": 6,
    }


def test_a_job_without_a_release_is_locked_by_its_name(user, lock):
    assert lock(user.release(1).job, "--job").exit_code == 0
    assert "stack" not in json.loads(lock.path.read_text())["source"]


def test_nothing_to_lock_is_said_and_nothing_is_written(user, lock):
    refused = lock("Shop/Churn", "--release", "9")

    assert "release 9 has no candidate; nothing to lock" in refused.stderr
    assert not lock.path.exists()
