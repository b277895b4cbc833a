// The roll: one tap a learner. What is tapped is kept in the outbox first and shown after; the network may come when it
// likes. Names come from the desk as JSON and are shown from the phone where there is no network.
import { canScan, scan, whose } from "./codes.js";
import { KEY_HEADER, askToStay, entriesOf, keepKey, keepNames, keyOf, namesOf, put, send } from "./outbox.js";

const KIND = "attendance_mark";
const NONE = "unmarked";
const CAME = new Set(["present", "late", "walk_in"]);
const AGAIN = 20000; // ms between tries while something waits

const meeting = Number(location.pathname.match(/\/meetings\/(\d+)\/roll$/)?.[1]);
const group = `meeting:${meeting}`;
const place = (name) => document.querySelector(`[data-${name}]`);
const word = (name, values = {}) =>
  Object.entries(values).reduce(
    (text, [key, value]) => text.replace(`{${key}}`, value),
    document.querySelector(`[data-word="${name}"]`).textContent,
  );

let data; // what the desk told, or the phone kept of it
let fetchedAt = 0; // when; what was confirmed before stands in it
let entries = []; // of this meeting, in the order of tapping
let sending = "sent";
let access = "fetched"; // or "offline", "signed-out", "not-here"
let worker = true;
const rows = new Map();

if (meeting) start();
else note(word("note-no-names"));

async function start() {
  place("undo").addEventListener("click", undo);
  place("send").addEventListener("click", () => handIn());
  place("codes").addEventListener("submit", (event) => {
    event.preventDefault();
    const field = place("codes").elements.code;
    checkIn(field.value);
    field.value = "";
    field.focus();
  });
  place("scan").addEventListener("click", turnCamera);
  canScan().then((can) => (place("scan").hidden = !can));
  window.addEventListener("online", () => handIn());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && handIn());
  setInterval(() => waiting().length && handIn(), AGAIN);
  try {
    entries = await entriesOf(group);
    data = await namesOf(group);
  } catch {
    access = "cannot-keep";
  }
  draw();
  if (access === "cannot-keep") return;
  askToStay();
  await handIn();
  await keepThePage();
}

async function keepThePage() {
  if (!navigator.serviceWorker) {
    worker = false;
    return draw();
  }
  await navigator.serviceWorker.register("/sw.js").catch(() => (worker = false));
  if (worker) await navigator.serviceWorker.ready;
  document.documentElement.dataset.offline = worker ? "ready" : "no";
  draw();
}

// Sends what waits, and asks what stands now. First the key, if the desk will give one.
async function handIn() {
  sending = await send(word("drop-box"));
  entries = await entriesOf(group);
  draw();
  await ask();
  if (sending === "key" && access === "fetched") sending = await send(word("drop-box"));
  entries = await entriesOf(group);
  draw();
}

async function ask() {
  const key = data && (await keyOf(data.account));
  const asked = Date.now();
  let answer;
  try {
    answer = await fetch(`/classes/meetings/${meeting}/roll.json`, {
      headers: key ? { [KEY_HEADER]: key } : {},
      signal: AbortSignal.timeout(15000),
    });
  } catch {
    access = "offline";
    return;
  }
  if (answer.redirected || answer.status === 401) access = "signed-out";
  else if (answer.status === 404 || answer.status === 403) access = "not-here";
  else if (!answer.ok) access = "offline";
  else {
    const { csrf, key_good: good, keep_seconds: seconds, ...told } = await answer.json();
    access = "fetched";
    fetchedAt = asked;
    data = told;
    await keepNames(group, told, seconds);
    if (!good || !(await keyOf(told.account))) await getKey(told.account, csrf);
  }
}

async function getKey(account, csrf) {
  const answer = await fetch(word("key-page"), { method: "POST", headers: { "X-CSRFToken": csrf } }).catch(() => null);
  if (answer?.ok && !answer.redirected) await keepKey(account, (await answer.json()).key);
}

function waiting() {
  return entries.filter((entry) => entry.state === "waiting");
}

// What a learner is now: the last tap here that the desk's answer does not hold yet, else what the desk says.
function stateOf(person) {
  return lastTap(person.id)?.content.state ?? person.state;
}

function lastTap(id) {
  return entries.findLast(
    (entry) => entry.content.learner === id && (entry.state === "waiting" || entry.confirmed_at > fetchedAt),
  );
}

async function tap(id) {
  const person = data.people.find((one) => one.id === id);
  if (!person?.taps.length) return;
  const state = stateOf(person);
  const next = person.taps[(person.taps.indexOf(state) + 1) % person.taps.length];
  // Where two saw it differently the first tap says that what stands is right, as the note above the list asks.
  const confirms = person.disputed && !lastTap(id) && person.taps.includes(state);
  await mark(person, confirms ? state : next, state);
}

let taken = Promise.resolve();

// One after the other: a second tap sees what the first one made.
function mark(person, state, before) {
  taken = taken.then(async () => {
    const entry = await put(data.account, KIND, group, { meeting, learner: person.id, state, before });
    entries.push(entry);
    draw();
  });
  return taken.then(handInSoon);
}

// Whoever shows a card or a slip is here: with a seat present, else a walk-in.
async function checkIn(text) {
  const [id] = data ? await whose(data.people, meeting, text) : [];
  const person = id && data.people.find((one) => one.id === id);
  if (!person?.taps.length) return (place("code-answer").textContent = word("code-unknown"));
  const state = stateOf(person);
  const wanted = person.seat ? "present" : "walk_in";
  if (!CAME.has(state)) await mark(person, person.taps.includes(wanted) ? wanted : person.taps[0], state);
  place("code-answer").textContent = word("code-known", { name: person.name, state: word(`state-${stateOf(person)}`) });
  rows.get(id).scrollIntoView({ block: "nearest" });
}

let stop;
async function turnCamera() {
  if (stop) {
    stop();
    stop = undefined;
  } else {
    stop = await scan(place("video"), checkIn).catch(() => undefined);
    if (!stop) place("code-answer").textContent = word("code-no-camera");
  }
  place("scan").textContent = word(stop ? "scan-stop" : "scan-start");
}

let soon;
function handInSoon() {
  clearTimeout(soon);
  soon = setTimeout(handIn, 400);
}

// The last tap of this phone is taken back by another one: what was written stays written.
function undo() {
  const last = entries.at(-1);
  const person = last && data.people.find((one) => one.id === last.content.learner);
  if (person) mark(person, last.content.before ?? NONE, last.content.state);
}

function draw() {
  const left = waiting().length;
  const done = entries.length - left;
  place("foot").hidden = !data && !entries.length;
  place("undo").disabled = !data || !entries.length;
  place("send").hidden = !left;
  place("sent").textContent = left ? word("some-left", { left, done }) : done ? word("all-sent", { done }) : word("nothing-yet");
  place("sent").dataset.left = left;
  drawNotes();
  if (!data) return;
  place("title").textContent = data.title;
  place("when").textContent = `${data.when}　${data.place}`;
  place("hint").hidden = data.called_off;
  place("page").hidden = false;
  place("codes").hidden = data.called_off || data.ahead;
  place("page").href = data.page;
  for (const person of data.people) drawPerson(person);
  for (const [id, row] of rows) if (!data.people.some((one) => one.id === id)) row.remove();
  const expected = data.people.filter((one) => one.seat);
  place("sum").textContent = word("sum", {
    came: data.people.filter((one) => CAME.has(stateOf(one))).length + data.heads,
    left: expected.filter((one) => stateOf(one) === NONE).length,
  });
}

function drawPerson(person) {
  const row = rows.get(person.id) ?? makeRow(person.id);
  const state = stateOf(person);
  const written = entries.findLast((entry) => entry.content.learner === person.id);
  const button = row.querySelector("button");
  button.dataset.state = state;
  button.disabled = !person.taps.length;
  row.querySelector(".roll-seat").textContent = person.seat
    ? word("seat", { n: person.seat })
    : word(person.waiting ? "waiting" : "state-walk_in");
  row.querySelector(".name").textContent = person.name;
  row.querySelector(".kana").textContent = person.kana;
  row.querySelector(".roll-state").textContent = state === NONE ? word("state-none") : word(`state-${state}`);
  row.querySelector(".roll-way").textContent = written ? word(`way-${written.state}`) : "";
  row.querySelector(".roll-note").textContent = person.disputed;
  row.querySelector(".roll-note").hidden = !person.disputed;
}

function makeRow(id) {
  const row = place("row").content.firstElementChild.cloneNode(true);
  row.id = `learner-${id}`;
  row.querySelector("button").addEventListener("click", () => tap(id));
  place("people").append(row);
  rows.set(id, row);
  return row;
}

function drawNotes() {
  place("notes").replaceChildren();
  place("notes").hidden = true;
  if (access === "cannot-keep") note(word("note-cannot-keep"));
  if (access === "offline") note(word("note-offline"));
  if (access === "signed-out") note(word(sending === "key" ? "note-no-key" : "note-signed-out"), logIn(), word("note-sign-in"));
  if (access === "not-here") note(word("note-not-here"));
  if (!data) {
    if (access !== "not-here") note(word("note-no-names"));
    return;
  }
  if (data.called_off) note(word("note-called-off"));
  else if (data.closed) note(word("note-closed"));
  else if (data.ahead) note(word("note-ahead"));
  if (data.held) note(word("note-held", { n: data.held }), word("held-page"), word("note-held-link"));
  const disputed = data.people.filter((one) => one.disputed).length;
  if (disputed) note(word("note-disputed", { n: disputed }));
  if (!worker) note(word("note-no-worker"));
}

function logIn() {
  return `${word("log-in")}?next=${encodeURIComponent(location.pathname)}`;
}

function note(text, href, label) {
  const line = document.createElement("p");
  line.textContent = text;
  if (href) {
    const link = document.createElement("a");
    link.href = href;
    link.textContent = label;
    line.append(" ", link);
  }
  place("notes").append(line);
  place("notes").hidden = false;
}
