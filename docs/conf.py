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

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_click",
    "builder.links",
    "builder.messages",
    "builder.readable",
    "builder.reference",
    "builder.rights",
]
exclude_patterns = ["builder", "notebooks"]
myst_heading_anchors = 3
nitpicky = True

html_theme = "furo"
html_title = f"cdk_automlv2 {release}"
html_copy_source = False
html_show_sphinx = False
html_static_path = ["static"]
html_css_files = ["site.css"]

# Signatures have one argument a line; what a docstring calls attributes are a class's options.
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_class_signature = "mixed"
python_maximum_signature_line_length = 80
python_use_unqualified_type_names = True
napoleon_numpy_docstring = False
napoleon_custom_sections = [("Attributes", "params_style")]
# Names of others have no page here; each of ours that a signature names must have one.
nitpick_ignore_regex = [(r"py:.*", r"(?!cdk_automlv2\.).*")]
nitpick_ignore = [
    ("py:class", "cdk_automlv2.release.parts.DetachedJob"),  # What fit(wait=False) returns.
    ("py:class", "cdk_automlv2.specs.nodes.Mark"),
]
