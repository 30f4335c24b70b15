"""Nobody else can place a file that a start overwrites, or wait in a folder for the keys."""

import os

import pytest

from cdk_automlv2.local.cloud import state_file
from cdk_automlv2.local.cloud.cloud import make_private
from cdk_automlv2.local.cloud.errors import LocalCloudError
from cdk_automlv2.local.cloud.private_files import open_own, require_own_folder

from .terminal import local

as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
STRANGER = 54321


@pytest.fixture
def victim(tmp_path):
    """A file of the user's own that no start may touch."""
    path = tmp_path / "victim"
    path.write_text("mine")
    path.chmod(0o644)
    return path


@pytest.mark.parametrize("name", ["lock", "ministack.log", "sagemaker.log", ".gitignore"])
def test_a_file_of_a_known_name_that_is_a_link_is_not_followed(tmp_path, victim, name):
    folder = tmp_path / ".automlv2"
    folder.mkdir()
    (folder / name).symlink_to(victim)
    told = local(folder, "start", "--detach")

    assert told.returncode == 1
    assert "is a link" in told.stderr
    assert len(told.stderr.splitlines()) == 2
    assert victim.read_text() == "mine"


def test_a_temporary_folder_that_is_a_link_is_refused(tmp_path):
    other = tmp_path / "other"
    other.mkdir(mode=0o755)
    folder = tmp_path / ".automlv2"
    folder.mkdir()
    (folder / "tmp").symlink_to(other)

    with pytest.raises(LocalCloudError, match="is a link"):
        make_private(folder)
    assert other.stat().st_mode & 0o777 == 0o755


def test_a_folder_in_which_everybody_may_write_is_refused(tmp_path):
    folder = tmp_path / ".automlv2"
    folder.mkdir()
    folder.chmod(0o777)
    told = local(folder, "start", "--detach")

    assert told.returncode == 1
    assert "every user may write" in told.stderr
    assert not (folder / "tmp").exists()


def test_a_folder_of_ones_own_may_be_a_link_or_missing(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "disk")

    require_own_folder(tmp_path / "link")
    require_own_folder(tmp_path / "missing")


@as_root
def test_what_belongs_to_another_user_is_refused(tmp_path, victim):
    os.chown(victim, STRANGER, STRANGER)
    folder, link = tmp_path / "folder", tmp_path / "link"
    folder.mkdir()
    link.symlink_to(folder)
    os.chown(link, STRANGER, STRANGER, follow_symlinks=False)

    with pytest.raises(LocalCloudError, match="belongs to another user"):
        open_own(victim, os.O_TRUNC)
    with pytest.raises(LocalCloudError, match="belongs to another user"):
        require_own_folder(link)
    os.chown(folder, STRANGER, STRANGER)
    with pytest.raises(LocalCloudError, match="belongs to another user"):
        make_private(folder)


@as_root
def test_a_state_of_another_user_is_not_believed(tmp_path):
    (tmp_path / "state.json").write_text("{}")
    os.chown(tmp_path / "state.json", STRANGER, STRANGER)

    with pytest.raises(LocalCloudError, match="belongs to another user"):
        state_file.load(tmp_path)
