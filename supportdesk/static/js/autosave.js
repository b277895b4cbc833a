// Saves a form as one types, a moment after the last key. The form's own button saves as well.
// An answer 422 says in `message` what cannot be kept, and in `errors` beside which field; it is shown, and asked again only
// when something else is typed. What was kept may come with a `warning`, shown in place of "saved".
// Tells the form what became of it: the event "kept" with the number of the input that was kept, "refused" with the fields.

const PAUSE = 1200;

export function autosave(form) {
  const line = form.querySelector("[data-saved]");
  let timer;
  let typed = 0; // how often something was typed
  let kept = 0; // up to which of them the desk has it
  let saving = false;
  let signedOut = false; // what is sent then is answered with a new session: it would spoil the log-in that is under way
  form.addEventListener("input", () => {
    typed += 1;
    later(PAUSE);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
  document.addEventListener("visibilitychange", () => {
    if (typed > kept && !signedOut && document.visibilityState === "hidden") save();
  });
  window.addEventListener("online", () => typed > kept && later(0));

  function later(pause) {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  }

  // One at a time, so that no older text arrives behind a newer one.
  async function save() {
    clearTimeout(timer);
    if (saving) return later(PAUSE);
    saving = true;
    const sent = typed;
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: new FormData(form), keepalive: true });
      if (answer.status === 422) return refuse(await answer.json());
      signedOut = answer.status === 401 || answer.redirected;
      if (signedOut) return say(line.dataset.signedOut || line.dataset.failed);
      if (!answer.ok) throw new Error(answer.status);
      const { warning } = await answer.json();
      kept = sent;
      mark({});
      tell(warning);
      form.dispatchEvent(new CustomEvent("kept", { detail: { typed: sent } }));
    } catch {
      say(line.dataset.failed);
      later(PAUSE * 5);
    } finally {
      saving = false;
    }
  }

  // Saved; a warning says that another screen writes the same thing.
  function tell(warning) {
    line.classList.toggle("warn", Boolean(warning));
    line.textContent = warning || line.dataset.done || "✓";
  }

  function say(words) {
    line.classList.add("warn");
    line.textContent = words || "…";
  }

  function refuse({ message, errors }) {
    say(message);
    mark(errors || {});
    form.dispatchEvent(new CustomEvent("refused", { detail: { fields: Object.keys(errors || {}) } }));
  }

  // Why a field cannot be kept stands beside it, as it would on a page that was sent; what was typed stays.
  function mark(errors) {
    for (const old of form.querySelectorAll("[data-refused]")) {
      const control = form.elements[old.dataset.refused];
      control?.removeAttribute("aria-invalid");
      control?.removeAttribute("aria-errormessage");
      old.remove();
    }
    for (const [name, words] of Object.entries(errors)) {
      const control = form.elements[name];
      if (!control?.id) continue;
      const told = document.createElement("p");
      told.className = "error";
      told.id = `${name}-refused`;
      told.dataset.refused = name;
      told.textContent = `＊${words}`;
      control.before(told);
      control.setAttribute("aria-invalid", "true");
      control.setAttribute("aria-errormessage", told.id);
    }
  }
}
