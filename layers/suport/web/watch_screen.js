// The operator's page of remote support: it answers what the citizen's page offers, and only looks.
// It opens no data channel, and sends neither keys nor clicks. It shows a picture only while it is
// sure that the picture is the present one; in doubt it covers the picture and says why.

import { addCopyButtons } from "./copy_buttons.js";
import { ask, connection, gathered, untilMoment } from "./peer.js";

const WAITING = 700; // milliseconds between two questions to the service, until a picture is there
const WATCHING = 2000; // the same from then on, and where no picture is about to come
const LOOK = 500; // between two looks at what has arrived
const STALE = 3000; // without a packet, after which the picture is covered
const AWAY = 10000; // without an answer of the service, after which nothing is shown any more
const AGAIN = 10000; // before this page asks for another offer once more

const MINUTE = 60_000;
const COUNTED = new Set(["transport", "candidate-pair", "inbound-rtp"]);
const GONE = new Set(["failed", "closed"]);

const page = document.getElementById("remote");
const line = document.getElementById("remote-line");
const controlLine = document.getElementById("control-line");
const video = document.getElementById("picture");
const cover = document.getElementById("cover");
const accept = document.getElementById("accept");
const { reference, token } = page.dataset;
const time = new Intl.DateTimeFormat(document.documentElement.lang, {
  timeStyle: "medium",
  hourCycle: "h23",
  timeZone: "Europe/Madrid",
});

addCopyButtons();

// The picture

let peer; // the connection that answers the citizen's latest offer
let isDrawn = false; // whether a first picture of this connection is there
let packets = 0; // that have arrived over it
let arrived = 0; // when the last of them was new

function leave() {
  peer?.close();
  peer = undefined;
  video.srcObject = null;
  isDrawn = false;
  unsent = undefined; // without its connection, an answer would only mislead the citizen's page
}

// The answer to an offer, with a connection that waits for it to arrive. Null if this browser has
// no address at which it can be reached.
async function answerTo(offer, settings) {
  leave();
  const mine = (peer = connection(settings));
  packets = 0;
  arrived = performance.now();
  mine.addEventListener("track", ({ track, streams: [stream = new MediaStream([track])] }) => {
    if (mine === peer) video.srcObject = stream;
  });
  mine.addEventListener("connectionstatechange", show);
  await mine.setRemoteDescription({ type: "offer", sdp: offer });
  await mine.setLocalDescription();
  return gathered(mine);
}

video.addEventListener("loadeddata", () => {
  isDrawn = Boolean(peer);
  isNews ||= isDrawn && !isKnown;
  show();
});

// A screen on which nothing moves sends no pictures for a while, but its connection is never quiet
// for long. Therefore all packets count.
async function count() {
  const mine = peer;
  if (!mine) return;
  const stats = await mine.getStats();
  if (mine !== peer) return;
  let now = 0;
  for (const each of stats.values()) if (COUNTED.has(each.type)) now += each.packetsReceived ?? 0;
  if (now !== packets) arrived = performance.now();
  packets = now;
}

// What the service says

let state = page.dataset.state;
let surface; // what the citizen shows, where the service knows it
let until; // when remote support ends at the latest
let ended; // the name of the line that says why there is no more of it
let isSignedOut = false; // whether the service no longer knows the operator
let isEnding = false; // whether the operator has just ended it
let answered = performance.now(); // when the service answered last
let taken = 0; // the number of the offer that this page took last
let refused = 0; // the number of the offer that it could not answer
let unsent; // its answer, until the service has it
let again = false; // whether it needs another offer
let askedAgain = -AGAIN; // when it asked for that
let begins = true; // whether it has just been opened, or comes back from another window
let isUnreachable = false; // whether it found no address for the last offer
let isElsewhere = false; // whether another window watches
let isNews = false; // whether the service is to be told that a picture was shown
let isKnown = false; // whether it was told

const fields = (more) => new URLSearchParams({ form_token: token, reference, ...more });

function needAnother() {
  if (performance.now() - askedAgain < AGAIN) return;
  askedAgain = performance.now();
  again = true;
}

async function look() {
  if (unsent) await sendAnswer();
  const asked = { reference, have: taken, again: Number(again), picture: Number(isNews) };
  const now = await ask("GET", `remote/state?${new URLSearchParams(asked)}`);
  answered = performance.now();
  isSignedOut = again = false;
  if (isNews) [isNews, isKnown] = [false, true];
  await follow(now);
}

async function follow(now) {
  ({ state, surface, until } = now);
  showControl(now);
  if (now.join_code && now.join_code !== document.getElementById("join-code")?.textContent)
    return location.reload(); // the citizen was invited again elsewhere: with another code
  if (state === "ended") return end(`ended-${now.ended?.reason}-${now.ended?.by}`);
  if (state !== "viewing") return leave();
  const { offered } = now;
  if (refused === offered && now.answered >= offered) standBack();
  if (isElsewhere) {
    taken = offered; // that offer is for the other window
    return;
  }
  if (now.offer && offered > taken) {
    taken = offered;
    if (now.answered < offered) await take(now);
    else if (begins) needAnother();
    else standBack(); // somebody else has answered it
    begins = false;
  } else if (!peer || GONE.has(peer.connectionState)) needAnother();
}

async function take(now) {
  const sdp = await answerTo(now.offer, now).catch((error) => {
    leave();
    throw error;
  });
  isUnreachable = sdp === null;
  if (isUnreachable) return leave();
  if (!peer) return; // it was left meanwhile
  unsent = { n: now.offered, sdp };
  await sendAnswer();
}

async function sendAnswer() {
  const { n, sdp } = unsent;
  try {
    await ask("POST", "remote/answer", fields({ n, sdp }));
  } catch (error) {
    if (!error.status || error.status >= 500 || error.status === 429) throw error; // tried again
    refused = n;
    leave();
  }
  unsent = undefined;
}

function end(name) {
  leave();
  state = "ended";
  ended = name;
}

// The browser sends the form by itself, and loads the page that answers.
function leaveForGood() {
  leave();
  isEnding = true;
  show();
}

async function keepLooking() {
  while (!ended && !isEnding) {
    try {
      await look();
    } catch (error) {
      if (error.status === 404) end("ended");
      if (error.status === 403) isSignedOut = true;
    }
    show();
    const isWatching = peer?.connectionState === "connected";
    const isCalm = isWatching || isElsewhere || isUnreachable || state === "paused";
    await new Promise((resolve) => setTimeout(resolve, isCalm ? WATCHING : WAITING));
  }
}

// What the page shows

let said; // the name of the line
let since; // the moment from which it has held

function lineNow() {
  if (ended) return ended;
  if (isEnding) return "ending";
  if (isSignedOut) return "signed-out";
  if (performance.now() - answered > AWAY) return "away";
  if (state !== "viewing") return state;
  if (isElsewhere) return "elsewhere";
  if (isUnreachable) return "unreachable";
  if (!peer || peer.connectionState === "new") return "connecting";
  if (isDrawn && peer.connectionState !== "connected") return "interrupted";
  if (!isDrawn || peer.connectionState !== "connected") return "connecting";
  if (performance.now() - arrived > STALE) return "stale";
  return surface ? `viewing-${surface}` : "viewing";
}

// The text of a line; the more general one where the page has no line of that name.
function textOf(name) {
  const text = line.getAttribute(`data-${name}`);
  if (text !== null || !name.includes("-")) return text ?? "";
  return textOf(name.slice(0, name.lastIndexOf("-")));
}

function show() {
  const name = lineNow();
  const isShown = name.startsWith("viewing");
  if (name === "away" || name === "signed-out") leave();
  if (ended || name === "away" || name === "signed-out") showControl();
  if (name !== said) {
    const ago = { stale: performance.now() - arrived, away: performance.now() - answered };
    since = new Date(Date.now() - (ago[name] ?? 0));
    said = name;
    line.textContent = textOf(name).replace("[time]", time.format(since));
    cover.textContent = line.textContent;
  }
  video.style.visibility = isShown ? "visible" : "hidden";
  cover.hidden = isShown;
  document.getElementById("here").hidden = name !== "elsewhere";
  showParts();
  showTimeLeft();
}

// Where the focus was in a part that goes, it moves to the line that says why.
function showParts() {
  for (const part of page.querySelectorAll("[data-in]")) {
    const isThere = part.dataset.in.split(" ").includes(state);
    const hadFocus = part.contains(document.activeElement);
    if (part.hidden !== !isThere) part.hidden = !isThere;
    if (hadFocus && !isThere) line.focus();
  }
}

function showTimeLeft() {
  const left = document.getElementById("left");
  const minutes = until ? Math.floor(untilMoment(until) / MINUTE) : null;
  const { many, one, last } = left.dataset;
  const text = minutes > 1 ? many.replace("[count]", minutes) : minutes === 1 ? one : last;
  if (minutes !== null && left.textContent !== text) left.textContent = text;
}

// Control of the computer, by a tool that is none of this page's

let control = null;
let tool; // its name and address, from when the operator has accepted

// Without an answer of the service nothing may be controlled; the next answer says what may.
function showControl(now) {
  const before = control;
  control = now && now.state !== "ended" ? now.control : null;
  tool = now?.tool ?? tool;
  if (control === before) return;
  const name = control ?? (before === "accepted" ? "over" : now ? "taken-back" : "unknown");
  const text = controlLine.getAttribute(`data-${name}`) ?? "";
  controlLine.textContent = text.replace("[tool]", tool?.name ?? "");
  for (const part of page.querySelectorAll("[data-control]")) {
    const isThere = part.dataset.control === control;
    if (part.contains(document.activeElement) && !isThere) line.focus();
    part.hidden = !isThere;
  }
  const link = document.getElementById("tool");
  if (control === "accepted" && tool && new URL(tool.url).protocol === "https:") {
    link.href = tool.url;
    link.textContent = link.dataset.text.replace("[tool]", tool.name);
  } else link.removeAttribute("href");
}

async function acceptControl() {
  try {
    showControl(await ask("POST", "remote/control", fields()));
  } catch {
    controlLine.textContent = accept.dataset.failed;
  }
}

// Only one window of this browser watches: the one that was opened last.

const windows = new BroadcastChannel(`remote ${reference}`);
windows.addEventListener("message", standBack);

function standBack() {
  isElsewhere = true;
  leave();
  show();
}

function watchHere() {
  windows.postMessage("here");
  isElsewhere = false;
  begins = true;
  taken = refused = 0;
  askedAgain = -AGAIN;
  show();
}

// Somebody may type, taking the picture for the computer itself: the desk's keys would then leave
// the page.
function holdKeys(event) {
  if (said.startsWith("viewing") && event.key.length === 1 && event.key !== "?")
    event.stopImmediatePropagation();
}

windows.postMessage("here");
accept.addEventListener("click", acceptControl);
document.querySelector("#here button").addEventListener("click", watchHere);
document.getElementById("end").addEventListener("submit", leaveForGood);
addEventListener("keydown", holdKeys, { capture: true });
setInterval(() => {
  show();
  count().catch(() => {}); // then nothing has arrived, and the picture is covered
}, LOOK);
show();
keepLooking();
