// Suggests procedures while their name is typed: a combobox whose list may be ignored. The words go
// in a POST, so that no address has them; an answer that comes late is dropped.

export function addSuggestions() {
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
      input.dispatchEvent(new Event("change", { bubbles: true }));
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
}
