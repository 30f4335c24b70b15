"""What the README and the pages of docs/ show is run."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))]
BLOCKS = [
    pytest.param(block, id=f"{page.name}-{number}")
    for page in PAGES
    for number, block in enumerate(re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL))
]


@pytest.mark.parametrize("block", BLOCKS)
def test_the_code_synthesizes(block, tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CDK_OUTDIR": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, "-c", block],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert list(tmp_path.glob("*.template.json"))


def test_there_is_an_example_of_at_most_twenty_lines():
    first, *_ = re.findall(r"```python\n(.*?)```", README, re.DOTALL)

    assert len([line for line in first.splitlines() if line.strip()]) <= 20


@pytest.mark.parametrize("target", re.findall(r"make (\w+)", README))
def test_the_targets_it_names_exist(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
