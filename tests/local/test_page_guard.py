"""Nobody but who was given a link gets anything of the page; over HTTP, as an attacker would."""

import http.client
import json
import re

import pytest

from cdk_automlv2.cli.page import link
from cdk_automlv2.cli.page.server import HEADERS
from cdk_automlv2.local.cloud import servers as of_servers
from cdk_automlv2.local.cloud.claims import Head, SignatureError
from cdk_automlv2.local.cloud.page_sessions import SECONDS, PageSessions

from .page import TOKEN, Page
from .signing import FOREIGN, key_of, send, signed
from .terminal import automlv2, local, none_runs, processes_of, starting, wait_until_it_runs

READS = ["/api/overview", "/api/job?name=x", "/api/logs"]
FILES = ["/page", "/page.js", "/page.css"]


@pytest.fixture(scope="module")
def page(servers):
    return Page(servers)


def test_a_link_opens_one_tab(servers, page):
    code = link.link_to(servers).partition("#")[2]

    assert page.begin(code)[0] == 200
    assert page.begin(code) == (
        403,
        {"error": "the link was used before, or is too old", "next": "automlv2 local page"},
    )


def test_a_code_is_good_for_a_quarter_of_an_hour():
    moments = iter([0.0, SECONDS - 1, 0.0, SECONDS])
    sessions = PageSessions(lambda: next(moments))

    assert sessions.begin(sessions.code())
    with pytest.raises(SignatureError, match="too old"):
        sessions.begin(sessions.code())


def test_the_newest_of_many_links_and_tabs_are_kept():
    sessions = PageSessions()
    codes = [sessions.code() for _ in range(65)]

    with pytest.raises(SignatureError):
        sessions.begin(codes[0])
    tokens = [sessions.begin(code) for code in codes[1:]]
    for _ in range(64):
        sessions.begin(sessions.code())
    with pytest.raises(SignatureError):
        sessions.require(Head("GET", "/api/overview", "", {TOKEN.lower(): tokens[-1]}))


def test_the_token_of_a_link_reads(page):
    for path in READS:
        status, headers, _ = send(page, "GET", path, headers={TOKEN: page.token})
        assert status == (400 if "job" in path else 200), path
        assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("token", ["", "x", "é", "null"])
def test_without_the_token_of_a_link_nothing_is_read_or_sent(page, token):
    given = {TOKEN: token} if token else {}
    for path in READS:
        assert send(page, "GET", path, headers=given)[0] == 403
    assert (
        send(page, "POST", "/api/invoke?endpoint=x", b"1", {"Origin": page.url, **given})[0] == 403
    )


def test_a_signature_is_no_token(servers, page):
    for key in (key_of(servers), servers.keys.own):
        own = signed(page, key, "sagemaker", "/api/overview", method="GET")
        assert send(page, "GET", "/api/overview", headers=own)[0] == 403


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_what_comes_from_elsewhere_is_refused_even_with_the_token(page, headers):
    for path in [*READS, *FILES]:
        assert send(page, "GET", path, headers={TOKEN: page.token, **headers})[0] == 403
    for path in ("/api/invoke?endpoint=x", "/session"):
        assert send(page, "POST", path, b"1", {**page.own, **headers})[0] == 403


def test_an_invocation_says_from_where_it_comes(page):
    path = "/api/invoke?endpoint=x"

    assert send(page, "POST", path, b"1", {TOKEN: page.token})[0] == 403
    assert send(page, "POST", path, b"1", page.own)[0] == 400


@pytest.mark.parametrize("account", ["000000000000", "own"])
def test_a_link_is_given_to_the_local_clouds_own_key_alone(servers, page, account):
    key = servers.keys.own if account == "own" else servers.keys.accounts[account]
    signature = signed(page, key, "automlv2", link.CODE, b"{}")

    assert send(page, "POST", link.CODE, b"{}")[0] == 403
    assert send(page, "POST", link.CODE, b"{}", signature)[0] == (200 if account == "own" else 403)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("GET", path) for path in ("/", "/page/", "/page.js/x", "/static/page.js", "/api", "/x")),
        *(("GET", path) for path in ("//api/overview", "/page/../api/overview", "/session")),
        *(("POST", path) for path in ("/", "/page", "/api/overview", "/_automlv2/faults")),
        *((method, "/api/overview") for method in ("PUT", "DELETE", "OPTIONS")),
    ],
)
def test_there_is_no_other_way_in(page, method, path):
    assert send(page, method, path, headers={"Origin": page.url})[0] in (403, 404)


def test_everything_that_is_sent_forbids_what_the_page_does_not_need(page):
    answers = [send(page, "GET", path) for path in FILES]
    answers.append(send(page, "GET", READS[0], headers=page.own))

    for status, headers, _ in answers:
        assert status == 200
        assert {name.lower(): value for name, value in HEADERS.items()}.items() <= headers.items()
        assert not [name for name in headers if name.startswith(("access-control", "set-cookie"))]
    assert "'unsafe" not in HEADERS["Content-Security-Policy"]


def test_the_files_that_anybody_may_read_hold_nothing_of_the_cloud(servers, page):
    secrets = [key.secret_key for key in (servers.keys.own, *servers.keys.accounts.values())]
    for path in FILES:
        _, _, body = send(page, "GET", path)
        for text in (page.token, *secrets, str(servers.folder), "000000000000"):
            assert text.encode() not in body
        assert not re.search(rb"<script>|<style|\son\w+=|innerHTML|javascript:", body)


def test_each_account_is_shown_alone(servers, page):
    servers.client("logs", "222222222222").create_log_group(logGroupName="of-the-second")

    def groups(account):
        path = f"/api/overview?account={account}"
        status, _, body = send(page, "GET", path, headers={TOKEN: page.token})
        return json.loads(body)["groups"] if status == 200 else status

    assert "of-the-second" in groups("222222222222")
    assert "of-the-second" not in groups("000000000000")
    assert groups("333333333333") == 400


def test_a_body_larger_than_an_endpoint_takes_is_refused_before_it_is_read(page):
    connection = http.client.HTTPConnection("127.0.0.1", page.port, timeout=20)
    headers = {**page.own, "Content-Length": str(7 * 1024 * 1024)}
    connection.request("POST", "/api/invoke?endpoint=x", headers=headers)

    assert connection.getresponse().status == 413
    connection.close()


def test_the_page_ends_with_its_cloud_and_is_started_once(folder):
    with starting(folder) as process:
        wait_until_it_runs(process)
        first = local(folder, "page", "--no-open")
        second = local(folder, "page", "--no-open")
        assert first.stdout.startswith("page at http://127.0.0.1:")
        assert f"automlv2 local --folder {folder} page gives another" in first.stderr
        assert first.stdout.partition("#")[0] == second.stdout.partition("#")[0]
        assert first.stdout != second.stdout
        assert of_servers.page_of(folder)
        process.terminate()
        assert process.wait(timeout=30) == 0

    assert not processes_of(folder)


def test_without_a_local_cloud_there_is_no_page(folder):
    done = local(folder, "page")

    assert done.returncode == 1
    assert done.stderr == none_runs(folder)
    assert "page" in automlv2("local", "--help").stdout
