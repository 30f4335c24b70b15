"""Whole templates: whatever changes in one shows in review; `make snapshots` writes them anew."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAVED = Path(__file__).parent / "templates"
APPS = [ROOT / "app.py", *sorted(ROOT.glob("examples/*/app.py"))]


def portable(template):
    """Without what changes with the version of the CDK or the content of an asset."""
    template.get("Parameters", {}).pop("BootstrapVersion", None)
    template.pop("Rules", None)
    template["Resources"].pop("CDKMetadata", None)
    return json.loads(re.sub(r"[0-9a-f]{64}", "ASSET", json.dumps(template)))


@pytest.mark.parametrize("app", APPS, ids=lambda app: str(app.relative_to(ROOT)))
def test_the_template_is_the_one_saved(app, tmp_path):
    folder = app.parent
    environment = {**os.environ, "CDK_OUTDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    environment.pop("CDK_VALIDATION", None)
    done = subprocess.run(
        [sys.executable, str(app)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr

    [path] = tmp_path.glob("*.template.json")
    template = portable(json.loads(path.read_text()))
    saved = SAVED / path.name.replace(".template", "")
    if os.environ.get("WRITE_SNAPSHOTS") == "1":
        SAVED.mkdir(exist_ok=True)
        saved.write_text(json.dumps(template, indent=1) + "\n")
    assert template == json.loads(saved.read_text())
