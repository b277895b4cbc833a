// A desk's day: asks now and then whether anything moved, and draws the page anew when that disturbs nobody. Whoever has
// something in hand, or has left the page alone for long, is told instead. Without scripts the page is as old as it is.

const status = document.getElementById("moved");
const IN_HAND = 5_000; // so long after the last press or key nothing moves under anybody's hand
const LEFT_ALONE = 600_000; // then nobody may be there, and the log-in runs out as it should

let touched = Date.now();
for (const kind of ["pointerdown", "keydown", "scroll"]) {
  addEventListener(kind, () => (touched = Date.now()), { passive: true });
}

function disturbs() {
  const quiet = Date.now() - touched;
  if (quiet < IN_HAND || quiet > LEFT_ALONE) return true;
  if (document.activeElement.matches("input:not([type=hidden]), select, textarea")) return true;
  return [...document.querySelectorAll("main input, main textarea")].some((one) => one.value !== one.defaultValue)
    || document.querySelector("main details[open]") !== null;
}

async function look() {
  try {
    const answer = await fetch(status.dataset.follow, { cache: "no-store", redirect: "error" });
    if (answer.ok && (await answer.text()) !== status.dataset.mark) {
      if (!disturbs()) return location.reload();
      const told = status.querySelector("p");
      if (!told) status.append(status.querySelector("template").content.cloneNode(true));
    }
  } catch {
    // No network, or logged out: what is shown stays.
  }
  setTimeout(look, status.dataset.seconds * 1000);
}

setTimeout(look, status.dataset.seconds * 1000);
