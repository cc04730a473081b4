// Counts the clocks of the stage, marks what is on in an agenda, and sounds at half a minute and at the end. All of it
// goes by the server's time: the device's own may be minutes away from it.
const SOON = 30;
const AGAIN = 60_000;
let ahead = 0; // by how much the server's clock is ahead of this page's own, in milliseconds
let sound = null;
const told = new Map();

const here = () => performance.timeOrigin + performance.now();
const now = () => here() + ahead;

async function compare() {
  let quickest = Infinity;
  for (let round = 0; round < 3; round += 1) {
    const sent = here();
    try {
      const answer = await fetch("/now", { cache: "no-store" });
      if (!answer.ok) return;
      const server = Number(await answer.text());
      const took = here() - sent;
      if (took < quickest) {
        quickest = took;
        ahead = server - (sent + took / 2);
      }
    } catch {
      return; // no connection: what was compared last still holds, and the page says that it is lost
    }
  }
  draw();
}

function face(seconds) {
  const rest = Math.abs(seconds);
  return `${seconds < 0 ? "−" : ""}${Math.floor(rest / 60)}:${String(rest % 60).padStart(2, "0")}`;
}

function signal(seconds) {
  if (seconds <= 0) return "over";
  return seconds <= SOON ? "soon" : "calm";
}

function beep(times) {
  for (let turn = 0; turn < times; turn += 1) {
    const tone = sound.createOscillator();
    const volume = sound.createGain();
    const starts = sound.currentTime + turn * 0.45;
    tone.frequency.value = 880;
    volume.gain.setValueAtTime(0.4, starts);
    volume.gain.exponentialRampToValueAtTime(0.001, starts + 0.35);
    tone.connect(volume).connect(sound.destination);
    tone.start(starts);
    tone.stop(starts + 0.4);
  }
  document.documentElement.dataset.sounded = String(Number(document.documentElement.dataset.sounded ?? 0) + times);
}

function drawClock(clock) {
  const { state, seconds, countedFrom } = clock.dataset;
  const isRunning = state === "running";
  const left = isRunning ? Math.ceil(Number(seconds) - (now() - Date.parse(countedFrom)) / 1000) : Number(seconds);
  const says = signal(left);
  const shown = clock.querySelector("[role=timer]");
  if (shown.textContent !== face(left)) shown.textContent = face(left);
  clock.dataset.signal = says;
  const word = state === "paused" ? "paused" : says;
  for (const words of clock.querySelectorAll("[data-says]")) words.hidden = words.dataset.says !== word;
  if (!isRunning) return;
  const before = told.get(countedFrom);
  if (sound && before && before !== says && says !== "calm") beep(says === "over" ? 3 : 1);
  told.set(countedFrom, says);
}

function drawAgenda(agenda) {
  let next = null;
  let isAnyOn = false;
  for (const part of agenda.children) {
    const starts = Date.parse(part.dataset.starts);
    const isOn = starts <= now() && now() < Date.parse(part.dataset.ends);
    const isComing = now() < starts;
    if (isComing && !next) next = part;
    isAnyOn ||= isOn;
    part.dataset.is = isOn ? "on" : part === next ? "next" : isComing ? "later" : "over";
    for (const words of part.querySelectorAll("[data-when]")) words.hidden = words.dataset.when !== part.dataset.is;
  }
  const rest = document.querySelector("[data-agenda-over]");
  if (rest) rest.hidden = isAnyOn || next !== null;
}

function drawWallClock(shown) {
  const time = new Intl.DateTimeFormat(document.documentElement.lang, {
    hour: "numeric", minute: "2-digit", timeZone: shown.dataset.zone,
  }).format(now());
  if (shown.textContent !== time) shown.textContent = time;
}

function draw() {
  document.querySelectorAll("[data-clock]").forEach(drawClock);
  document.querySelectorAll("[data-agenda]").forEach(drawAgenda);
  document.querySelectorAll("[data-wall-clock]").forEach(drawWallClock);
}

for (const button of document.querySelectorAll("[data-sound]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    // Browsers let a page sound only after somebody has touched it.
    sound = sound ? (sound.close(), null) : new AudioContext();
    button.setAttribute("aria-pressed", String(sound !== null));
    if (sound) beep(1);
  });
}

addEventListener("live:fresh", draw);
addEventListener("online", compare);
document.addEventListener("visibilitychange", () => document.hidden || compare());
setInterval(draw, 200);
setInterval(compare, AGAIN);
compare();
