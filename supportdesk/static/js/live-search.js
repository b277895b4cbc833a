// Answers while one types: fetches the results' fragment and puts it where the results stand. The arrow keys walk from
// the box through the results and back, and Enter opens a result.

const PAUSE = 120;

export function liveSearch(form) {
  const box = form.querySelector("input[type=search]");
  const results = document.getElementById(form.dataset.liveSearch);
  if (!box || !results) return;
  let timer;
  let asked;
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  form.addEventListener("keydown", walk);
  results.addEventListener("keydown", walk);

  function walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.isComposing) return; // in the middle of a word the arrows choose kanji
    const stops = [box, ...results.querySelectorAll(".results a, tbody th a")];
    const next = stops[stops.indexOf(document.activeElement) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  async function ask() {
    asked?.abort();
    asked = new AbortController();
    try {
      const { address, body } = request(form);
      const headers = { "X-Fragment": "1" };
      const answer = await fetch(address, { method: form.method, body, headers, signal: asked.signal });
      if (answer.redirected) return location.reload();
      if (!answer.ok) return fail();
      results.innerHTML = await answer.text();
    } catch (error) {
      if (error.name !== "AbortError") fail();
    }
  }

  // Those found before are not the answer to what is typed now: somebody might pick one of them.
  function fail() {
    const line = document.createElement("p");
    line.className = "message warn";
    line.textContent = form.dataset.failed;
    results.replaceChildren(line);
  }
}

// People are looked for with POST, so that no name stands in an address.
function request(form) {
  const fields = new FormData(form);
  const address = new URL(form.action);
  if (form.method === "post") return { address, body: fields };
  for (const [name, value] of fields) address.searchParams.set(name, value);
  return { address };
}
