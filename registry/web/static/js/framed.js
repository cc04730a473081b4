// Tells the page around a framed card how high the card is, so that its frame (embed.js) can fit it.
if (window.parent !== window) {
  const tell = () => {
    const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
    window.parent.postMessage({ from: "keng", height }, "*"); // a height is no secret, whoever the parent is
  };
  window.addEventListener("message", (message) => {
    if (message.source === window.parent && message.data?.to === "keng") tell();
  });
  new ResizeObserver(tell).observe(document.documentElement);
}
