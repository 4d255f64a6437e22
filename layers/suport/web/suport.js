// What JavaScript adds; every page works without it.

import { Button, CharacterCount, ErrorSummary, NotificationBanner, createAll } from "govuk-frontend";

import { counted } from "./counted_text.js";

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

createAll(Button, { preventDoubleClick: true });
createAll(
  class extends CharacterCount {
    updateCount() {
      this.count = counted(this.$textarea.value);
    }
  },
);
createAll(ErrorSummary);
createAll(NotificationBanner);

// A banner that leaves the focus to the new message is read out because its text comes late.
for (const banner of document.querySelectorAll("[data-disable-auto-focus]")) {
  const said = banner.querySelector("#done");
  const text = said.textContent;
  said.textContent = "";
  setTimeout(() => (said.textContent = text), 100);
}

// Suggests procedures while their name is typed: a combobox whose list may be ignored. The words go
// in a POST, so that no address has them; an answer that comes late is dropped.
for (const input of document.querySelectorAll("[data-suggest]")) {
  const list = document.createElement("ul");
  const status = document.createElement("div");
  let asked = 0;
  let waits;
  list.className = "suport-suggestions govuk-body";
  list.id = "suggestions";
  list.setAttribute("aria-label", input.labels[0].textContent);
  status.className = "govuk-visually-hidden";
  list.role = "listbox";
  status.role = "status";
  input.role = "combobox";
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.after(list, status);

  const mark = (option) => {
    for (const each of list.children) each.setAttribute("aria-selected", each === option);
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  };
  const offer = (procedures, said) => {
    list.replaceChildren(
      ...procedures.map(({ code, name, language }, index) => {
        const option = document.createElement("li");
        Object.assign(option, { id: `suggestion-${index}`, role: "option", textContent: name });
        Object.assign(option, { lang: language });
        option.dataset.code = code;
        return option;
      }),
    );
    list.hidden = !procedures.length;
    input.setAttribute("aria-expanded", !list.hidden);
    status.textContent = said;
    mark();
  };
  const close = () => {
    clearTimeout(waits);
    asked += 1;
    offer([], "");
  };
  const unchoose = () => {
    for (const found of document.getElementsByName("procedure.choice")) found.checked = false;
  };
  const choose = (option) => {
    input.value = option.textContent;
    input.lang = option.lang;
    input.form.elements["procedure.code"].value = option.dataset.code;
    close();
  };
  const ask = async () => {
    const mine = (asked += 1);
    const body = new URLSearchParams({ q: input.value, language: document.documentElement.lang });
    try {
      const answer = await fetch(input.dataset.suggest, { method: "POST", body });
      const { procedures, found } = await answer.json();
      if (mine === asked) offer(procedures, input.dataset.found.replace("[count]", found));
    } catch {
      // without suggestions, what is typed is the name
    }
  };
  input.addEventListener("input", () => {
    close();
    unchoose(); // what is typed after a search takes the place of what was found
    if (input.value.trim().length > 1) waits = setTimeout(ask, 200);
  });
  input.addEventListener("keydown", (event) => {
    const options = [...list.children];
    const at = options.findIndex((each) => each.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" && options.length) mark(options[(at + 1) % options.length]);
    else if (event.key === "ArrowUp" && options.length) mark(options.at(at < 1 ? -1 : at - 1));
    else if (event.key === "Enter" && at >= 0) choose(options[at]);
    else if (event.key === "Escape" && options.length) close();
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", ({ target }) => target !== list && choose(target));
  close();
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const said = document.getElementById(button.dataset.says);
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    said.textContent = button.dataset.done;
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
