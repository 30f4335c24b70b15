"""Whole templates: whatever changes in one shows in review; `make snapshots` writes them anew."""

import json
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAVED = Path(__file__).parent / "templates"
ELSEWHERE = {
    "forty_models": "forty models that differ in a word or two: tests/synth/test_forty_models.py",
    "front_doors": "an API changes with the CDK's version: tests/e2e/test_examples.py",
    "cdk_pipelines": "a pipeline changes with the CDK's version: tests/synth/test_pipelines.py",
    "github_actions": "as examples/release: tests/synth/test_pipelines.py",
}
"""Examples that other tests look at, and why."""

APPS = [
    ROOT / "app.py",
    *(app for app in sorted(ROOT.glob("examples/*/app.py")) if app.parent.name not in ELSEWHERE),
]
COMPOSITIONS = Path(__file__).parent / "apps" / "compositions.py"


def portable(template):
    """Without what changes with the version of the CDK or the content of an asset."""
    template.get("Parameters", {}).pop("BootstrapVersion", None)
    template.pop("Rules", None)
    template["Resources"].pop("CDKMetadata", None)
    text = json.dumps(template)
    for digest in sorted(set(re.findall(r"[0-9a-f]{64}", text))):
        # Folders lie below a prefix that begins as the hash of their content does.
        text = text.replace(digest, "ASSET").replace(digest[:16], "ASSET")
    return json.loads(text)


def synthesize(app, folder, into, **more):
    """Run an app as the CDK CLI does; return what it has said."""
    environment = {**os.environ, "CDK_OUTDIR": str(into), "PYTHONPATH": str(ROOT), **more}
    done = subprocess.run(
        [sys.executable, str(app)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def compare(path, name):
    """Compare a template with the one saved under that name, or save it."""
    template = portable(json.loads(path.read_text()))
    saved = SAVED / f"{name}.json"
    if os.environ.get("WRITE_SNAPSHOTS") == "1":
        SAVED.mkdir(exist_ok=True)
        saved.write_text(json.dumps(template, indent=1) + "\n")
    assert template == json.loads(saved.read_text())


@pytest.mark.parametrize("app", APPS, ids=lambda app: str(app.relative_to(ROOT)))
def test_the_template_is_the_one_saved(app, monkeypatch):
    monkeypatch.chdir(app.parent)

    built = runpy.run_path(str(app), run_name="__main__")["app"]

    [path] = Path(built.outdir).glob("*.template.json")
    compare(path, path.name.removesuffix(".template.json"))
    assert [
        message.entry.data for stack in built.synth().stacks for message in stack.messages
    ] == []


def test_the_templates_of_nested_staged_and_several_stacks_are_those_saved(tmp_path):
    # `make check` validates all apps but these.
    synthesize(COMPOSITIONS, tmp_path, tmp_path / "out", CDK_VALIDATION="true")

    found = {path.name: path for path in (tmp_path / "out").rglob("*.template.json")}
    assert len(found) == 6
    for name, path in found.items():
        compare(path, f"composed-{re.sub('[0-9A-F]{8}', '', name.partition('.')[0])}")
