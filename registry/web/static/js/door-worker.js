// Opens the door's page again while the network is away: each page and file of it that came is kept for a day, and
// given back when none can be fetched. Whoever may not help there any more loses what was kept. It knows no guest list
// and sends nothing: js/door.js keeps the queue.
const KEPT = "keng-door";
const A_DAY = 86_400_000;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { pathname } = new URL(url);
  const isOfDoor = mode === "navigate" || pathname.startsWith("/static/") || pathname.startsWith("/community/");
  if (method === "GET" && isOfDoor) event.respondWith(freshOrKept(event.request, mode === "navigate" ? pathname : url));
});

async function freshOrKept(request, place) {
  const kept = await caches.open(KEPT);
  try {
    const fresh = await fetch(request);
    if (fresh.ok && !fresh.redirected) await kept.put(place, fresh.clone());
    else if (request.mode === "navigate") await caches.delete(KEPT);
    return fresh;
  } catch (lost) {
    const held = await kept.match(place, { ignoreVary: true });
    if (held && Date.now() - Date.parse(held.headers.get("date")) < A_DAY) return held;
    throw lost;
  }
}
