// What is written on this phone waits here, in IndexedDB, until the desk has said that it arrived; until then nothing
// takes it away: no log-out, no expiry, no wiping of names. Any page may use it.
//
// An entry: {id, account, kind, group, content, made_at, state: "waiting" | "confirmed", confirmed_at}. `group` is what
// it is about ("meeting:5"). Names are kept apart (`keepNames`), with whose they are and the time at which they go.

const NAME = "support-desk";
const AT_ONCE = 20;
const PATIENCE = 15000; // ms for one try: a network that hangs is none
const RECEIPTS_STAY = 3 * 24 * 3600 * 1000; // ms
export const KEY_HEADER = "X-Phone-Key";

let opened;
const openAnew = () => (opened = undefined);

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("entries", { keyPath: "id" }).createIndex("group", "group");
      request.result.createObjectStore("names", { keyPath: "group" });
      request.result.createObjectStore("keys", { keyPath: "account" });
    };
    request.onsuccess = () => {
      const db = request.result;
      db.onclose = openAnew; // the browser closed it: it does so to pages that slept
      db.onversionchange = () => {
        db.close();
        openAnew();
      };
      resolve(db);
    };
    request.onerror = () => reject(request.error);
  });
  return opened;
}

// What fails is tried once more on a new connection: nothing says for certain that one is closed but its failing.
// Whatever is written here may be written twice.
async function within(store, mode, act) {
  try {
    return await transact(store, mode, act);
  } catch {
    openAnew();
    return transact(store, mode, act);
  }
}

// One transaction; what `act` asks for is answered when everything in it is on the disk.
async function transact(store, mode, act) {
  const db = await database();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(store, mode, { durability: "strict" });
    const request = act(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}
const read = (store, act) => within(store, "readonly", act);
const write = (store, act) => within(store, "readwrite", act);

let last = 0;

// Keeps it, and returns it when it is safe. Two taps in one millisecond keep their order.
export async function put(account, kind, group, content) {
  last = Math.max(Date.now(), last + 1);
  const entry = { id: uuid(), account, kind, group, content, made_at: last, state: "waiting" };
  await write("entries", (store) => store.put(entry));
  return entry;
}

export async function entriesOf(group) {
  const found = await read("entries", (store) => store.index("group").getAll(group));
  return found.sort((one, other) => one.made_at - other.made_at);
}

// Asks the browser not to clear this away when space is short.
export async function askToStay() {
  return Boolean(await navigator.storage?.persist?.());
}

// Names that were told to this account (`data.account`) at this time stand on the phone for so many seconds, both by its
// own clock.
export async function keepNames(group, data, seconds, fetchedAt) {
  const kept = { group, data, fetched_at: fetchedAt, goes_at: Date.now() + seconds * 1000 };
  if (seconds > 0) await write("names", (store) => store.put(kept));
  else await forgetNamesOf(group);
}

// {data, fetched_at}, or nothing.
export async function namesOf(group) {
  await tidy();
  return read("names", (store) => store.get(group));
}

export async function forgetNamesOf(group) {
  await write("names", (store) => store.delete(group));
}

export async function forgetNames() {
  await write("names", (store) => store.clear());
}

// Somebody uses this phone now: what another was told is not for them.
export async function keepNamesFor(account) {
  await tidy();
  for (const { group, data } of await read("names", (store) => store.getAll())) {
    if (data.account !== account) await forgetNamesOf(group);
  }
}

export async function keyOf(account) {
  return (await read("keys", (store) => store.get(account)))?.key;
}

export async function keepKey(account, key) {
  await write("keys", (store) => store.put({ account, key }));
}

// Names whose time is over go, and receipts that nobody needs any more. What waits stays.
async function tidy() {
  const now = Date.now();
  for (const one of await read("names", (store) => store.getAll())) {
    if (one.goes_at <= now) await write("names", (store) => store.delete(one.group));
  }
  for (const one of await read("entries", (store) => store.getAll())) {
    const done = one.state === "confirmed" && one.confirmed_at + RECEIPTS_STAY < now;
    if (done) await write("entries", (store) => store.delete(one.id));
  }
}

// Tries to hand in all that waits, of every account that used this phone, each with its own key. Returns what became of
// it: "sent" (or nothing waited), "offline" (try again), "key" (somebody has to log in first). The page says where the
// door is.
export function send(door) {
  // Two windows do not send the same at once; if they did, the desk would keep it once.
  if (navigator.locks) return navigator.locks.request("outbox", () => handIn(door));
  return handIn(door);
}

async function handIn(door) {
  const everything = await read("entries", (store) => store.getAll());
  const waiting = everything.filter((entry) => entry.state === "waiting").sort((one, other) => one.made_at - other.made_at);
  let outcome = "sent";
  for (const account of new Set(waiting.map((entry) => entry.account))) {
    const key = await keyOf(account);
    const theirs = waiting.filter((entry) => entry.account === account);
    const became = key ? await handInAs(door, key, theirs) : "key";
    if (became !== "sent") outcome = became;
  }
  return outcome;
}

async function handInAs(door, key, entries, atOnce = AT_ONCE) {
  for (let start = 0; start < entries.length; start += atOnce) {
    const some = entries.slice(start, start + atOnce);
    const answer = await post(door, key, some);
    if (!answer) return "offline";
    if (answer.status === 401) return "key";
    // One that the desk stumbles over is not to keep the others back.
    if (answer.status >= 500 && some.length > 1) {
      const became = await handInAs(door, key, some, 1);
      if (became !== "sent") return became;
      continue;
    }
    if (!answer.ok) {
      if (atOnce === 1) continue;
      return "offline";
    }
    await confirm(some, await answer.json().catch(() => ({})));
  }
  return "sent";
}

async function post(door, key, entries) {
  const told = entries.map(({ id, kind, content, made_at }) => ({ id, kind, content, made_at }));
  try {
    return await fetch(door, {
      method: "POST",
      headers: { "Content-Type": "application/json", [KEY_HEADER]: key },
      body: JSON.stringify({ sent_at: Date.now(), entries: told }),
      credentials: "omit",
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    return null;
  }
}

async function confirm(entries, answers) {
  for (const entry of entries) {
    if (!answers[entry.id]) continue;
    await write("entries", (store) => store.put({ ...entry, state: "confirmed", confirmed_at: Date.now() }));
  }
}

// crypto.randomUUID is there in a secure context alone.
function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
