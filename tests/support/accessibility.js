// The part of accessibility.py that runs in the page.

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

// Whatever two elements may look different by: what they are, and what they lie in.
const kindOf = (element) => {
  const around = element.parentElement ? kindOf(element.parentElement) : "";
  return `${around} ${element.tagName}[${element.type ?? ""}].${element.className}`;
};

// What the tab key has just reached; nothing if it has been there before.
const focused = (around) => {
  const target = document.activeElement;
  window.reached ??= new WeakSet();
  if (!target || target === document.body || window.reached.has(target)) return null;
  window.reached.add(target);
  return described(target, around);
};

// In the middle of what is seen of it.
const middle = (from, to, end) => (Math.max(0, from) + Math.min(end, to)) / 2;

// An element with its labels: a radio's may carry the mark of the focus.
const described = (target, around) => {
  const parts = [target, ...(target.labels ?? [])];
  const boxes = parts.map((part) => part.getBoundingClientRect());
  const x = Math.max(0, Math.min(...boxes.map((box) => box.left)) - around);
  const y = Math.max(0, Math.min(...boxes.map((box) => box.top)) - around);
  const right = Math.min(innerWidth, Math.max(...boxes.map((box) => box.right)) + around);
  const bottom = Math.min(innerHeight, Math.max(...boxes.map((box) => box.bottom)) + around);
  const [line] = target.getClientRects(); // the first one of a link that is broken into lines
  const on =
    line &&
    document.elementFromPoint(
      middle(line.left, line.right, innerWidth),
      middle(line.top, line.bottom, innerHeight), // a text area may stick out of the window
    );
  return {
    name: nameOf(target),
    kind: kindOf(target),
    covered: !parts.some((part) => part.contains(on ?? null)),
    clip: { x, y, width: right - x, height: bottom - y },
  };
};

// Controls of the content that the tab key has not reached; of radios one stands for all.
const unreached = () =>
  [...document.querySelectorAll(
    "main :is(a[href], button, input:not([type=hidden]), select, textarea)",
  )]
    .filter((each) => each.checkVisibility() && !window.reached.has(each))
    .filter(
      (each) =>
        ![...document.getElementsByName(each.name ?? "")].some(
          (other) => other.type === "radio" && window.reached.has(other),
        ),
    )
    .map((each) => each.outerHTML.slice(0, 80));

// Texts that are cut off, and texts that lie over another text or over a field.
const unreadable = () => {
  const found = [];
  const boxes = [];
  const name = (text) => `“${text.trim().slice(0, 40)}”`;
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    const holder = text.parentElement;
    if (!text.data.trim() || !holder.checkVisibility({ visibilityProperty: true })) continue;
    if (holder.closest("textarea, .govuk-visually-hidden")) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const rect of range.getClientRects()) {
      if (rect.width < 1) continue;
      boxes.push({ owner: text, rect, said: name(text.data) });
      for (let around = holder; around; around = around.parentElement) {
        if (getComputedStyle(around).overflow === "visible") continue;
        const edge = around.getBoundingClientRect();
        const beyond = [rect.right - edge.right, rect.bottom - edge.bottom, edge.left - rect.left];
        if (Math.max(...beyond) > 1) found.push(`cut off: ${name(text.data)}`);
      }
    }
  }
  for (const field of document.querySelectorAll("main :is(textarea, button, input)")) {
    if (!field.checkVisibility() || ["hidden", "radio", "checkbox"].includes(field.type)) continue;
    boxes.push({ owner: field, rect: field.getBoundingClientRect(), said: name(field.name) });
  }
  for (const [place, one] of boxes.entries()) {
    for (const other of boxes.slice(place + 1)) {
      if (one.owner === other.owner || other.owner.contains(one.owner)) continue;
      const [a, b] = [one.rect, other.rect];
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      // letters are lower than their boxes
      if (wide > 2 && high > 0.35 * Math.min(a.height, b.height)) {
        found.push(`over each other: ${one.said} ${other.said}`);
      }
    }
  }
  return found;
};

const setInertAroundContent = (inert) => {
  for (const part of document.querySelectorAll("body > :not(.suport-page)")) part.inert = inert;
};

const misplaced = (rules) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  document.adoptedStyleSheets = [sheet];
  const found = [...sidewaysScrolling(), ...unreadable()];
  document.adoptedStyleSheets = [];
  return found;
};

// What names or answers something: nobody reads it well in pieces.
const named = "label, legend, button, .govuk-button, .govuk-tag, h1, h2, h3, h4, dt, summary, nav a";

// Words in these that continue on another line, although they are narrower than half the window.
const brokenWords = () => {
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    const holder = text.parentElement;
    if (!holder.closest(named) || !holder.checkVisibility()) continue;
    if (holder.closest(".govuk-visually-hidden")) continue;
    for (const word of text.data.matchAll(/[\p{L}\p{M}\p{N}]+/gu)) {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const pieces = [...range.getClientRects()].filter((rect) => rect.width > 0);
      const lines = new Set(pieces.map((rect) => Math.round(rect.top)));
      const width = pieces.reduce((sum, rect) => sum + rect.width, 0);
      if (lines.size > 1 && width < innerWidth / 2) found.push(`${nameOf(holder)}: ${word[0]}`);
    }
  }
  return found;
};

// Texts and fields in a font that is not the service's own: the browser's, which has serifs.
const foreignFonts = () =>
  [...document.body.querySelectorAll("*")]
    .filter((each) => each.checkVisibility() && !each.matches("[type=radio], [type=checkbox]"))
    .filter(
      (each) =>
        each.matches("input, textarea, select, button") ||
        [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim()),
    )
    .filter((each) => !/^("?system-ui"?|ui-monospace|monospace)\b/.test(getComputedStyle(each).fontFamily))
    .map((each) => `${nameOf(each)}: ${getComputedStyle(each).fontFamily}`);
