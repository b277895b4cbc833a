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
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// Whoever logs out takes the names with them that were kept for a room without a network; what waits to be sent stays.
for (const form of document.querySelectorAll("form[data-forget-names]")) {
  form.addEventListener("submit", async (event) => {
    if (event.defaultPrevented || !window.indexedDB?.databases) return;
    event.preventDefault();
    const kept = (await indexedDB.databases()).some((one) => one.name === "support-desk");
    if (kept) await (await import("./outbox.js")).forgetNames().catch(() => {});
    form.submit();
  });
}

document.querySelector("[data-focus]")?.focus();
