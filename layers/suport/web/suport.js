// What JavaScript adds; every page works without it.

import { addComponents } from "./components.js";
import { addCopyButtons } from "./copy_buttons.js";
import { addSuggestions } from "./suggestions.js";

document.body.classList.add("govuk-frontend-supported");

// After sending, the address has reference and access code in its fragment, for a browser that keeps
// no session. The page shows the code, takes it out of the address, and hands it to the same page in
// another language.
function takeCodeAfterSending() {
  if (!new URLSearchParams(location.search).has("sent") || !location.hash) return;
  const { hash } = location;
  history.replaceState(null, "", location.pathname + location.search);
  const place = document.querySelector("[data-code-sent]");
  const [code] = hash.match(/(?:[0-9A-Z]{4}-){6}[0-9A-Z]{4}$/) ?? [];
  if (!place || !code) return;
  place.querySelector("strong").textContent = code;
  place.hidden = false;
  document.getElementById("access_code").value = code;
  for (const link of document.querySelectorAll("a[hreflang]")) link.hash = hash;
}
takeCodeAfterSending();

// A link in a mail carries reference and access code in its fragment, which no browser sends. This
// takes the fragment out of the address and the history at once, and posts it like the form. Mail
// programs encode a link and add to it: only letters and figures count, up to the end of the code.
// Of a link without the whole code, the form gets the reference. A fragment that leads to a part of
// the page stays.
function openByLink() {
  const fragment = decoded(location.hash).slice(1);
  if (!fragment || document.getElementById(fragment)) return;
  history.replaceState(null, "", location.pathname + location.search);
  const typed = fragment.split(/[&?<>]/)[0].replace(/[^0-9a-z]/gi, "");
  const reference = typed.slice(0, 12).replace(/(.{4})(?=.)/g, "$1-");
  const field = document.querySelector("form[data-track] [name=reference]");
  if (typed.length >= 40) post("track", { reference, access_code: typed.slice(12, 40) });
  else if (typed.length >= 12 && field && !field.value) field.value = reference;
}

function decoded(text) {
  try {
    const once = decodeURIComponent(text);
    return once === text ? text : decoded(once);
  } catch {
    return text;
  }
}

function post(action, fields) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = action;
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = name;
    input.value = value;
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}
openByLink();
addEventListener("hashchange", openByLink); // the tab was already on the page

// A link to another language keeps what was typed. It travels as the state of the new entry in the
// browser's history, from which the next page takes it at once. The form of a new incident needs no
// script for this: its languages are buttons.
const fields = () =>
  [...document.querySelectorAll("main :is(input, textarea)")].filter(
    ({ name, type }) => name && type !== "hidden" && type !== "file",
  );
const isChoice = ({ type }) => type === "radio" || type === "checkbox";
const page = ({ pathname }) => pathname.split("/").pop();
for (const link of document.querySelectorAll("header a[hreflang]")) {
  link.addEventListener("click", (event) => {
    const typed = fields().filter((each) =>
      isChoice(each) ? each.checked !== each.defaultChecked : each.value !== each.defaultValue,
    );
    const newTab = event.ctrlKey || event.metaKey || event.shiftKey;
    if (newTab || !typed.length || page(link) !== page(location)) return;
    event.preventDefault();
    const state = typed.map(({ name, value, checked }) => ({ name, value, checked }));
    history.pushState({ typed: state }, "", link.href);
    location.reload();
  });
}
const typedBefore = history.state?.typed ?? [];
if (typedBefore.length) history.replaceState(null, "");
for (const { name, value, checked } of typedBefore) {
  for (const each of fields().filter((field) => field.name === name)) {
    if (!isChoice(each)) each.value = value;
    else if (each.value === value) each.checked = checked;
  }
}

addComponents();
addSuggestions();
addCopyButtons();

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
