// The roll: one tap a learner. What is tapped is kept in the outbox first and shown after; the network may come when it
// likes. Names come from the desk as JSON and are shown from the phone where there is no network.
import { canScan, scan, whose } from "./codes.js";
import * as outbox from "./outbox.js";

const KIND = "attendance_mark";
const NONE = "unmarked";
const CAME = new Set(["present", "late", "walk_in"]);
const AGAIN = 20000; // ms between tries while something waits
const PATIENCE = 15000; // ms for one question to the desk
const BRIEF = 3000; // … when what waits is held up by it

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
let access = "fetched"; // or "offline", "signed-out", "not-here", "cannot-keep"
let greeted = false; // the desk has answered once since the page was opened
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
  canScan(decoder()).then((can) => (place("scan").hidden = !can));
  window.addEventListener("online", () => handIn());
  window.addEventListener("offline", () => {
    access = "offline";
    draw();
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && handIn());
  setInterval(() => waiting().length && handIn(), AGAIN);
  try {
    entries = await outbox.entriesOf(group);
    const kept = await outbox.namesOf(group);
    data = kept?.data;
    fetchedAt = kept?.fetched_at ?? 0;
  } catch {
    access = "cannot-keep";
  }
  draw();
  if (access === "cannot-keep") return;
  outbox.askToStay();
  await handIn();
  await keepThePage();
}

async function keepThePage() {
  if (!navigator.serviceWorker) {
    worker = false;
    return draw();
  }
  await navigator.serviceWorker.register("/sw.js").catch(() => (worker = false));
  if (worker) (await navigator.serviceWorker.ready).active.postMessage("spare");
  document.documentElement.dataset.offline = worker ? "ready" : "no";
  draw();
}

// One at a time: whoever asks meanwhile is served by one more round.
let handing;
let wanted = false;
function handIn() {
  wanted = true;
  handing ??= (async () => {
    while (wanted) {
      wanted = false;
      await sendAndAsk().catch(cannotKeep);
    }
    handing = undefined;
  })();
  return handing;
}

// Sends what waits, and asks what stands now. Before the first sending the desk is asked for a key: what comes with one of
// before a new password is held there.
async function sendAndAsk() {
  const asked = !greeted && (await ask(BRIEF));
  if (asked) draw();
  const left = waiting().length;
  sending = await outbox.send(word("drop-box"));
  entries = await outbox.entriesOf(group);
  draw();
  if (!asked || left) await ask(PATIENCE);
  if (sending === "key" && access === "fetched") sending = await outbox.send(word("drop-box"));
  entries = await outbox.entriesOf(group);
  draw();
}

// Whether the desk answered.
async function ask(patience) {
  const key = data && (await outbox.keyOf(data.account));
  const asked = Date.now();
  let answer;
  let body;
  try {
    answer = await fetch(`/classes/meetings/${meeting}/roll.json`, {
      headers: key ? { [outbox.KEY_HEADER]: key } : {},
      signal: AbortSignal.timeout(patience),
    });
    if (answer.ok && !answer.redirected) body = await answer.json();
  } catch {
    access = "offline";
    return false;
  }
  greeted = true;
  if (body) await take(body, asked);
  else if (answer.redirected || answer.status === 401) access = "signed-out";
  else if (answer.status === 404 || answer.status === 403) await notHere();
  else access = "offline";
  return true;
}

async function take({ csrf, key_good: good, keep_seconds: seconds, ...told }, asked) {
  access = "fetched";
  await outbox.keepNamesFor(told.account);
  await outbox.keepNames(group, told, seconds, asked);
  const before = data?.account === told.account ? data.people : [];
  data = { ...told, people: [...told.people, ...goneFrom(told, before)] };
  fetchedAt = asked;
  if (!good || !(await outbox.keyOf(told.account))) await getKey(told.account, csrf);
}

// Whoever is on the roll no more because of a tap on this phone stays in sight until the page is closed: it may have been
// a slip of the finger.
function goneFrom(told, before) {
  const gone = before.filter((one) => !told.people.some((other) => other.id === one.id));
  const ours = gone.filter((one) => entries.some((entry) => entry.content.learner === one.id));
  const shut = told.called_off || told.closed;
  return ours.map((one) => ({ ...one, state: NONE, disputed: "", seat: null, taps: shut ? [] : one.taps }));
}

// Whose meeting it is no more may not read its names either.
async function notHere() {
  access = "not-here";
  data = undefined;
  await outbox.forgetNamesOf(group);
}

async function getKey(account, csrf) {
  const answer = await fetch(word("key-page"), { method: "POST", headers: { "X-CSRFToken": csrf } }).catch(() => null);
  if (answer?.ok && !answer.redirected) await outbox.keepKey(account, (await answer.json()).key);
}

function cannotKeep() {
  access = "cannot-keep";
  draw();
}

// What arrived of this meeting and waits for somebody to decide.
function held() {
  return data.held_ids ?? [];
}

function waiting() {
  return entries.filter((entry) => entry.state === "waiting");
}

// What a learner is now: the last tap here that the desk's answer does not hold yet, else what the desk says.
function stateOf(person) {
  return lastTap(person.id)?.content.state ?? person.state;
}

function personOf(id) {
  return data?.people.find((one) => one.id === id);
}

function lastTap(id) {
  return entries.findLast(
    (entry) => entry.content.learner === id && (entry.state === "waiting" || entry.confirmed_at > fetchedAt),
  );
}

function tap(id) {
  return mark(id, (person, state) => {
    const next = person.taps[(person.taps.indexOf(state) + 1) % person.taps.length];
    // Where two saw it differently the first tap says that what stands is right, as the note above the list asks.
    const confirms = person.disputed && !lastTap(id) && person.taps.includes(state);
    return confirms ? state : next;
  });
}

let taken = Promise.resolve();

// One after the other, and each decides when its turn comes: a second tap sees what the first one made. `decide` is
// handed the person and what they are now, and returns what they become, or nothing.
function mark(id, decide) {
  taken = taken
    .then(async () => {
      const person = personOf(id);
      if (!person?.taps.length) return;
      const before = stateOf(person);
      await write(id, decide(person, before), before);
    })
    .catch(cannotKeep);
  return taken;
}

async function write(learner, state, before) {
  if (!state) return;
  entries.push(await outbox.put(data.account, KIND, group, { meeting, learner, state, before }));
  draw();
  handInSoon();
}

// Whoever shows a card or a slip is here: with a seat present, else a walk-in.
async function checkIn(text) {
  const [id] = data ? await whose(data.people, meeting, text) : [];
  if (!personOf(id)?.taps.length) return (place("code-answer").textContent = word("code-unknown"));
  await mark(id, (person, state) => {
    const here = person.expected ? "present" : "walk_in";
    return CAME.has(state) ? undefined : person.taps.includes(here) ? here : person.taps[0];
  });
  const person = personOf(id);
  if (!person) return;
  place("code-answer").textContent = word("code-known", { name: person.name, state: wordFor(stateOf(person)) });
  rows.get(id).scrollIntoView({ block: "nearest" });
}

// The one that the desk keeps, for browsers without one of their own; nothing where it was not installed.
function decoder() {
  return word("decoder") ? { script: word("decoder"), program: word("decoder-program") } : undefined;
}

let stop;
async function turnCamera() {
  if (stop) {
    stop();
    stop = undefined;
  } else {
    place("code-answer").textContent = word("code-camera-comes");
    stop = await scan(place("video"), checkIn, decoder()).catch(() => undefined);
    place("code-answer").textContent = stop ? "" : word("code-no-camera");
  }
  place("scan").textContent = word(stop ? "scan-stop" : "scan-start");
}

let soon;
function handInSoon() {
  clearTimeout(soon);
  soon = setTimeout(handIn, 400);
}

// The last tap of this phone is taken back by another one: what was written stays written. The entry says all that is
// needed, for whoever was taken off the roll by it is not found there.
function undo() {
  taken = taken
    .then(async () => {
      const last = data && entries.at(-1)?.content;
      if (last) await write(last.learner, last.before ?? NONE, last.state);
    })
    .catch(cannotKeep);
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
  for (const link of document.querySelectorAll("[data-needs-network]")) link.hidden = access === "offline";
  for (const [id, row] of rows) {
    if (personOf(id)) continue;
    row.remove();
    rows.delete(id);
  }
  if (!data) return drawNothing();
  place("title").textContent = data.title;
  place("when").textContent = `${data.when}　${data.place}`;
  place("hint").hidden = data.called_off;
  place("page").hidden = access === "offline";
  place("codes").hidden = data.called_off || data.ahead;
  place("page").href = data.page;
  for (const person of data.people) drawPerson(person);
  const expected = data.people.filter((one) => one.expected);
  place("sum").textContent = word("sum", {
    came: data.people.filter((one) => CAME.has(stateOf(one))).length + data.heads,
    left: expected.filter((one) => stateOf(one) === NONE).length,
  });
}

function drawNothing() {
  place("title").textContent = word("title");
  for (const name of ["when", "sum"]) place(name).textContent = "";
  for (const name of ["page", "codes", "hint"]) place(name).hidden = true;
}

function wordFor(state) {
  return word(state === NONE ? "state-none" : `state-${state}`);
}

function wayOf(entry) {
  if (!entry) return "";
  return word(`way-${held().includes(entry.id) ? "held" : entry.state}`);
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
    : word(person.waiting ? "waiting" : person.making_up ? "state-making_up" : "state-walk_in");
  row.querySelector(".name").textContent = person.name;
  row.querySelector(".kana").textContent = person.kana;
  row.querySelector(".roll-state").textContent = wordFor(state);
  row.querySelector(".roll-way").textContent = wayOf(written);
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
  if (access === "offline" && data) note(word("note-offline"));
  if (access === "signed-out") note(word(sending === "key" ? "note-no-key" : "note-signed-out"), logIn(), word("note-sign-in"));
  if (access === "not-here") note(word("note-not-here"));
  if (!data) {
    const asking = access === "fetched" && !greeted;
    if (access !== "not-here") note(word(asking ? "note-asking" : "note-no-names"));
    return;
  }
  if (data.called_off) note(word("note-called-off"));
  else if (data.closed) note(word("note-closed"));
  else if (data.ahead) note(word("note-ahead"));
  if (held().length) {
    const online = access !== "offline"; // without a network a link leads to the browser's own page of errors
    note(word("note-held", { n: held().length }), online && word("held-page"), word("note-held-link"));
  }
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
