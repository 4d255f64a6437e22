// Buttons that copy the text of an element, and say so. Without JavaScript they are not there.

export function addCopyButtons() {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      const said = document.getElementById(button.dataset.says);
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      said.textContent = button.dataset.done;
    });
  }
}
