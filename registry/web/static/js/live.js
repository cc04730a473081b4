// Keeps parts of a page fresh: <div data-live="/address/of/its/stream">. Each message is the part as HTML of our own.
// `data-live-state` on it and on <html> says "live" or "lost", so that the page can show it.
const SILENCE = 70_000; // a stream ends after 55 s and the next one opens: who hears nothing for longer has lost it
const PAUSE = 2_000;

function follow(part) {
  let source;
  let heard;

  function say(state) {
    part.dataset.liveState = state;
    document.documentElement.dataset.liveState = state;
  }

  function hear() {
    clearTimeout(heard);
    heard = setTimeout(connect, SILENCE);
  }

  function connect() {
    source?.close();
    source = new EventSource(part.dataset.live);
    hear();
    source.addEventListener("open", () => {
      hear();
      say("live");
    });
    source.addEventListener("error", () => {
      say("lost");
      // The browser opens a broken stream again by itself, but not one that was answered with an error (a restart).
      if (source.readyState === EventSource.CLOSED) {
        clearTimeout(heard);
        heard = setTimeout(connect, PAUSE + Math.random() * PAUSE);
      }
    });
    source.addEventListener("message", (message) => {
      hear();
      show(part, message.data);
    });
  }

  connect();
  addEventListener("online", connect);
  addEventListener("offline", () => say("lost"));
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => event.persisted && connect());
}

function show(part, html) {
  const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  part.replaceChildren(fresh.content);
  if (focused) document.getElementById(focused)?.focus();
  part.dispatchEvent(new CustomEvent("live:fresh", { bubbles: true }));
}

document.querySelectorAll("[data-live]").forEach(follow);
