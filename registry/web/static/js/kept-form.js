// Keeps what is typed into a form marked `data-kept` in this browser until it is sent, offers it again when it was not,
// and with `data-autosave` sends it to the form's address when the typing stops. Without scripts there is the button.
const AFTER_TYPING = 3000;
const OWN_FIELDS = ["form_token", "form_key", "revision"];
const SENT = "kept-form:sent";

// A page that says what was done shows that what was sent before it was taken.
if (new URLSearchParams(location.search).has("done") && sessionStorage.getItem(SENT)) {
  localStorage.removeItem(sessionStorage.getItem(SENT));
  sessionStorage.removeItem(SENT);
}

for (const form of document.querySelectorAll("form[data-kept]")) {
  const place = `kept-form:${form.dataset.kept}`;
  const state = form.querySelector("[data-kept-state]");
  let timer = 0;
  let isSaving = false;
  let typedSince = false;

  const fields = () =>
    [...form.elements].filter((one) => one.name && one.type !== "submit" && !OWN_FIELDS.includes(one.name));
  const contents = () =>
    JSON.stringify(fields().map((one) => [one.name, one.type === "checkbox" ? one.checked : one.value]));
  const loaded = contents();

  function say(words) {
    if (state) state.textContent = words;
  }

  function keep() {
    try {
      localStorage.setItem(place, contents());
    } catch {
      return; // no room, or forbidden: the save button still works
    }
  }

  function forget() {
    localStorage.removeItem(place);
  }

  function restore(kept) {
    const waiting = new Map();
    for (const [name, value] of kept) waiting.set(name, [...(waiting.get(name) ?? []), value]);
    for (const one of fields()) {
      const value = waiting.get(one.name)?.shift();
      if (value === undefined) continue;
      if (one.type === "checkbox") one.checked = value;
      else one.value = value;
      one.closest("details")?.toggleAttribute("open", Boolean(value) || one.closest("details").open);
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function offer(kept) {
    const box = document.createElement("div");
    box.className = "notice kept-form";
    box.setAttribute("role", "status");
    const words = document.createElement("p");
    words.textContent = form.dataset.keptFound;
    const buttons = document.createElement("p");
    buttons.className = "cluster";
    for (const [label, act] of [
      [form.dataset.keptRestore, () => restore(kept)],
      [form.dataset.keptDrop, forget],
    ]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button button--plain";
      button.textContent = label;
      button.addEventListener("click", () => {
        act();
        box.remove();
      });
      buttons.append(button);
    }
    const inner = document.createElement("div");
    inner.append(words, buttons);
    box.append(inner);
    form.before(box);
  }

  async function save() {
    if (isSaving) return;
    isSaving = true;
    typedSince = false;
    const sent = new FormData(form);
    sent.delete("form_key"); // this may be sent many times
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(sent),
        headers: { "X-Autosave": "yes", Accept: "application/json" },
        redirect: "error",
      });
      const told = await answer.json();
      if (!answer.ok) throw new Error(told.said ?? told.detail);
      form.elements.revision.value = told.revision;
      if (!typedSince) forget();
      say(form.dataset.autosaveDone);
    } catch (error) {
      say(`${form.dataset.autosaveFailed} ${error instanceof TypeError ? "" : error.message}`);
    } finally {
      isSaving = false;
      if (typedSince) schedule();
    }
  }

  function schedule() {
    clearTimeout(timer);
    timer = setTimeout(save, AFTER_TYPING);
  }

  for (const button of form.querySelectorAll("[data-shows]")) {
    const shown = document.getElementById(button.dataset.shows);
    new MutationObserver(() => shown.scrollIntoView({ block: "start" })).observe(shown, { childList: true });
  }

  let found = null;
  try {
    found = localStorage.getItem(place);
  } catch {
    found = null; // storage is forbidden here
  }
  // A page with a refusal already shows what was typed.
  if (found && found !== loaded && !form.querySelector("[role=alert]")) offer(JSON.parse(found));

  form.addEventListener("input", () => {
    typedSince = true;
    keep();
    if ("autosave" in form.dataset) schedule();
    else say(form.dataset.keptHere);
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    keep();
    if (!event.submitter?.dataset.shows) sessionStorage.setItem(SENT, place);
  });
}
