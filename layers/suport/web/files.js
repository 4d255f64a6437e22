// What JavaScript adds to the page of files, which works without it: several files are chosen at
// once and sent one after the other. Each is told by its name, which never leaves this page.

let sending = false;
let polling;

enhance();
lookAgain();

function enhance() {
  const form = document.querySelector("#files form");
  if (!form) return;
  form.hidden = false; // it was kept from browsers that load the page again by themselves
  form.file.multiple = true;
  form.querySelector(".suport-one").hidden = true;
  form.querySelector(".suport-several").hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!sending) sendAll(form);
  });
}

async function sendAll(form) {
  sending = true;
  clearTimeout(polling);
  const said = document.getElementById("sending");
  const { largest, tooLarge, sending: progress, unsent } = form.dataset;
  const files = [...form.file.files];
  form.querySelector("button").disabled = true;
  said.replaceChildren();
  said.focus();
  const before = document.getElementById("files");
  let latest = before; // each answer has the form for the next file
  for (const [index, file] of files.entries()) {
    const row = document.createElement("li");
    const name = document.createElement("strong");
    const outcome = document.createElement("span");
    name.textContent = file.name;
    outcome.textContent = progress.replace("{number}", index + 1).replace("{all}", files.length);
    row.append(name, ": ", outcome);
    said.append(row);
    if (file.size > Number(largest)) {
      outcome.textContent = tooLarge;
      continue;
    }
    try {
      latest = await send(file, latest);
      outcome.textContent = latest.dataset.told || unsent;
    } catch {
      outcome.textContent = unsent;
    }
  }
  sending = false;
  if (latest === before) form.querySelector("button").disabled = false; // nothing was sent
  else show(latest);
}

// Sends one file with the form of that part of the page. Returns the same part with what became of
// the file. The store's answer says less: if it never arrives, the page still knows whether the file
// did. A form that has expired brings nothing; then the next one is tried.
async function send(file, part, again = true) {
  const form = part.querySelector("form");
  if (!form) {
    part.dataset.told = part.querySelector("#no-more, #resolved")?.textContent ?? "";
    return part;
  }
  const content = new FormData(form);
  content.delete("file");
  content.append("file", file, "file"); // last, and under no name of the citizen's
  const key = new URLSearchParams({ key: content.get("key") });
  try {
    await fetch(form.getAttribute("action"), {
      method: "POST",
      body: content,
      credentials: "omit",
      redirect: "manual",
    });
  } catch {
    // the page says whether it arrived
  }
  const after = await page(`files?${key}`).catch(() => later(() => page(`files?${key}`)));
  return again && "missing" in after.dataset ? send(file, after, false) : after;
}

function later(act) {
  return new Promise((resolve) => setTimeout(resolve, 2000)).then(act);
}

// The changing part of the page at that address. Where the session is over, the browser goes there.
async function page(address) {
  const answer = await fetch(address);
  const found = new DOMParser().parseFromString(await answer.text(), "text/html");
  const part = found.getElementById("files");
  if (answer.ok && part) return part;
  if (answer.ok) location.assign("files");
  throw new Error(address);
}

function show(part) {
  document.getElementById("files").replaceWith(document.adoptNode(part));
  enhance();
  lookAgain();
}

// Looks again what became of a file that is being checked, but never while somebody chooses files.
function lookAgain() {
  const { seconds, lookAgain: address } = document.getElementById("files").dataset;
  if (!address) return;
  polling = setTimeout(async () => {
    const part = await page(address).catch(() => null);
    const chosen = document.querySelector("#files form")?.file.files.length;
    if (part && !sending && !chosen) show(part);
  }, 1000 * seconds);
}
