import pytest

from .gateway import running


@pytest.fixture(scope="session")
def servers(tmp_path_factory):
    """Both servers of a local cloud, without the CDK's bootstrap."""
    with running(tmp_path_factory.mktemp("servers")) as cloud:
        yield cloud
