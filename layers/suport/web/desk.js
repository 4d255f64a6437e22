// What JavaScript adds to the desk; every page works without it.

import { addComponents } from "./components.js";
import { addSuggestions } from "./suggestions.js";

const PAUSE = 2000; // milliseconds without a key, before what was typed is kept
const PROGRESS = 3000; // between two looks at how far something has got
const AGAIN = 10000; // before what could not be kept is tried again
const PATIENCE = 10000; // for an answer of the service
const MOST_ON_LEAVING = 60000; // bytes: browsers send no more once the page is gone

document.body.classList.add("govuk-frontend-supported");
// These forms are guarded below: a button that could not send works again at once.
for (const button of document.querySelectorAll("form[data-draft] button"))
  button.dataset.preventDoubleClick = "false";
addComponents();
addSuggestions();

const SWITCHES = new Set(["button", "checkbox", "hidden", "radio", "submit"]);

// Whether somebody types into it: then a letter is a letter.
function types(element) {
  if (element.isContentEditable || element.matches("textarea, select")) return true;
  return element.matches("input") && !SWITCHES.has(element.type);
}

// What an operator types goes to the service, which keeps it for a day. Whatever is about to leave
// the page waits until it is kept: then the service can be reached, and nothing is lost on the way.

const KEPT = "kept";
const REFUSED = "refused"; // the service's page says why, and gives back what was typed
const AWAY = "away";
const OUT = "out"; // signed out

class Draft {
  constructor(form) {
    this.form = form;
    this.said = form.querySelector("[data-away]");
    this.turn = Promise.resolve();
    this.outcome = KEPT;
    this.kept = form.hasAttribute("data-is-kept") || !this.hasWords ? this.fields : "";
    if (this.isDirty) this.keepSoon();
  }

  get hasWords() {
    return [...this.form.elements].some((each) => types(each) && each.value.trim());
  }

  get fields() {
    const fields = new URLSearchParams(new FormData(this.form));
    fields.set("form", this.form.dataset.draft);
    return fields.toString();
  }

  get isDirty() {
    return this.fields !== this.kept;
  }

  keepSoon(after = PAUSE) {
    clearTimeout(this.waits);
    this.waits = setTimeout(() => this.isDirty && this.keep(), after);
  }

  // One after the other: an earlier text never takes the place of a later one.
  keep() {
    clearTimeout(this.waits);
    this.turn = this.turn.then(() => this.send());
    return this.turn;
  }

  async send() {
    const { fields } = this;
    this.leaving = new AbortController();
    const patience = setTimeout(() => this.leaving.abort(), PATIENCE);
    this.outcome = await outcomeOf(fields, { signal: this.leaving.signal });
    clearTimeout(patience);
    if (this.outcome === KEPT) this.kept = fields;
    else if (this.outcome === AWAY) this.keepSoon(AGAIN);
    this.say(this.outcome);
    return this.outcome;
  }

  // The page may be gone before an answer comes.
  async keepOnLeaving() {
    const { fields } = this;
    if (fields === this.left) return;
    this.left = fields;
    this.leaving?.abort();
    const keepalive = fields.length < MOST_ON_LEAVING;
    if ((await outcomeOf(fields, { keepalive })) === KEPT) this.kept = fields;
    else this.left = "";
  }

  say(outcome) {
    if (!this.said) return;
    this.said.classList.toggle("desk-state--away", outcome !== KEPT);
    const text = outcome === KEPT && !this.hasWords ? "" : this.said.dataset[outcome];
    if (this.said.textContent !== text) this.said.textContent = text;
  }

  // Says it again, to those who hear it as well.
  insist() {
    if (!this.said) return;
    this.said.textContent = "";
    setTimeout(() => {
      this.say(this.outcome);
      this.said.scrollIntoView({ block: "nearest" });
    }, 100);
  }
}

async function outcomeOf(body, options) {
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  try {
    const { ok, status } = await fetch("draft", { method: "POST", body, headers, ...options });
    if (ok) return KEPT;
    if (status === 403) return OUT;
    return status >= 500 || status === 429 ? AWAY : REFUSED;
  } catch {
    return AWAY;
  }
}

const drafts = new Map(
  [...document.querySelectorAll("form[data-draft]")].map((form) => [form, new Draft(form)]),
);
let sent; // the form that the browser is sending; its draft is the service's business now
const dirty = () => [...drafts.values()].filter((draft) => draft.form !== sent && draft.isDirty);

async function allKept(form) {
  const all = new Set([...dirty(), ...(drafts.has(form) ? [drafts.get(form)] : [])]);
  const outcomes = await Promise.all([...all].map((draft) => draft.keep()));
  return !outcomes.includes(AWAY);
}

let waits = false; // a form, until everything is kept
let passes = false; // that form, now
document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  if (passes || form.method === "dialog") return;
  if (form !== sent && !drafts.has(form) && !dirty().length) return;
  event.preventDefault();
  if (waits || form === sent) return; // a button was pressed twice
  waits = true;
  const kept = await allKept(form);
  waits = false;
  if (kept) {
    sent = form;
    setTimeout(() => (sent = undefined), PATIENCE); // somebody who stops the browser types on
    passes = true;
    form.requestSubmit(submitter);
    passes = false;
  } else {
    const all = [drafts.get(form), ...drafts.values()];
    all.find((draft) => draft?.outcome === AWAY).insist();
  }
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const stays = link.target || link.protocol === "tel:" || link.getAttribute("href")[0] === "#";
  if (stays || !dirty().length) return;
  event.preventDefault();
  await allKept();
  location.assign(link.href);
});

for (const changed of ["input", "change"])
  document.addEventListener(changed, ({ target }) => drafts.get(target.form)?.keepSoon());

const keepOnLeaving = () => dirty().forEach((draft) => draft.keepOnLeaving());
addEventListener("pagehide", keepOnLeaving);
document.addEventListener("visibilitychange", () => document.hidden && keepOnLeaving());
// Somebody came back to the page. Whether they still may, the service knows.
addEventListener("pageshow", ({ persisted }) => {
  sent = undefined;
  if (persisted && !dirty().length) location.reload();
});
addEventListener("online", () => dirty().forEach((draft) => draft.keep()));

addEventListener("beforeunload", (event) => {
  if (dirty().some(({ outcome }) => outcome !== KEPT || !navigator.onLine)) event.preventDefault();
});

// The keys that a page names: an element with `data-key` is pressed by it. They work where nobody
// types, and only for operators who have not switched them off.

const help = document.getElementById("keys-help");
const places = { r: "#body", m: "#note", t: "#transfer [name=to]" };

// The next or the previous row of the list, or entry of the conversation.
function move(by) {
  const stops = [...document.querySelectorAll("[data-row], #talk > li")];
  const at = stops.findIndex((each) => each.contains(document.activeElement));
  const next = at < 0 ? 0 : at + by;
  stops[next]?.focus();
}

// A form whose text is missing waits for it.
function press(key) {
  const seen = (each) => each.getClientRects().length;
  const found = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(seen);
  if (!found) return false;
  const empty = found.type === "submit" && [...found.form.elements].find(isEmptyText);
  if (empty) empty.focus();
  else found.click();
  if (found.type === "radio") found.focus(); // so that the choice is read out
  return true;
}

function isEmptyText(field) {
  return field.type === "textarea" && !field.value.trim();
}

function act(key, isHeld) {
  if (key === "j" || key === "k") move(key === "j" ? 1 : -1);
  else if (isHeld) return false;
  else if (key === "?") help.showModal();
  else if (places[key]) document.querySelector(places[key])?.focus();
  else return press(key);
  return true;
}

function onKey(event) {
  const { target, key } = event;
  const isOthers = event.defaultPrevented || event.isComposing;
  if (isOthers || event.ctrlKey || event.altKey || event.metaKey) return;
  if (document.querySelector("dialog[open]")) return;
  if (key === "Escape" && target.matches("input, textarea, select")) target.blur();
  else if (key.length === 1 && !types(target) && act(key.toLowerCase(), event.repeat))
    event.preventDefault();
}

if (help) document.addEventListener("keydown", onKey);

// Back at the answer, after something was added to it or was to be changed: at its first gap.
const returned = document.getElementById(document.body.dataset.focus);
if (returned) {
  const gap = /\[\[[^\]]*\]\]/.exec(returned.value);
  returned.focus();
  if (gap) returned.setSelectionRange(gap.index, gap.index + gap[0].length);
}

// What is being done for all, until it is done.
async function showProgress() {
  let shown = document.querySelector("[data-poll]");
  while (shown) {
    await new Promise((resolve) => setTimeout(resolve, PROGRESS));
    try {
      const answer = await fetch(location.href, { signal: AbortSignal.timeout(PATIENCE) });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = page.getElementById(shown.id);
      if (!answer.ok || !now) return; // signed out: a reload says so
      shown.replaceWith(now);
      shown = now.matches("[data-poll]") ? now : null;
    } catch {
      // the service is away: the next time
    }
  }
}

showProgress();
