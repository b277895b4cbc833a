// Cards and bookings' codes on the roll: typed, or read by the camera. Nothing is asked of the desk: a code is compared with
// the hashes that came with the roll (classes/roll/codes.py). Where the browser cannot decode by itself, the desk's decoder
// does (classes/roll/decoder.py): {script, program}, addresses that are loaded when the camera is turned on.

const DIGITS = 24;
const LOOK_EVERY = 250; // ms
const DROPPED = /[\s\-‐‑‒–—―−─━ー_・.]+/g;

// The ids of those whose code this is: what a QR code says (…/b/CODE, …/p/TOKEN), or what was read off paper and typed.
export async function whose(people, meeting, text) {
  const read = text.trim().match(/\/(b|p)\/([^/?#]+)$/);
  const typed = text.normalize("NFKC").toUpperCase().replace(DROPPED, "");
  const code = read?.[1] === "p" ? read[2] : read ? read[2].toUpperCase() : typed;
  if (!code) return [];
  const hash = await hashed(meeting, code);
  return people.filter((one) => one.codes.includes(hash)).map((one) => one.id);
}

async function hashed(meeting, code) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${meeting}:${code}`));
  const digits = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.slice(0, DIGITS);
}

export async function canScan(decoder) {
  return Boolean(navigator.mediaDevices?.getUserMedia) && (Boolean(decoder) || (await decodesByItself()));
}

async function decodesByItself() {
  if (!("BarcodeDetector" in window)) return false;
  return (await BarcodeDetector.getSupportedFormats()).includes("qr_code");
}

// Shows what the camera sees and tells `found` each text once, until the returned function is called.
export async function scan(video, found, decoder) {
  const detector = new ((await decodesByItself()) ? BarcodeDetector : await load(decoder))({ formats: ["qr_code"] });
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  const told = new Set();
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  let looking = false;
  const timer = setInterval(async () => {
    if (looking) return; // a slow phone takes longer than the interval
    looking = true;
    for (const { rawValue } of await detector.detect(video).catch(() => [])) {
      if (told.has(rawValue)) continue;
      told.add(rawValue);
      found(rawValue);
    }
    looking = false;
  }, LOOK_EVERY);
  return () => {
    clearInterval(timer);
    for (const track of stream.getTracks()) track.stop();
    video.hidden = true;
  };
}

let loaded;
function load({ script, program }) {
  loaded ??= new Promise((resolve, reject) => {
    const tag = document.createElement("script");
    tag.src = script;
    tag.onload = () => {
      const { BarcodeDetector: Decoder, prepareZXingModule } = window.BarcodeDetectionAPI;
      prepareZXingModule({ overrides: { locateFile: () => program } });
      resolve(Decoder);
    };
    tag.onerror = () => {
      loaded = undefined; // the network may be back next time
      tag.remove();
      reject(new Error(script));
    };
    document.head.append(tag);
  });
  return loaded;
}
