"""What a browser measures on a page, in its own language; each gives a list of what is not as it should be."""

SMALL_TARGETS = """() => {
  const NEEDED = 24, NEARLY = 23.95;
  const seen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && !element.closest(".visually-hidden, .skip-link");
  const box = (element) => element.getBoundingClientRect();
  const centre = (place) => [place.x + place.width / 2, place.y + place.height / 2];
  const stands_in_a_sentence = (element) => {
    const block = element.closest("p, li, dd, dt, td, th, label, blockquote, figcaption, h1, h2, h3, summary, div");
    return getComputedStyle(element).display.startsWith("inline") && block
      && block.textContent.trim().length > element.textContent.trim().length;
  };
  const target_of = (element) =>
    element.labels?.length && element.matches("[type=checkbox], [type=radio]") ? element.labels[0] : element;
  const targets = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
    .filter(seen).map((element) => ({ element, place: box(target_of(element)) }));
  const is_small = ({ place }) => Math.min(place.width, place.height) < NEARLY;
  // A circle of 24 px around the middle of a small one, in which no other target lies (WCAG 2.5.8).
  const has_room = (one) => targets.every((other) => {
    if (other === one || other.element.contains(one.element) || one.element.contains(other.element)) return true;
    const [x, y] = centre(one.place);
    if (is_small(other)) {
      const [their_x, their_y] = centre(other.place);
      return Math.hypot(x - their_x, y - their_y) >= NEARLY;
    }
    const across = Math.max(other.place.left - x, 0, x - other.place.right);
    const along = Math.max(other.place.top - y, 0, y - other.place.bottom);
    return Math.hypot(across, along) >= NEARLY / 2;
  });
  return targets.filter((one) => is_small(one) && !stands_in_a_sentence(one.element) && !has_room(one))
    .map(({ element, place }) =>
      `${Math.round(place.width)} x ${Math.round(place.height)}: ${element.outerHTML.slice(0, 160)}`);
}"""

CUT_OFF = """() => {
  const cuts = (element) => ["hidden", "clip"].includes(getComputedStyle(element).overflowX)
    && getComputedStyle(element).textOverflow !== "ellipsis";
  const cutting = [...document.querySelectorAll("body *")].filter(
    (element) => element.checkVisibility() && !element.closest(".visually-hidden, svg, select") && cuts(element));
  return cutting.filter((element) => {
    const frame = element.getBoundingClientRect();
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    while (texts.nextNode()) {
      if (!texts.currentNode.data.trim() || texts.currentNode.parentElement.closest(".visually-hidden, svg")) continue;
      range.selectNodeContents(texts.currentNode);
      const place = range.getBoundingClientRect();
      if (place.width && (place.right > frame.right + 1 || place.bottom > frame.bottom + 1)) return true;
    }
    return false;
  }).map((element) => element.outerHTML.slice(0, 160));
}"""

MOVING = """() => {
  const moves = (style) => style.scrollBehavior === "smooth" || style.animationName !== "none"
    || style.transitionDuration.split(", ").some((time) => parseFloat(time) > 0);
  return [...document.querySelectorAll("*")].filter((element) => moves(getComputedStyle(element)))
    .map((element) => element.outerHTML.slice(0, 160));
}"""
