"""What the README and the pages of docs/ show is run."""

import re
import runpy
from pathlib import Path

import aws_cdk as cdk
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
def test_the_code_synthesizes(block, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "block.py").write_text(block)

    names = runpy.run_path("block.py", run_name="__main__")

    [app] = [value for value in names.values() if isinstance(value, cdk.App)]
    assert list(Path(app.outdir).glob("*.template.json"))


def test_there_is_an_example_of_at_most_twenty_lines():
    first, *_ = re.findall(r"```python\n(.*?)```", README, re.DOTALL)

    assert len([line for line in first.splitlines() if line.strip()]) <= 20


@pytest.mark.parametrize("target", re.findall(r"make (\w+)", README))
def test_the_targets_it_names_exist(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
