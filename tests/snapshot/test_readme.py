"""What the README shows is run."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_the_code_of_the_readme_synthesizes(number, tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CDK_OUTDIR": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, "-c", BLOCKS[number]],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert list(tmp_path.glob("*.template.json"))


def test_there_is_an_example_of_at_most_twenty_lines():
    assert len(BLOCKS) == 1
    assert len([line for line in BLOCKS[0].splitlines() if line.strip()]) <= 20


@pytest.mark.parametrize("target", re.findall(r"make (\w+)", README))
def test_the_targets_it_names_exist(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("link", re.findall(r"\]\(([A-Z]+\.md)\)", README))
def test_the_files_it_links_exist(link):
    assert (ROOT / link).is_file()
