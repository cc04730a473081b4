// Makes a search field with suggestions a combobox (ARIA 1.2): htmx fetches the options, this moves among them.
for (const field of document.querySelectorAll("[data-suggestions]")) {
  const list = document.getElementById(field.dataset.suggestions);
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-expanded", "false");
  list.setAttribute("role", "listbox");

  const options = () => [...list.children];
  const chosen = () => list.querySelector('[aria-selected="true"]');

  function choose(option) {
    chosen()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) field.setAttribute("aria-activedescendant", option.id);
    else field.removeAttribute("aria-activedescendant");
  }

  function close() {
    list.replaceChildren();
  }

  new MutationObserver(() => {
    options().forEach((option, position) => (option.id = `${list.id}-${position}`));
    field.setAttribute("aria-expanded", String(list.children.length > 0));
    field.removeAttribute("aria-activedescendant");
  }).observe(list, { childList: true });

  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // the keys belong to the Chinese input method
    const all = options();
    const position = all.indexOf(chosen());
    if (event.key === "ArrowDown") choose(all[(position + 1) % all.length]);
    else if (event.key === "ArrowUp") choose(all.at(position > 0 ? position - 1 : -1));
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen()) location.assign(chosen().dataset.url);
    else return;
    if (all.length) event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[data-url]");
    if (option) location.assign(option.dataset.url);
  });
  field.addEventListener("blur", close);
}
