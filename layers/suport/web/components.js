// GOV.UK's components as the service uses them, on the pages of citizens and of operators.

import { Button, CharacterCount, ErrorSummary, NotificationBanner, createAll } from "govuk-frontend";

import { counted } from "./counted_text.js";

export function addComponents() {
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
}
