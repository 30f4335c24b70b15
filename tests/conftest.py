import os
from pathlib import Path

import pytest
from hypothesis import settings

HERE = Path(__file__).parent

# How long an example takes says how busy the machine is, and nothing of what is tested.
settings.register_profile("busy", deadline=None)
settings.load_profile("busy")

# CDK's validation of templates takes longer than all else in the tests of constructs. `make check`
# has it on for every app.
os.environ["CDK_VALIDATION"] = "false"
# Small fits: threads that wait for each other take longer than the work.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Side by side, what takes long must not begin last.
FIRST = ("docs", "local", "snapshot", "cli", "e2e")


def pytest_collection_modifyitems(items):
    unlike = [item.nodeid for item in items if "Token[" in item.nodeid]
    if unlike:  # Numbers of tokens differ between processes, which then cannot share the tests.
        raise pytest.UsageError(f"ids of tests hold tokens, give ids=: {unlike}")
    place = {name: number for number, name in enumerate(FIRST)}
    items.sort(key=lambda item: place.get(item.path.relative_to(HERE).parts[0], len(place)))


@pytest.fixture(autouse=True)
def no_aws_config(monkeypatch):
    """No test may reach an account by accident."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
