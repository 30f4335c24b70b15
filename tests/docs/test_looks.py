"""The site in a real browser: on a desk and on a phone, light and dark."""

import pytest

from tests.local.browser import NEEDED
from tests.local.devtools import AXE, SCREENS, tab

pytestmark = [pytest.mark.browser, NEEDED]
_WIDTH = "document.documentElement.scrollWidth"
WIDE = ["index.html", "command.html", "troubleshooting.html"]


def look(browser, page, width):
    browser.open(page)
    assert browser.run(_WIDTH) <= width, page.name
    assert browser.messages == [], page.name
    assert {url.partition(":")[0] for url in browser.requests} <= {"file", "data"}, page.name


def test_no_page_is_wider_than_a_phone_or_says_anything_on_the_console(site, tmp_path):
    with tab(tmp_path) as browser:
        browser.look_like(390, 844, dark=True)
        for page in [*site.glob("*.html"), *site.glob("generated/**/*.html")]:
            look(browser, page, 390)


def test_the_widest_pages_fit_a_desk(site, tmp_path):
    with tab(tmp_path) as browser:
        browser.look_like(1280, 900, dark=False)
        for page in WIDE:
            look(browser, site / page, 1280)


AUDITED = [
    *("index.html", "tutorial.html", "permissions.html", "troubleshooting.html", "search.html"),
    "generated/reference/AutoMLEndpoint.html",
]
# It would load style sheets once more, which a page from a file may not.
_AUDIT = """axe.run({preload: false}).then(found => found.violations.map(
    rule => `${rule.id}: ${rule.nodes[0].html} ${rule.nodes[0].failureSummary}`))"""


@pytest.mark.skipif(not AXE.is_file(), reason="no axe-core: npm ci")
def test_a_screen_reader_finds_its_way_and_a_keyboard_reaches_what_scrolls(site, tmp_path):
    with tab(tmp_path) as browser:
        for width, dark in SCREENS:
            browser.look_like(width, 900, dark=dark)
            for page in AUDITED:
                look(browser, site / page, width)
                browser.run(f"{AXE.read_text()};0")
                assert browser.run(_AUDIT) == [], (page, width, dark)
