// The page of a case: what was typed is not lost, the clock runs, and what may help is looked for while one types.
import { keepDraft } from "./case-draft.js";

const PAUSE = 700;
const MINUTE = 60 * 1000;
const MOST_MINUTES = 480;

const form = document.querySelector("form[data-autosave]");
const place = document.querySelector("[data-draft]");
if (place) keepDraft(place, form).catch(() => {}); // no place to keep it: the desk does

if (form) {
  clock(form.elements.minutes, form.elements.clock_minutes);
  suggest(document.querySelector("[data-suggestions]"));
}

// Until somebody writes another number, it is the clock's.
function clock(shown, counted) {
  const drawn = Number(counted.value);
  if (!drawn) return;
  const since = performance.now();
  setInterval(() => {
    if (shown.value !== counted.value) return;
    const minutes = Math.min(drawn + Math.floor((performance.now() - since) / MINUTE), MOST_MINUTES);
    shown.value = counted.value = String(minutes);
  }, MINUTE / 4);
}

// Once: whoever shuts it again has seen it.
let opened = false;
function openChecklist() {
  const checklist = form.querySelector("details.scam");
  if (checklist && !opened) opened = checklist.open = true;
}

function suggest(results) {
  if (!results) return;
  for (const one of document.querySelectorAll("[data-without-script]")) one.hidden = true;
  let timer;
  let asked;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });

  async function ask() {
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(results.dataset.suggestions, { method: "POST", body: new FormData(form), signal: asked.signal });
      // What somebody is about to press stays where it is.
      if (!answer.ok || answer.redirected || results.contains(document.activeElement)) return;
      results.innerHTML = await answer.text();
      if (results.querySelector("[data-scam]")) openChecklist();
    } catch {
      // What was found before may still help.
    }
  }
}
