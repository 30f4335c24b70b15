"""How Sphinx builds the site: ``make docs``."""

import sys
import tomllib
from pathlib import Path

DOCS = Path(__file__).parent
sys.path[:0] = [str(DOCS), str(DOCS.parent)]

PROJECT = tomllib.loads((DOCS.parent / "pyproject.toml").read_text())["project"]

project = "cdk_automlv2"
copyright = "the authors of cdk_automlv2, Apache-2.0"  # noqa: A001
release = PROJECT["version"]
language = "en"

extensions = ["myst_parser", "builder.links"]
exclude_patterns = ["builder", "notebooks"]
myst_heading_anchors = 3
nitpicky = True

html_theme = "furo"
html_title = f"cdk_automlv2 {release}"
html_copy_source = False
html_show_sphinx = False
html_static_path = ["static"]
html_css_files = ["site.css"]
