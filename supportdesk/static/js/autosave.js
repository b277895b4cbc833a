// Saves a form as one types, a moment after the last key. The form's own button saves as well.
// An answer 422 says in `message` what cannot be kept; it is shown, and asked again only when something else is typed.
// What was kept may come with a `warning`, shown in place of "saved".

const PAUSE = 1200;

export function autosave(form) {
  const line = form.querySelector("[data-saved]");
  let timer;
  let waiting = false;
  form.addEventListener("input", () => {
    waiting = true;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
  document.addEventListener("visibilitychange", () => {
    if (waiting && document.visibilityState === "hidden") save();
  });

  async function save() {
    clearTimeout(timer);
    waiting = false;
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: new FormData(form), keepalive: true });
      if (answer.status === 422) return refuse((await answer.json()).message);
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      tell((await answer.json()).warning);
    } catch {
      waiting = true;
      line.textContent = line.dataset.failed || "…";
      timer = setTimeout(save, PAUSE * 5);
    }
  }

  // Saved; a warning says that another screen writes the same thing.
  function tell(warning) {
    line.classList.toggle("warn", Boolean(warning));
    line.textContent = warning || line.dataset.done || "✓";
  }

  function refuse(message) {
    waiting = true;
    line.textContent = message;
  }
}
