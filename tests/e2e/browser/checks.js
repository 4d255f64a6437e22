// The part of checks.py that runs in the page.

const targets = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button]";

const nameOf = (element) => {
  const id = element.id && `#${element.id}`;
  return `${element.tagName.toLowerCase()}${id} “${(element.innerText ?? "").trim().slice(0, 40)}”`;
};

const sidewaysScrolling = () => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const out = [...document.body.querySelectorAll("*")].filter(
    (element) => element.getBoundingClientRect().right > width + 0.5,
  );
  return out.length ? out.map(nameOf) : ["the page"];
};

// A link in a line of text can be no higher than the line: other words stand around it.
const isWithinSentence = (target) => {
  const isInline = (element) => getComputedStyle(element).display === "inline";
  if (!isInline(target)) return false;
  let block = target.parentElement;
  while (isInline(block)) block = block.parentElement;
  const texts = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (/[\p{L}\p{N}]/u.test(text.data) && !text.parentElement.closest(targets)) return true;
  }
  return false;
};

const smallTargets = (least) =>
  [...document.querySelectorAll(targets)].flatMap((target) => {
    const { width, height } = target.getBoundingClientRect();
    if (!target.checkVisibility({ visibilityProperty: true })) return [];
    if (width <= 1 || height <= 1) return []; // shown only when it has the focus
    if (Math.min(width, height) > least - 0.05 || isWithinSentence(target)) return [];
    return [`${nameOf(target)}: ${width.toFixed(1)} × ${height.toFixed(1)}`];
  });

// What the tab key has just reached, with its labels: a radio's may carry the mark of the focus.
const focused = (around) => {
  const target = document.activeElement;
  window.reached ??= new WeakSet();
  if (!target || target === document.body || window.reached.has(target)) return null;
  window.reached.add(target);
  const parts = [target, ...(target.labels ?? [])];
  const boxes = parts.map((part) => part.getBoundingClientRect());
  const x = Math.max(0, Math.min(...boxes.map((box) => box.left)) - around);
  const y = Math.max(0, Math.min(...boxes.map((box) => box.top)) - around);
  const right = Math.min(innerWidth, Math.max(...boxes.map((box) => box.right)) + around);
  const bottom = Math.min(innerHeight, Math.max(...boxes.map((box) => box.bottom)) + around);
  const [line] = target.getClientRects(); // the first one of a link that is broken into lines
  const on = line && document.elementFromPoint(line.x + line.width / 2, line.y + line.height / 2);
  return {
    name: nameOf(target),
    covered: !parts.some((part) => part.contains(on ?? null)),
    clip: { x, y, width: right - x, height: bottom - y },
  };
};
