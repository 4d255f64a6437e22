// What JavaScript adds; every page works without it.

import { Button, CharacterCount, ErrorSummary, NotificationBanner, createAll } from "govuk-frontend";

document.body.classList.add("govuk-frontend-supported");

// A link in a mail carries reference and access code in its fragment, which no browser sends. This
// takes the fragment out of the address and the history at once, and posts it like the form.
function openByLink() {
  const key = /^#([0-9A-Za-z-]{12,14})\.([0-9A-Za-z-]{28,40})$/.exec(location.hash);
  if (!key || !document.querySelector("[data-track]")) return;
  history.replaceState(null, "", location.pathname + location.search);
  const form = document.createElement("form");
  form.method = "post";
  form.action = "track";
  for (const [index, name] of ["reference", "access_code"].entries()) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = name;
    input.value = key[index + 1];
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}
openByLink();
addEventListener("hashchange", openByLink); // the tab was already on the page

createAll(Button, { preventDoubleClick: true });
createAll(CharacterCount);
createAll(ErrorSummary);
createAll(NotificationBanner);

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
