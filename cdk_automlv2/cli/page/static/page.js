"use strict";
// Every value goes into the page as text; the page's policy refuses anything else.

const LOOK = 2000;
const get = id => document.getElementById(id);
const wide = new Set(["capacity", "reason", "state machine"]);
const lost = new Set([401, 403]);
let token = sessionStorage.getItem("token") || "";
let chosen = "", following = true, limit = Infinity;

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function write(where, text) {
  if (where.textContent !== text) where.textContent = text;
}

async function ask(path, given = {}, options = {}) {
  const query = new URLSearchParams({...given, account: get("account").value});
  const answer = await fetch(`/api/${path}?${query}`, {
    ...options, headers: {"X-Automlv2-Page": token}, cache: "no-store", credentials: "omit"});
  if (lost.has(answer.status)) throw new Locked();
  const found = await answer.json();
  if (!answer.ok) throw new Refused(`${found.error}; next: ${found.next}`);
  return found;
}

class Locked extends Error {}
class Refused extends Error {}

// Keeps rows that are there already: what a reader has focused or marked stays so.
function fill(table, found, nothing, choose) {
  const [head, body] = [table.tHead, table.tBodies[0]];
  const titles = found.columns.join("\t");
  if (head.dataset.titles !== titles) {
    head.dataset.titles = titles;
    const row = playing(element("tr"), "row");
    for (const title of found.columns) row.append(column(title));
    head.replaceChildren(row);
    body.replaceChildren();
  }
  const before = new Map([...body.rows].map(row => [row.dataset.id, row]));
  let place = body.firstElementChild;
  for (const item of found.rows.length ? found.rows : [empty(found, nothing)]) {
    let row = before.get(item.id);
    before.delete(item.id);
    if (!row) row = fresh(item, found.columns, choose);
    if (row === place) place = row.nextElementSibling;
    else body.insertBefore(row, place);
    update(row, item, found.columns.length);
  }
  for (const row of before.values()) row.remove();
}

// On a phone rows are drawn as cards, which takes from a table what it is: its roles say it.
function playing(made, role) {
  made.setAttribute("role", role);
  return made;
}

function column(title) {
  const cell = playing(element("th", title), "columnheader");
  cell.scope = "col";
  return cell;
}

function empty(found, nothing) {
  const words = found.note || nothing;
  return {id: `\n${words}`, cells: [words], tone: found.note ? "bad" : "", whole: true};
}

function fresh(item, columns, choose) {
  const row = playing(element("tr"), "row");
  row.dataset.id = item.id;
  if (item.whole) {
    row.append(playing(element("td"), "cell"));
    row.firstChild.colSpan = columns.length;
    return row;
  }
  const name = playing(element("th"), "rowheader");
  name.scope = "row";
  if (choose) {
    const button = element("button", undefined, "name");
    button.type = "button";
    button.addEventListener("click", () => choose(item.id));
    name.append(button);
  }
  row.append(name);
  for (const title of columns.slice(1)) {
    const cell = playing(element("td", undefined, wide.has(title) ? "wide" : ""), "cell");
    cell.dataset.title = title;
    row.append(cell);
  }
  return row;
}

function update(row, item, count) {
  item.cells.slice(0, count).forEach((text, place) => {
    const cell = row.cells[place];
    if (place === 1 && item.tone) marked(cell, text, item.tone);
    else write(cell.querySelector("button") || cell, text);
  });
}

function marked(cell, text, tone) {
  if (!cell.firstElementChild) cell.replaceChildren(element("span"));
  cell.firstElementChild.className = `tone ${tone}`;
  write(cell.firstElementChild, text);
}

function choices(select, values, first) {
  const wanted = JSON.stringify(values);
  if (select.dataset.values === wanted) return;
  select.dataset.values = wanted;
  const kept = select.value;
  const options = values.map(value => {
    const made = element("option", value);
    made.value = value;
    return made;
  });
  if (first !== undefined) {
    options.unshift(element("option", first));
    options[0].value = "";
  }
  select.replaceChildren(...options);
  if (values.includes(kept)) select.value = kept;
}

async function look() {
  const found = await ask("overview");
  limit = found.limit;
  choices(get("account"), found.accounts);
  get("accounts").hidden = found.accounts.length < 2;
  choices(get("endpoint"), found.endpoints);
  choices(get("group"), found.groups, "all");
  write(get("at"), `as of ${found.at}`);
  const {jobs, endpoints, releases, executions, stacks} = found.tables;
  if (following && jobs.rows.length) chosen = jobs.rows[0].id;
  fill(get("table-jobs"), jobs, "No job yet. Next: automlv2 local deploy", pick);
  fill(get("table-endpoints"), endpoints, "No endpoint yet. Next: automlv2 local deploy");
  fill(get("table-releases"), releases, "No release: no stack has an AutoMLRelease.");
  fill(get("table-executions"), executions, "No execution yet.");
  fill(get("table-stacks"), stacks, "No stack yet. Next: automlv2 local deploy");
  await lookAtJob();
  const logs = await ask("logs", {group: get("group").value});
  const scroll = get("log-scroll");
  const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 20;
  fill(get("table-logs"), {columns: ["time", "log group", "line"],
    rows: logs.lines.map(line => ({...line, tone: ""}))}, "No lines in the last hour.");
  if (atEnd) scroll.scrollTop = scroll.scrollHeight;
}

function pick(name) {
  chosen = name;
  following = false;
  lookAtJob().catch(failed);
}

async function lookAtJob() {
  get("job").hidden = !chosen;
  for (const button of get("table-jobs").querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.closest("tr").dataset.id === chosen));
  }
  if (!chosen) return;
  const asked = chosen;
  const found = await ask("job", {name: asked});
  if (asked !== chosen) return;
  write(get("job-name"), found.name);
  get("job-progress").hidden = found.most === null;
  if (found.most !== null) {
    get("job-bar").max = found.most;
    get("job-bar").value = found.done;
    write(get("job-words"), `${found.done} of ${found.most} candidates`);
  }
  fill(get("table-board"), found.board, "No candidate yet.");
  const facts = JSON.stringify(found.facts);
  if (get("job-facts").dataset.facts !== facts) {
    get("job-facts").dataset.facts = facts;
    const parts = found.facts.flatMap(([name, value]) =>
      [element("dt", name), element("dd", value)]);
    get("job-facts").replaceChildren(...parts);
  }
}

function state(words, isLost) {
  write(get("state"), words);
  get("state").className = isLost ? "lost" : "";
}

function failed(error) {
  if (error instanceof Locked) {
    state("This tab has no access. Next: automlv2 local page prints a link that opens it", true);
  } else if (error instanceof Refused) {
    state(error.message, true);
  } else {
    state("The local cloud does not answer. Next: automlv2 local status", true);
  }
  return error instanceof Locked;
}

async function watch() {
  let pause = LOOK;
  if (!document.hidden) {
    try {
      await look();
      state("Live");
    } catch (error) {
      if (failed(error)) return;
      pause = 2 * LOOK;
    }
  }
  setTimeout(watch, pause);
}

function whyNot(file, rows) {
  if (!get("endpoint").value || (!file && !rows.trim())) {
    return "Choose an endpoint, and give a row or a file.";
  }
  if (file && rows.trim()) return "Give either rows or a file: remove one of them.";
  if ((file || new Blob([rows])).size > limit) {
    return `That is larger than the ${limit / 2 ** 20} MB that an endpoint takes.`;
  }
  return "";
}

// Shows the picture that is to be sent; what no browser can draw is sent all the same.
function lookAtFile() {
  const file = get("file").files[0];
  get("without").hidden = !file;
  get("look").hidden = true;
  get("look").replaceChildren();
  if (!file || !file.type.startsWith("image/") || file.size > limit) return;
  const reader = new FileReader();
  reader.addEventListener("load", () => {
    if (get("file").files[0] !== file) return;
    const picture = element("img");
    picture.alt = `The picture ${file.name}`;
    picture.addEventListener("load", () => { get("look").hidden = false; });
    picture.src = reader.result;
    get("look").replaceChildren(picture);
  });
  reader.readAsDataURL(file);
}

function withoutFile() {
  get("file").value = "";
  lookAtFile();
  get("file").focus();
}

async function send(event) {
  event.preventDefault();
  const file = get("file").files[0];
  const rows = get("rows").value;
  const words = get("answer-state");
  get("answer").hidden = true;
  words.className = "";
  const wrong = whyNot(file, rows);
  if (wrong) {
    words.className = "failed";
    write(words, wrong);
    return;
  }
  get("send").disabled = true;
  write(words, "Waiting for the response");
  try {
    const given = {endpoint: get("endpoint").value, type: get("type").value,
      name: file ? file.name : ""};
    const found = await ask("invoke", given, {method: "POST", body: file || rows});
    const more = found.left_out ? `; the last ${found.left_out} bytes are not shown` : "";
    write(words, `${found.type}, ${found.bytes} bytes in ${found.milliseconds} ms from variant ` +
      `${found.variant}; sent as ${found.sent}${more}`);
    write(get("answer"), found.text);
    get("answer").hidden = false;
  } catch (error) {
    words.className = "failed";
    write(words, error instanceof Refused ? error.message : "The local cloud does not answer.");
    if (error instanceof Locked) failed(error);
  } finally {
    get("send").disabled = false;
  }
}

async function begin() {
  const code = location.hash.slice(1);
  if (/^[\w-]{43}$/.test(code)) {
    history.replaceState(null, "", location.pathname);
    const answer = await fetch("/session", {method: "POST", body: code, credentials: "omit"});
    if (answer.ok) {
      token = (await answer.json()).token;
      sessionStorage.setItem("token", token);
    } else if (!token) {
      const found = await answer.json();
      state(`No access: ${found.error}. Next: ${found.next}`, true);
      return;
    }
  }
  if (!token) {
    failed(new Locked());
    return;
  }
  get("form").addEventListener("submit", send);
  get("file").addEventListener("change", lookAtFile);
  get("without").addEventListener("click", withoutFile);
  get("account").addEventListener("change", () => {
    chosen = "";
    following = true;
  });
  await watch();
}

// Another link in the same tab changes what is behind the # only.
addEventListener("hashchange", () => location.reload());
begin().catch(failed);
