// The buttons of the stage's pages without loading the page anew (sound and place stay), and the running order by
// dragging and by arrow keys. What others see comes through live.js, ours too.
const form = document.getElementById("stage-form");
const said = document.querySelector("[data-said]");
let dragged = null;
let isSending = false;

function say(words) {
  said.textContent = words;
}

async function send(address, name, value) {
  if (isSending) return false;
  isSending = true;
  const fields = new FormData(form);
  fields.set("form_key", crypto.randomUUID?.() ?? String(Math.random()));
  if (name) fields.set(name, value);
  try {
    const answer = await fetch(address, {
      method: "POST", body: new URLSearchParams(fields), redirect: "manual", headers: { Accept: "application/json" },
    });
    if (answer.type === "opaqueredirect") {
      say("");
      return true;
    }
    say((await answer.json()).detail);
  } catch {
    say(said.dataset.lost);
  } finally {
    isSending = false;
  }
  return false;
}

addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.target !== form || !button) return;
  event.preventDefault();
  send(button.formAction, button.name, button.value);
});

const all = () => [...document.querySelectorAll("[data-order] > li")];
const slots = () => all().filter((slot) => "canMove" in slot.dataset);
const address = (slot) => form.action.replace(/\/stage\/.*/, `/stage/slots/${slot.dataset.slot}/move`);

function put(slot, before) {
  const isFocused = slot.contains(document.activeElement);
  const others = slots().filter((other) => other !== slot);
  if (before) before.before(slot);
  else others.at(-1)?.after(slot);
  if (isFocused) slot.querySelector("[data-handle]").focus();
}

// Puts a slot before another, or last; where it cannot go it stands where it stood. What the server says comes after.
async function move(slot, before, after = before) {
  const first = all().indexOf(slots()[0]);
  if (await send(address(slot), "before", before?.dataset.slot ?? "")) {
    if (slot.isConnected) put(slot, before);
    const place = slots().findIndex((other) => other.dataset.slot === slot.dataset.slot);
    say(said.dataset.moved.replace("%(title)s", slot.dataset.title).replace("%(place)s", first + place + 1)
      .replace("%(count)s", all().length));
  } else if (slot.isConnected) put(slot, after);
}

addEventListener("keydown", (event) => {
  const slot = event.target.matches?.("[data-handle]") ? event.target.closest("[data-slot]") : null;
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!slot || !step) return;
  event.preventDefault();
  const order = slots();
  const place = order.indexOf(slot);
  if (place + step < 0 || place + step >= order.length) say(said.dataset.edge);
  else move(slot, step < 0 ? order[place - 1] : order[place + 2], order[place + 1]);
});

addEventListener("pointerdown", (event) => {
  const handle = event.target.closest?.("[data-handle]");
  if (!handle || event.button !== 0) return;
  const slot = handle.closest("[data-slot]");
  const order = slots();
  dragged = { slot, after: order[order.indexOf(slot) + 1] };
  slot.classList.add("stage-order__slot--dragged");
});

addEventListener("pointermove", (event) => {
  if (!dragged) return;
  event.preventDefault();
  const under = slots().find((slot) => {
    const { top, bottom } = slot.getBoundingClientRect();
    return slot !== dragged.slot && top <= event.clientY && event.clientY <= bottom;
  });
  if (!under) return;
  const { top, height } = under.getBoundingClientRect();
  if (event.clientY < top + height / 2) under.before(dragged.slot);
  else under.after(dragged.slot);
});

function drop() {
  if (!dragged) return;
  const { slot, after } = dragged;
  dragged = null;
  slot.classList.remove("stage-order__slot--dragged");
  const order = slots();
  const before = order[order.indexOf(slot) + 1];
  if (before !== after) move(slot, before, after);
}

addEventListener("pointerup", drop);
addEventListener("pointercancel", drop);
addEventListener("live:fresh", () => (dragged = null)); // what was held is no longer on the page
