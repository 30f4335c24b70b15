"""Which files of a folder are uploaded, and which folders are refused."""

import json
import os
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import assertions

from cdk_automlv2 import LocalAutoMLDataChannel, OptionsError
from cdk_automlv2.job import folder as folders

from .helpers import job


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "data"
    made.mkdir()
    (made / "train.csv").write_text("y\n1\n")
    return made


def channel(folder, **more):
    return LocalAutoMLDataChannel("S3Prefix", str(folder), **more)


def faults(folder, **more):
    with pytest.raises(OptionsError) as caught:
        channel(folder, **more)
    return [str(fault) for fault in caught.value.problems]


def uploaded(folder, **more):
    """Return the files that lie in the asset, and what synth says."""
    app = cdk.App()
    stack = cdk.Stack(app, "Shop")
    job(stack, inputs=channel(folder, **more))
    told = assertions.Annotations.from_stack(stack).find_info("*", assertions.Match.any_value())
    assembly = app.synth()
    manifest = json.loads((Path(assembly.directory) / "Shop.assets.json").read_text())
    [asset] = [
        Path(assembly.directory) / item["source"]["path"]
        for item in manifest["files"].values()
        if item["source"]["packaging"] == "zip"
        and "entry.py" not in str(item)
        and not (Path(assembly.directory) / item["source"]["path"] / "automlv2_handlers").exists()
    ]
    files = {str(path.relative_to(asset)) for path in asset.rglob("*") if path.is_file()}
    return files, [item.entry.data for item in told]


def test_hidden_files_stay_here_and_are_named(folder):
    for name in (".env", ".DS_Store", "Thumbs.db", ".git/config", "sub/.ipynb_checkpoints/a.csv"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("secret")
    (folder / "sub" / "more.csv").write_text("y\n2\n")

    files, told = uploaded(folder)

    assert files == {"train.csv", "sub/more.csv"}
    assert told == [
        f"{folder}: hidden files are not uploaded: .DS_Store, .env, .git, Thumbs.db, "
        "sub/.ipynb_checkpoints; include_hidden=True uploads them"
    ]


def test_hidden_files_are_uploaded_when_told(folder):
    (folder / ".env").write_text("no secret")

    files, told = uploaded(folder, include_hidden=True)

    assert files == {"train.csv", ".env"}
    assert told == []


def test_links_within_the_folder_are_uploaded_as_what_they_stand_for(folder):
    (folder / "sub").mkdir()
    (folder / "sub" / "a.csv").write_text("y\n2\n")
    (folder / "again").symlink_to("sub")
    (folder / "b.csv").symlink_to("train.csv")

    files, _ = uploaded(folder)

    assert files == {"train.csv", "b.csv", "sub/a.csv", "again/a.csv"}


@pytest.mark.parametrize("name", ["what [is] this*.csv", "a b.csv", "ä€.csv", "!x.csv", "#y.csv"])
def test_odd_names_are_uploaded(folder, name):
    (folder / name).write_text("y\n2\n")

    assert uploaded(folder)[0] == {"train.csv", name}


@pytest.mark.parametrize("absolute", [True, False])
def test_rejects_a_link_out_of_the_folder(folder, absolute):
    outside = folder.parent / "outside.csv"
    outside.write_text("secret")
    (folder / "link.csv").symlink_to(outside if absolute else "../outside.csv")

    assert faults(folder) == [
        f"path: must be no link that leads out of the folder, got '{folder}/link.csv'"
    ]


def test_rejects_a_linked_folder_out_of_the_folder(folder):
    (folder.parent / "other").mkdir()
    (folder / "other").symlink_to("../other")

    assert "leads out of the folder" in faults(folder)[0]


@pytest.mark.parametrize(
    ("links", "where"),
    [
        ({"loop": "."}, "loop"),
        ({"sub/up": ".."}, "sub/up"),
        ({"a": "b", "b": "a"}, "a"),
        ({"sub/x": "../other", "other/y": "../sub"}, "other/y/x"),
    ],
    ids=["itself", "the one above", "each other", "two folders"],
)
def test_rejects_links_that_lead_around(folder, links, where):
    for name, target in links.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).symlink_to(target)

    assert any(fault.endswith(f"got '{folder}/{where}'") for fault in faults(folder))


def test_rejects_a_link_that_leads_nowhere(folder):
    (folder / "gone.csv").symlink_to("missing.csv")

    assert "must be no link that leads nowhere" in faults(folder)[0]


def test_a_hidden_link_that_leads_out_stays_here(folder):
    (folder / ".venv").symlink_to("/usr")

    assert uploaded(folder)[0] == {"train.csv"}


def test_rejects_a_pipe(folder):
    os.mkfifo(folder / "pipe")

    assert "must be a file, and no device, pipe or socket" in faults(folder)[0]


@pytest.mark.parametrize("name", ["a\nb.csv", "a\\b.csv", "x..\\b.csv", "\x07.csv"])
def test_rejects_names_that_an_archive_or_a_key_would_change(folder, name):
    (folder / name).write_text("y\n")

    assert "must have a name of printable characters" in faults(folder)[0]


def test_rejects_a_path_that_no_key_could_have(folder):
    deep = folder / ("d" * 250) / ("e" * 250) / ("f" * 250)
    deep.mkdir(parents=True)
    (deep / "a.csv").write_text("y\n")

    assert "must have a path of 700 bytes or less" in faults(folder)[0]


def test_rejects_a_folder_of_hidden_files_alone(tmp_path):
    (tmp_path / ".env").write_text("secret")

    assert faults(tmp_path) == [
        f"path: must have files in it, got '{tmp_path}'; it has hidden ones alone: .env"
    ]
    channel(tmp_path, include_hidden=True)


def test_rejects_a_file_that_cannot_be_read(folder, monkeypatch):
    monkeypatch.setattr(folders.os, "access", lambda path, mode: False)

    assert "path: must be readable" in faults(folder)[0]


def test_the_size_is_that_of_what_is_uploaded(folder):
    with (folder / "big.csv").open("wb") as file:
        file.truncate(300 << 20)
    (folder / "again.csv").symlink_to("big.csv")

    assert "must have 400 MB or less in it, got '600 MB'" in faults(folder)[0]


def test_what_is_left_out_has_no_size(folder):
    with (folder / ".cache").open("wb") as file:
        file.truncate(600 << 20)

    channel(folder)
    assert "400 MB or less" in faults(folder, include_hidden=True)[0]


def test_very_many_small_files_have_a_size(folder, monkeypatch):
    monkeypatch.setattr(folders, "MAX_FOLDER_BYTES", 1 << 20)
    for number in range(5000):
        (folder / f"{number}.csv").touch()

    assert "must have 1 MB or less" in faults(folder)[0]


def test_the_same_files_are_the_same_job_whatever_is_hidden(folder):
    def key():
        stack = cdk.Stack(cdk.App(), "Shop")
        job(stack, inputs=channel(folder))
        template = assertions.Template.from_stack(stack).to_json()
        [found] = [
            item["Properties"]["AssetKey"]
            for item in template["Resources"].values()
            if item["Type"] == "Custom::AutoMLInput"
        ]
        return found

    before = key()
    (folder / ".DS_Store").write_text("x")
    assert key() == before
    (folder / "more.csv").write_text("y\n")
    assert key() != before


def test_a_whole_disk_is_not_read_through_once_there_is_too_much(tmp_path):
    folder = tmp_path / "data"
    (folder / "z").mkdir(parents=True)
    for name in ("a.csv", "z/b.csv"):
        with (folder / name).open("wb") as file:
            file.truncate(600 << 20)

    assert folders.read(folder, include_hidden=True).files == 1
