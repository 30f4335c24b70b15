"""The site in a real browser: on a desk and on a phone, light and dark."""

import pytest

from tests.local.browser import NEEDED
from tests.local.devtools import tab

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
