"""The site as a reader meets it."""

from .conftest import ROOT
from .loads import loaded

PAGES = sorted(
    path.relative_to(ROOT / "docs").with_suffix(".html").as_posix()
    for pattern in ("*.md", "decisions/*.md")
    for path in ROOT.glob(f"docs/{pattern}")
)


def test_loading_from_outside_would_be_seen():
    outside = "https://cdn.example/x"
    for text in (
        f'<script src="{outside}"></script>',
        f'<link rel="stylesheet" href="{outside}">',
        f'<img src="{outside}">',
        f"@font-face {{ src: url({outside}) }}",
        f"@import '{outside}';",
    ):
        assert loaded(text) == [outside]


def test_no_page_loads_anything_from_outside(site):
    files = [path for kind in ("html", "css", "svg") for path in site.rglob(f"*.{kind}")]

    assert len(files) > len(PAGES)
    for path in files:
        outside = [link for link in loaded(path.read_text()) if "//" in link]
        assert not outside, path


def test_every_page_of_the_repository_is_in_the_site_and_in_its_menu(site):
    menu = (site / "index.html").read_text()

    for page in PAGES:
        assert (site / page).is_file()
        if "/" not in page and page != "index.html":
            assert f'href="{page}"' in menu, page


def test_a_link_of_the_readme_to_a_page_stays_in_the_site(site):
    assert 'href="parity.html"' in (site / "constructs.html").read_text()


def test_a_page_has_one_title(site):
    """A line of equals signs left by a merge makes a second one of what stands above it."""
    for page in PAGES:
        assert (site / page).read_text().count("<h1>") == 1, page
