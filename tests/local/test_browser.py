"""A web page that the developer visits gets nothing from the local cloud, and changes nothing."""

import json

import pytest

from . import browser

pytestmark = [pytest.mark.browser, browser.NEEDED]

TEMPLATE = '{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}'
SCRIPT = """
const template = %(template)s;
const stack = name => new URLSearchParams({
  Action: "CreateStack", Version: "2010-05-15", StackName: name, TemplateBody: template});

function form(url, name) {
  const made = document.createElement("form");
  made.method = "POST"; made.action = url; made.target = "sink";
  for (const [key, value] of stack(name)) {
    const field = document.createElement("input");
    field.name = key; field.value = value; made.append(field);
  }
  document.body.append(made); made.submit();
}
async function read(url, options) {
  try { return (await fetch(url, options)).status + "" } catch (error) { return "unread" }
}
const socket = url => new Promise(done => {
  const made = new WebSocket(url);
  made.onopen = () => done("open"); made.onerror = () => done("refused");
});

(async () => {
  const frame = document.createElement("iframe");
  frame.name = "sink"; document.body.append(frame);
  const found = {};
  form("/control", "form-control");
  await new Promise(done => setTimeout(done, 1000));
  for (const [name, port] of Object.entries(%(ports)s)) {
    for (const host of ["127.0.0.1", "localhost", "evil.example"]) {
      const http = `http://${host}:${port}`, words = `${name} at ${host}`;
      const blind = {method: "POST", mode: "no-cors"};
      form(http + "/", "form-" + name);
      await new Promise(done => setTimeout(done, 500));
      await read(http + "/", {...blind, body: stack("fetch-" + name)});
      await read(http + "/", {...blind, credentials: "include",
        headers: {"Content-Type": "text/plain"}, body: stack("plain-" + name).toString()});
      navigator.sendBeacon(http + "/", stack("beacon-" + name));
      found[`read ${words}`] = await read(http + "/_ministack/health");
      found[`post ${words}`] = await read(http + "/", {method: "POST", body: stack("cors-" + name),
        headers: {Authorization: "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sts/x"}});
      found[`preflight ${words}`] = await read(http + "/", {method: "PUT"});
      found[`socket ${words}`] = await socket(`ws://${host}:${port}/`);
    }
  }
  await fetch("/result", {method: "POST", body: JSON.stringify(found)});
})();
"""


def test_a_page_of_another_origin_reads_nothing_and_makes_no_stack(servers, tmp_path):
    ports = {"ministack": servers.ministack.port, "sagemaker": servers.sagemaker.port}
    script = SCRIPT % {"template": json.dumps(TEMPLATE), "ports": json.dumps(ports)}
    with browser.visited(script, tmp_path) as page:
        found = page.wait()

    [(_, path, body)] = page.requests
    assert path == "/control"
    assert "StackName=form-control" in body
    assert len(found) == 24
    for words, outcome in found.items():
        assert outcome == ("refused" if words.startswith("socket") else "unread"), words
    stacks = servers.client("cloudformation").list_stacks()["StackSummaries"]
    assert not [item for item in stacks if item["StackName"].endswith(("ministack", "sagemaker"))]
