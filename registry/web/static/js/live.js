// Keeps parts of a page fresh: <div data-live="/address/of/its/stream">. Each message is the part as HTML of our own.
// The browser reconnects by itself; meanwhile `data-live-state` says "lost", so that the page can show it.
for (const part of document.querySelectorAll("[data-live]")) {
  const source = new EventSource(part.dataset.live);
  source.addEventListener("open", () => (part.dataset.liveState = "live"));
  source.addEventListener("error", () => (part.dataset.liveState = "lost"));
  source.addEventListener("message", (message) => {
    const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
    const fresh = document.createElement("template");
    fresh.innerHTML = message.data;
    part.replaceChildren(fresh.content);
    if (focused) document.getElementById(focused)?.focus();
    part.dispatchEvent(new CustomEvent("live:fresh", { bubbles: true }));
  });
  addEventListener("pagehide", () => source.close());
}
