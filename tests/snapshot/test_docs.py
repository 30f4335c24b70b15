"""What the pages say of other files is there."""

import ast
import json
import re
import runpy
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
TOP_PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md"]
DECISIONS = sorted(ROOT.glob("docs/decisions/*.md"))
PAGES = [*TOP_PAGES, *sorted(ROOT.glob("docs/*.md")), *DECISIONS]
REPOSITORY = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["urls"]["Source"]
RAW = REPOSITORY.replace("github.com", "raw.githubusercontent.com")
LINKS = [
    pytest.param(page, link, id=f"{page.name}-{link}")
    for page in PAGES
    for link in re.findall(r"\]\(([\w./-]+\.md)\)", page.read_text())
]
README = (ROOT / "README.md").read_text()
ABSOLUTE = re.findall(
    rf"\]\((?:{re.escape(REPOSITORY)}/blob|{re.escape(RAW)})/main/([\w./-]+)\)", README
)
DRAWING = ROOT / "docs" / "architecture"
TROUBLES = re.findall(
    r"^\| `(.*?)` \|", README.partition("## Troubleshooting")[2], flags=re.MULTILINE
)
OF_SAGEMAKER = "|".join(
    [
        "AccessDeniedException",
        "ResourceLimitExceeded",
        "InProgress",
        "MaxAutoMLJobRuntimeReached",
        "(?<=' )failed",
    ]
)
LEAST_LETTERS = 6


def fragments(message: str) -> list[str]:
    """Return the parts of a message that are the same each time and that the function words."""
    parts = re.split(rf"…|'|\(|{OF_SAGEMAKER}", message)
    return [part.strip() for part in parts if len(re.findall("[a-z]", part)) >= LEAST_LETTERS]


def texts() -> Iterator[str]:
    """Yield every literal text of the function's code."""
    for path in (ROOT / "lambda").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_holds_no_conflict_of_a_merge(page):
    assert not re.findall(r"^(?:<{7} .*|={7}|>{7} .*)$", page.read_text(), flags=re.MULTILINE)


READS = {"py": ast.parse, "json": json.loads, "yaml": yaml.safe_load}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_shows_of_code_and_files_can_be_read(page):
    """Parts of files, and code that needs what only its reader has, are not run: they are read."""
    for language, read in READS.items():
        for block in re.findall(rf"^```{language}\n(.*?)^```", page.read_text(), re.DOTALL | re.M):
            read(block)


@pytest.mark.parametrize(("page", "link"), LINKS)
def test_a_page_links_to_a_file_that_is_there(page, link):
    assert (page.parent / link).is_file()


def test_every_link_of_the_readme_works_on_pypi_too():
    assert {link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link} == set()


@pytest.mark.parametrize("link", ABSOLUTE)
def test_a_link_of_the_readme_into_the_repository_leads_to_a_file(link):
    assert (ROOT / link).is_file()


def test_the_picture_of_the_architecture_is_the_one_that_its_source_draws():
    drawn = runpy.run_path(str(DRAWING / "draw.py"))["drawing"]()

    assert (DRAWING / "architecture.svg").read_text() == drawn


def test_the_picture_names_the_custom_resources_as_they_are_called():
    types = set(re.findall(r"Custom::\w+", (DRAWING / "architecture.svg").read_text()))

    assert types
    for name in types:
        assert any(name.removeprefix("Custom::") in text for text in texts()), name


def test_no_two_decisions_have_one_number():
    numbers = [page.name.partition("-")[0] for page in DECISIONS]

    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_has_the_number_of_its_file_in_its_title(page):
    assert page.read_text().startswith(f"# {int(page.name.partition('-')[0])}. ")


@pytest.mark.parametrize("message", TROUBLES)
def test_the_troubleshooting_table_names_messages_that_the_function_has(message):
    known = list(texts())

    for fragment in fragments(message):
        assert any(fragment in text for text in known), fragment


def test_the_troubleshooting_table_is_read():
    assert sum(bool(fragments(message)) for message in TROUBLES) >= 15
