// The door of an event. Works from a list that it has loaded; each check-in is kept on the device, with a key of its
// own, until the server has acknowledged it. The server counts a key and a person once, however often it is sent.
const door = document.querySelector("[data-door]");
const one = (name) => document.querySelector(`[data-door-${name}]`);
const say = (name, facts = {}) =>
  door.dataset[`say${name}`].replace(/\{(\w+)\}/g, (_whole, fact) => facts[fact] ?? "");

const ASK_EVERY = 4000;
const GIVE_UP_AFTER = 10000;
const MOST_SENT = 100;
const ROWS = 60;
const CODE_PAUSE = 3000;
const LOOK_EVERY = 200;

// What is still to be sent. Other tabs of this browser share it, so it is read anew each time.
const place = `keng-door:${door.dataset.door}`;
const queue = {
  all: () => JSON.parse(localStorage.getItem(place) ?? "[]"),
  add: (entry) => localStorage.setItem(place, JSON.stringify([...queue.all(), entry])),
  drop: (keys) => localStorage.setItem(place, JSON.stringify(queue.all().filter(({ key }) => !keys.has(key)))),
};

// The guests as they were last known, for a page that is loaded again while the network is away; gone with the tab.
const known = `keng-guests:${door.dataset.door}`;

let guests = JSON.parse(sessionStorage.getItem(known) ?? "[]");
let state = "sent";
let isSending = false;
let drawn = "";

const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
const folded = (text) => text.normalize("NFKC").toLowerCase();
const named = (id) => guests.find(({ guest }) => guest === id);
const tell = (words) => (one("said").textContent = words);

// Ask and send.

async function exchange() {
  if (isSending) return;
  isSending = true;
  const sent = queue.all().slice(0, MOST_SENT);
  try {
    const answer = await fetch(sent.length ? door.dataset.send : door.dataset.list, {
      ...(sent.length && {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Form-Token": door.dataset.token },
        body: JSON.stringify({ check_ins: sent.map(({ guest, key }) => ({ guest, key })) }),
      }),
      signal: AbortSignal.timeout(GIVE_UP_AFTER),
    });
    if (answer.ok) take(await answer.json());
    state = answer.ok ? "sent" : answer.status === 403 ? "refused" : "lost";
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof DOMException || error instanceof SyntaxError)) throw error;
    state = "lost"; // no network, no answer in time, or the answer of something on the way
  } finally {
    isSending = false;
    draw();
  }
  if (state === "sent" && queue.all().length) exchange();
}

function take(fresh) {
  guests = fresh.guests;
  sessionStorage.setItem(known, JSON.stringify(guests));
  queue.drop(new Set(fresh.acknowledged.map(({ key }) => key)));
  for (const { guest, answer, words } of fresh.acknowledged)
    if (answer !== "in" && answer !== "already") tell(`${named(guest)?.name ?? ""} ${words}`.trim());
}

function checkIn(id) {
  const guest = named(id);
  if (guest?.state === "waiting") return tell(say("Waiting", guest));
  if (guest?.is_in || queue.all().some((entry) => entry.guest === id)) return tell(say("Already", guest));
  queue.add({ guest: id, key: newKey() });
  tell(say("In", guest ?? { name: "" }));
  draw();
  exchange();
}

async function undo(id) {
  try {
    const answer = await fetch(door.dataset.undo, {
      method: "POST",
      headers: { "X-Form-Token": door.dataset.token },
      body: new URLSearchParams({ guest: id }),
      redirect: "manual",
      signal: AbortSignal.timeout(GIVE_UP_AFTER),
    });
    tell(answer.type === "opaqueredirect" ? say("Undone", named(id)) : say("UndoLost"));
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
    tell(say("UndoLost"));
  }
  exchange();
}

// Show.

function draw() {
  const queued = new Set(queue.all().map(({ guest }) => guest));
  const all = guests.map((guest) => ({ ...guest, isQueued: queued.has(guest.guest), is_in: guest.is_in || queued.has(guest.guest) }));
  const groups = {
    out: all.filter((guest) => guest.state === "confirmed" && !guest.is_in),
    in: all.filter((guest) => guest.is_in),
    waiting: all.filter((guest) => guest.state === "waiting"),
  };
  const count = queue.all().length;
  const words = [state === "lost" && say("Lost"), state === "refused" && say("Refused"), count && say("Queued", { count })];
  const sentence = words.filter(Boolean).join(" ") || say("Sent");
  if (one("state").textContent !== sentence) one("state").textContent = sentence;
  one("state").dataset.state = state;
  one("in").textContent = groups.in.length;
  one("all").textContent = groups.in.length + groups.out.length;
  for (const [name, some] of Object.entries(groups)) document.querySelector(`[data-door-number="${name}"]`).textContent = some.length;
  const wish = folded(document.getElementById("door-search").value.trim());
  const shown = wish ? all.filter(({ name }) => folded(name).includes(wish)) : groups[door.querySelector("[name=door-show]:checked").value];
  drawRows(shown, wish);
}

function drawRows(shown, wish) {
  const picture = JSON.stringify([shown, wish]);
  if (picture === drawn) return;
  drawn = picture;
  const focused = document.activeElement?.dataset.guest;
  one("guests").replaceChildren(...shown.slice(0, ROWS).map(row));
  if (focused) one("guests").querySelector(`[data-guest="${focused}"]:not([hidden])`)?.focus();
  const left = shown.length - ROWS;
  one("rest").textContent = left > 0 ? say("More", { count: left }) : shown.length ? "" : say("Nobody");
}

function row(guest) {
  const part = one("guest").content.cloneNode(true);
  part.querySelector(".door__guest-name").textContent = guest.name;
  part.querySelector('[data-mark="newcomer"]').hidden = !guest.is_newcomer;
  part.querySelector('[data-mark="queued"]').hidden = !guest.isQueued;
  for (const button of part.querySelectorAll("button")) {
    button.dataset.guest = guest.guest;
    button.setAttribute("aria-label", `${button.textContent}: ${guest.name}`);
    button.hidden = button.dataset.act === "check" ? guest.is_in || guest.state !== "confirmed" : !guest.is_in || guest.isQueued;
  }
  return part;
}

// Read codes with the camera, where the browser can.

async function guestOf(code) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(code)));
  return Array.from(hash.slice(0, 12), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function read(text) {
  const code = URL.canParse(text) ? new URL(text).searchParams.get("code") : null;
  const id = code && (await guestOf(code));
  if (!id || !named(id)) return tell(say("Unknown"));
  checkIn(id);
  navigator.vibrate?.(80);
}

async function scan() {
  const camera = one("camera");
  const button = one("scan");
  if (camera.srcObject) return stop();
  try {
    camera.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return tell(say("Camera"));
  }
  camera.hidden = false;
  button.setAttribute("aria-pressed", "true");
  await camera.play();
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  const seen = new Map();
  while (camera.srcObject) {
    for (const { rawValue } of await detector.detect(camera)) {
      if (Date.now() - (seen.get(rawValue) ?? 0) > CODE_PAUSE) await read(rawValue);
      seen.set(rawValue, Date.now());
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
}

function stop() {
  for (const track of one("camera").srcObject.getTracks()) track.stop();
  one("camera").srcObject = null;
  one("camera").hidden = true;
  one("scan").setAttribute("aria-pressed", "false");
}

// Keep this page and its files for when it is loaded again without network; js/door-worker.js gives them back.

async function keepPage() {
  if (!navigator.serviceWorker) return;
  const files = document.querySelectorAll("link[rel=stylesheet], script[src]");
  try {
    await navigator.serviceWorker.register(door.dataset.worker, { scope: location.pathname });
    const kept = await caches.open("keng-door");
    await kept.addAll([location.pathname, ...Array.from(files, ({ href, src }) => href ?? src)]);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
    // no network, or a browser that keeps nothing: what was kept before stays
  }
}

// Take over from the plain forms.

door.hidden = false;
one("plain").remove();
one("scan").hidden = !("BarcodeDetector" in window && navigator.mediaDevices && crypto.subtle);
one("scan").addEventListener("click", scan);
one("guests").addEventListener("click", ({ target }) => {
  const { act, guest } = target.closest("button")?.dataset ?? {};
  if (act === "check") checkIn(guest);
  if (act === "undo") undo(guest);
});
document.querySelector("[data-door-check]")?.closest("form").addEventListener("submit", (submit) => {
  submit.preventDefault();
  checkIn(one("check").dataset.doorCheck);
  submit.target.hidden = true;
});
door.addEventListener("input", draw);
keepPage();
addEventListener("online", exchange);
addEventListener("storage", draw);
setInterval(exchange, ASK_EVERY);
exchange();
