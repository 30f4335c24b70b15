import pytest

from cdk_automlv2.local import LocalCloud
from cdk_automlv2.local.sagemaker.operations import jobs

from .fake_world import FakeTrainer, client, new_world, served
from .gateway import running
from .terminal import local

PROCESSES = {"servers", "folder", "detached"}
"""Fixtures of tests that start local clouds as processes."""


def pytest_collection_modifyitems(items):
    for item in items:
        if PROCESSES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.processes)


@pytest.fixture(scope="session")
def servers(tmp_path_factory):
    """Both servers of a local cloud, without the CDK's bootstrap."""
    with running(tmp_path_factory.mktemp("servers")) as cloud:
        yield cloud


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setattr(jobs, "Trainer", FakeTrainer)
    return new_world()


@pytest.fixture
def url(world):
    with served(world) as address:
        yield address


@pytest.fixture
def sagemaker(url):
    found = client("sagemaker", url)
    yield found
    found.close()


@pytest.fixture
def folder(tmp_path):
    yield tmp_path / "cloud"
    local(tmp_path / "cloud", "stop")


@pytest.fixture
def detached(folder):
    LocalCloud.start(folder, bootstrap=False)
    return LocalCloud.attach(folder)
