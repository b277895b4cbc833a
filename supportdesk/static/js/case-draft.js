// What is typed into a case is kept on this computer until the desk has said that it has it, sealed with a key that comes
// with the page of whoever is signed in and is kept nowhere here: the next person can read nothing of it. When the case is
// opened anew, what never arrived is put back, or, where the case has changed since, shown beside it.
// An entry: {id: "ACCOUNT/booking:5", kept_at, iv, sealed}. Numbers as long as a card's are left out of it.

const NAME = "support-desk-drafts";
const PAUSE = 250; // ms: what is lost when the computer goes off in the middle of a word
const DAY = 24 * 3600 * 1000;
const UNSENT = new Set(["csrf_token", "one_time_token", "drawn_from", "clock_minutes"]);
const TEXTS = ["asked", "done"];
const everyScript = new Promise((run) => document.addEventListener("DOMContentLoaded", run, { once: true }));
const LONG_NUMBER = /(?:[0-9０-９][\s\-‐－ー]?){12,}/g;

export async function keepDraft(place, form) {
  if (!window.indexedDB || !window.crypto?.subtle) return; // the desk keeps it a second later
  const { draft: name, draftAccount: account, draftKey, draftDays } = place.dataset;
  const id = `${account}/${name}`;
  await everyScript; // what is put back is saved at once by the script that saves
  const key = await crypto.subtle.importKey("raw", bytesOf(draftKey), "AES-GCM", false, ["encrypt", "decrypt"]);
  await forgetOlderThan(Date.now() - draftDays * DAY);
  const draft = await opened(id, key);
  if (form) follow(form, id, key);
  if (!draft) return;
  if (!isKnown(draft, form)) return offer(place, form, draft, () => forget(id));
  // It stands in the form; whether the desk has it too says the form that saved last.
  if (form && form.elements.drawn_from.value !== draft.form) form.elements.asked.dispatchEvent(new Event("input", { bubbles: true }));
  else await forget(id);
}

// ---- While one types

function follow(form, id, key) {
  let typed = 0;
  let arrived = 0;
  let timer;
  let refused = new Set();
  let queue = Promise.resolve();
  const inTurn = (act) => (queue = queue.then(act, act).catch(() => {}));
  form.addEventListener("input", (event) => {
    typed += 1;
    refused.delete(event.target.name);
    timer ??= setTimeout(() => inTurn(keep), PAUSE);
  });
  form.addEventListener("kept", ({ detail }) => {
    arrived = Math.max(arrived, detail.typed);
    if (arrived >= typed) inTurn(() => forget(id));
  });
  // What must not be kept is not kept here either.
  form.addEventListener("refused", ({ detail }) => {
    refused = new Set(detail.fields);
    inTurn(keep);
  });

  async function keep() {
    timer = undefined;
    if (arrived >= typed) return;
    const text = { fields: typedIn(form, refused), form: form.elements.one_time_token.value, drawn_from: form.elements.drawn_from.value };
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const bytes = new TextEncoder().encode(JSON.stringify(text));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(id) }, key, bytes);
    await write((store) => store.put({ id, kept_at: Date.now(), iv, sealed }));
    if (arrived >= typed) await forget(id);
  }
}

// ---- When the case is opened anew

function offer(place, form, draft, drop) {
  const show = (mark, on = true) => place.querySelectorAll(`[data-draft-${mark}]`).forEach((one) => (one.hidden = !on));
  place.hidden = false;
  place.querySelector("[data-draft-at]").textContent = new Date(draft.kept_at).toLocaleString(document.documentElement.lang);
  place.querySelector("[data-draft-drop]").addEventListener("click", async () => {
    await drop();
    place.hidden = true;
  });
  const now = form?.elements.drawn_from.value;
  if (form && [draft.form, draft.drawn_from].includes(now)) {
    put(form, draft);
    show("put");
    return;
  }
  show("differs");
  show("texts");
  show("choice");
  for (const name of TEXTS) place.querySelector(`[data-draft-text=${name}]`).textContent = valueOf(draft, name);
  place.querySelector("[data-draft-use]")?.addEventListener("click", () => {
    put(form, draft);
    show("choice", false);
  });
}

function put(form, draft) {
  const given = new Map();
  for (const [name, value] of draft.fields) given.set(name, [...(given.get(name) || []), value]);
  for (const control of form.elements) {
    if (!control.name || control.type === "hidden" || control.tagName === "BUTTON") continue;
    const values = given.get(control.name);
    if (control.type === "checkbox" || control.type === "radio") control.checked = Boolean(values?.includes(control.value));
    else if (values) control.value = values[0];
  }
  form.elements.asked.dispatchEvent(new Event("input", { bubbles: true })); // saved like anything typed
}

const valueOf = (draft, name) => draft.fields.find(([one]) => one === name)?.[1] ?? "";
const folded = (text) => text.normalize("NFKC").replace(/\s+/g, " ").trim();
const foldedAll = (fields) => JSON.stringify(fields.map(([name, value]) => [name, folded(value)]));

// Whether all this stands on the page: in the form, or as the text of a case that is closed.
function isKnown(draft, form) {
  if (form) return foldedAll(draft.fields) === foldedAll(typedIn(form));
  return TEXTS.every((name) => {
    const stored = document.querySelector(`[data-stored=${name}]`)?.textContent ?? "";
    return folded(valueOf(draft, name)) === folded(stored);
  });
}

// What is typed and picked, but for the clock's number; no numbers as long as a card's.
function typedIn(form, but = new Set()) {
  const byClock = form.elements.minutes.value === form.elements.clock_minutes.value;
  return [...new FormData(form)]
    .filter(([name, value]) => typeof value === "string" && !UNSENT.has(name) && !but.has(name))
    .filter(([name]) => name !== "minutes" || !byClock)
    .map(([name, value]) => [name, value.replace(LONG_NUMBER, "…")]);
}

// ---- The store

async function opened(id, key) {
  const entry = await write((store) => store.get(id));
  if (!entry) return null;
  try {
    const data = { name: "AES-GCM", iv: entry.iv, additionalData: new TextEncoder().encode(id) };
    const bytes = await crypto.subtle.decrypt(data, key, entry.sealed);
    return { ...JSON.parse(new TextDecoder().decode(bytes)), kept_at: entry.kept_at };
  } catch {
    await forget(id); // sealed with a key that there is no more
    return null;
  }
}

const forget = (id) => write((store) => store.delete(id));

async function forgetOlderThan(instant) {
  for (const { id, kept_at } of await write((store) => store.getAll())) if (kept_at < instant) await forget(id);
}

function write(act) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore("drafts", { keyPath: "id" });
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const db = request.result;
      const transaction = db.transaction("drafts", "readwrite", { durability: "strict" });
      const asked = act(transaction.objectStore("drafts"));
      transaction.oncomplete = () => {
        db.close();
        resolve(asked.result);
      };
      transaction.onerror = transaction.onabort = () => {
        db.close();
        reject(transaction.error);
      };
    };
  });
}

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
