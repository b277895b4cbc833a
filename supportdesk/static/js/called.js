// The waiting room's screen: asks for the numbers again every few seconds. Only what changed is put in its place, so that
// a screen reader says each call once. Without scripts a link leads to the same page.

const shown = document.getElementById("called");
const lost = document.querySelector("[data-lost]");
const PATIENCE = 3; // tries without an answer before the screen says that it stands still

document.querySelector(".called-again").hidden = true;

let missed = 0;
let last = "";

async function look() {
  try {
    const answer = await fetch(shown.dataset.follow, { headers: { "X-Fragment": "1" }, cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    const text = await answer.text();
    if (text !== last) shown.innerHTML = text;
    last = text;
    missed = 0;
  } catch {
    missed += 1;
  }
  lost.textContent = missed >= PATIENCE ? lost.dataset.lost : "";
  setTimeout(look, shown.dataset.seconds * 1000);
}

setTimeout(look, shown.dataset.seconds * 1000);
