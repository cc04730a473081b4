// For other sites: makes each frame with a card of ours as high as the card in it says it is.
(() => {
  const script = document.currentScript;
  if (!script) return;
  const ours = new URL(script.src).origin;
  window.addEventListener("message", (message) => {
    if (message.origin !== ours || message.data?.from !== "keng") return;
    const height = Number(message.data.height);
    if (!(height > 0 && height < 5000)) return;
    for (const frame of document.querySelectorAll("iframe")) {
      if (frame.contentWindow === message.source) frame.style.height = `${height}px`;
    }
  });
  for (const frame of document.querySelectorAll("iframe")) {
    // A card that was there before this script has told its height to nobody.
    if (frame.src.startsWith(`${ours}/`)) frame.contentWindow.postMessage({ to: "keng" }, "*");
  }
})();
