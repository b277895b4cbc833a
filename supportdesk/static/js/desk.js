// What makes pages quicker where scripts run. Every page works without it.
import { liveSearch } from "./live-search.js";
import { autosave } from "./autosave.js";

for (const form of document.querySelectorAll("[data-live-search]")) liveSearch(form);
for (const form of document.querySelectorAll("[data-autosave]")) autosave(form);

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.parentElement.querySelector("[data-print-hint]").hidden = true;
  button.addEventListener("click", () => window.print());
}

// A second press while the first is under way: the server would take both for one, but nobody should have to wonder.
// After a button that sends the form elsewhere, for a file, the page stays, and so does what it is for.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post" || event.submitter?.hasAttribute("formaction")) return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// Names that were kept for a room without a network are for whoever is signed in: those of others go, and who logs out
// takes theirs with them. What waits to be sent stays.
async function onOutbox(act) {
  if (!window.indexedDB?.databases) return;
  const kept = (await indexedDB.databases()).some((one) => one.name === "support-desk");
  if (kept) await act(await import("./outbox.js"));
}
const account = Number(document.body.dataset.account);
if (account) onOutbox((outbox) => outbox.keepNamesFor(account)).catch(() => {});

// Where somebody pressed before this script was there.
if ("left" in document.body.dataset) onOutbox((outbox) => outbox.forgetNames()).catch(() => {});

for (const form of document.querySelectorAll("form[data-forget-names]")) {
  form.addEventListener("submit", async (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    try {
      await onOutbox((outbox) => outbox.forgetNames());
    } catch {
      // They go at their time.
    } finally {
      form.submit();
    }
  });
}

document.querySelector("[data-focus]")?.focus();
