// The citizen's page of remote support. It is the only end that sends, it sends nothing but the
// picture that the citizen chose, and it stops by itself as soon as it is not sure that it may go on.

import { ask, connection, gathered, untilMoment } from "./peer.js";

// Stopping comes first, here and on the page: it needs nothing of what follows, nor the service.

const captured = new Set(); // every track that the browser has given to this page
let peer; // the connection to the operator's page

document.getElementById("stop")?.addEventListener("click", () => {
  cut();
  stop();
});

// Ends the picture here and now, whatever becomes of the rest.
function cut() {
  for (const track of captured) attempt(() => track.stop());
  attempt(() => peer?.close());
}

function attempt(act) {
  try {
    act();
  } catch {
    // what comes next is to be stopped as well
  }
}

const WAITING = 700; // milliseconds between two questions to the service, until it has an answer
const FOLLOWING = 2000; // the same, afterwards
const UNSURE = 10_000; // without an answer of the service: then nothing is shown
const LONGEST = 60 * 60_000; // of a session
const UNASKED = 300; // faster than this no person refuses: it was the browser or the system
const MOST = { width: 1920, height: 1200, frames: 10, bits: 1_500_000 }; // frames, bits: a second

const page = document.getElementById("remote"); // only in a session that this browser has joined
const canShow = navigator.mediaDevices?.getDisplayMedia && globalThis.RTCPeerConnection;

const title = document.title;
const endAddress = address("/end");

// What this page captures: `stream`, `track`, `surface`, whether it `isConfirmed` that it is
// to be shown, and the `number` of the offer with which the service has taken it.
let shown;
let made = 0; // number of the offer that this page made last
const offers = new Set(); // the numbers of all that it made
let answered = 0; // that of the answer which it has taken
let latest; // what the service said last
let heard = 0; // when it said so, by the browser's own clock
let ends = performance.now() + LONGEST; // when the session ends by itself, by the same
const latestEnd = ends;
let isChoosing = false;
let isOver = false;
let turn = Promise.resolve(); // one exchange with the service after the other

if (!canShow) showPart("unable");
else if (page) begin();
else showPart("start");

// Where the service is asked about the session of this page, and of no other in this browser.
function address(what = "") {
  return `${page?.dataset.remote}${what}?session=${page?.dataset.session}`;
}

function begin() {
  const acts = { choose, "go-on": goOn, end: stop, ask: askForControl, withdraw: withdrawControl };
  for (const button of page.querySelectorAll("[data-act]"))
    button.addEventListener("click", () => acts[button.dataset.act]());
  addEventListener("pagehide", onLeaving);
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  document.addEventListener("freeze", () => {
    if (!shown) return;
    onLeaving();
    drop("frozen");
  });
  if (page.dataset.state !== "viewing") showPart(partNow(), false); // else another page may show it
  setInterval(watch, 1000);
  follow();
}

// Choosing. The browser's picker comes first: the permission that a click gives lasts seconds.

async function choose() {
  if (isChoosing || isOver) return;
  isChoosing = true;
  cut(); // what was chosen before, and not sent
  shown = undefined;
  const since = performance.now();
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({
      video: {
        displaySurface: page.dataset.prefers,
        width: { max: MOST.width },
        height: { max: MOST.height },
        frameRate: { max: MOST.frames },
      },
      audio: false,
      monitorTypeSurfaces: "include",
      selfBrowserSurface: "exclude",
      surfaceSwitching: "include",
      systemAudio: "exclude",
    });
    for (const track of stream.getTracks()) captured.add(track);
    if (isOver) return cut();
    const [track] = stream.getVideoTracks();
    track.contentHint = "detail"; // a still text is to be sharp; movement matters less
    const mine = (shown = {
      stream,
      track,
      surface: surfaceOf(track),
      isConfirmed: false,
      number: 0,
    });
    track.addEventListener("ended", () => mine === shown && leave("closed"));
    if (mine.surface === "browser" || mine.surface === "window") goOn();
    else warn(mine.surface);
  } catch (error) {
    drop(isOver ? undefined : refusal(error, performance.now() - since));
  } finally {
    isChoosing = false;
  }
}

// The browser gives one name to a citizen who cancels and to a system that refuses.
function refusal({ name, message }, took) {
  if (name !== "NotAllowedError" && name !== "AbortError") return "refused";
  return took < UNASKED || /system|policy/i.test(message) ? "refused" : "cancelled";
}

function surfaceOf(track) {
  const { displaySurface } = track.getSettings();
  return ["browser", "window", "monitor"].includes(displaySurface) ? displaySurface : null;
}

function warn(surface) {
  for (const each of page.querySelectorAll("[data-warned]"))
    each.hidden = each.dataset.warned !== (surface ?? "unknown");
  showPart("warned");
}

// The citizen has chosen, and has confirmed the choice where it may be the whole screen.
function goOn() {
  const mine = shown;
  if (!mine || mine.isConfirmed) return;
  mine.isConfirmed = true;
  heard = performance.now();
  document.getElementById("preview").srcObject = mine.stream;
  document.title = text("[data-title]");
  draw();
  inTurn(async () => {
    try {
      const now = await ask("GET", `${address()}&n=0`);
      if (mine === shown) await connect(mine, now, 0);
    } catch (error) {
      doubt(mine, error);
    }
  });
}

// Offers what is shown, in one request: with it the citizen agrees. `replaces` is the offer whose
// place this one takes without a click, because the operator's page was loaded again; else 0.
async function connect(mine, now, replaces) {
  attempt(() => peer?.close());
  const own = (peer = connection(now));
  const sender = sendOnly(own, mine);
  own.addEventListener("connectionstatechange", () => {
    if (own === peer && mine === shown && own.connectionState === "failed") leave("lost");
  });
  await own.setLocalDescription();
  const sdp = await gathered(own);
  if (mine !== shown) return own.close();
  if (!sdp) return leave("impossible");
  await sharpen(sender);
  const number = Math.max(now.wanted, now.offered + 1);
  const content = {
    n: number,
    replaces,
    sdp,
    notice_sha256: page.dataset.notice,
    language: document.documentElement.lang,
    surface: mine.surface,
  };
  made = number; // from now on the service may have it
  offers.add(number);
  const said = await offer(content).catch((error) => {
    if (error.status || mine !== shown) throw error;
    return offer(content); // no answer came in time; the service takes the same only once
  });
  if (mine === shown) {
    mine.number = number;
    take(said);
  } else if (!isOver) tell({ left: number }); // it was left meanwhile, perhaps before this arrived
}

function offer(content) {
  return ask("PUT", address("/offer"), content);
}

// One line, of video, that only sends: nothing else ever goes or comes through the connection.
function sendOnly(own, { stream, track }) {
  const { width = 0, height = 0 } = track.getSettings();
  return own.addTransceiver(track, {
    direction: "sendonly",
    streams: [stream],
    sendEncodings: [
      {
        maxBitrate: MOST.bits,
        maxFramerate: MOST.frames,
        scaleResolutionDownBy: Math.max(1, width / MOST.width, height / MOST.height),
      },
    ],
  }).sender;
}

async function sharpen(sender) {
  try {
    const parameters = sender.getParameters();
    parameters.degradationPreference = "maintain-resolution";
    await sender.setParameters(parameters);
  } catch {
    // not every browser knows it; the hint of the track says the same
  }
}

// Following the session.

async function follow() {
  while (!isOver) {
    await inTurn(look);
    const isWaiting = shown?.isConfirmed && answered !== made;
    await new Promise((resolve) => setTimeout(resolve, isWaiting ? WAITING : FOLLOWING));
  }
}

function inTurn(act) {
  turn = turn.then(act, act);
  return turn;
}

async function look() {
  const mine = shown;
  try {
    // Only what is being shown has a number: the service takes it for a sign that it still is.
    const now = await ask("GET", `${address()}&n=${mine?.number ?? 0}`);
    if (isOver || mine !== shown) return; // asked about what is no longer so
    take(now);
    if (!shown && now.state === "viewing" && offers.has(now.offered))
      tell({ left: now.offered }); // the first notice was lost
    if (!shown?.number) return;
    if (now.wanted > made) await connect(mine, now, made);
    else if (now.answered === made && answered !== made && now.answer) await accept(now.answer);
  } catch (error) {
    doubt(mine, error);
  }
}

async function accept(sdp) {
  const mine = shown;
  try {
    await peer.setRemoteDescription({ type: "answer", sdp });
    answered = made;
    draw();
  } catch {
    if (mine === shown) leave("lost");
  }
}

// What the service says of the session. This page goes on showing only where it says that.
function take(now) {
  const before = latest;
  latest = now;
  heard = performance.now();
  const left = untilMoment(now.until);
  if (Number.isFinite(left)) ends = Math.min(latestEnd, heard + left);
  if (now.state === "ended") return finish(endingOf(now.ended));
  if (shown?.number && now.state !== "viewing") return drop("paused");
  if (shown?.number && now.offered !== made) return drop("moved");
  if (before?.control && !now.control) tellOfControl("control-over");
  draw();
}

// The service did not do what was asked, or did not answer.
function doubt(mine, { status, problem }) {
  if (isOver) return;
  if (status === 404) return finish(endingOf());
  if (!latest) draw();
  if (!mine?.isConfirmed || mine !== shown) return;
  if (problem?.current_notice) {
    document.getElementById("outdated").hidden = false;
    return drop("outdated");
  }
  if (!latest || latest.state !== "viewing" || latest.offered !== made) return leave("failed");
}

// Each second, apart from all questions to the service.
function watch() {
  if (isOver || !latest) return;
  const now = performance.now();
  if (!shown?.isConfirmed) return;
  put("minutes", String(Math.max(0, Math.ceil((ends - now) / 60_000))));
  if (now >= ends) return finish(text('[data-ended="time"]'));
  if (now - heard > UNSURE) leave("unreachable");
  else if (surfaceOf(shown.track) !== shown.surface) leaveOrGoOn();
}

// The citizen has switched to another source in the browser. Switching to something
// smaller is harmless.
function leaveOrGoOn() {
  const sizes = ["browser", "window", "monitor", null];
  const surface = surfaceOf(shown.track);
  if (sizes.indexOf(surface) > sizes.indexOf(shown.surface)) return leave("changed");
  shown.surface = surface;
  draw();
}

// Ending.

// The citizen stops: on this page at once, then in the service, for every page.
async function stop() {
  const stopped = text('[data-ended="stopped citizen"]');
  if (shown || latest?.state !== "viewing") finish(stopped);
  if (await tell({})) finish(stopped);
  else if (!isOver) say("not-ended");
}

// Nothing is shown any more; the session goes on, paused, until the citizen chooses again.
function leave(reason) {
  const left = numbersOfShown();
  drop(reason);
  for (const number of left) tell({ left: number });
}

// The same, where the service knows already.
function drop(reason) {
  cut();
  captured.clear();
  shown = undefined;
  document.getElementById("preview").srcObject = null;
  document.title = title;
  draw();
  if (reason) say(reason);
}

// The numbers by which the service may know what is shown. There are two while one offer replaces
// another: the service has taken the old one, and perhaps the new one as well.
function numbersOfShown() {
  if (!shown?.isConfirmed) return [];
  return [...new Set([shown.number, made])].filter(Boolean);
}

function finish(reason) {
  if (isOver) return;
  isOver = true;
  drop();
  showPart("over");
  sayText(reason);
}

// Returns whether the service took it. If the request fails, a beacon may still arrive.
async function tell(content) {
  try {
    await ask("POST", endAddress, content);
    return true;
  } catch (error) {
    if (error.status === 404) return true;
    attempt(() => navigator.sendBeacon(endAddress, JSON.stringify(content)));
    return false;
  }
}

function onLeaving() {
  if (!shown) return;
  cut();
  for (const number of numbersOfShown())
    navigator.sendBeacon(endAddress, JSON.stringify({ left: number }));
}

// Control: the citizen asks for it, here and nowhere else.

async function askForControl() {
  const content = {
    action: "grant",
    notice_sha256: page.dataset.notice,
    language: document.documentElement.lang,
  };
  await changeControl(content, "not-asked");
}

async function withdrawControl() {
  await changeControl({ action: "withdraw" }, "not-withdrawn");
}

function changeControl(content, trouble) {
  return inTurn(async () => {
    const mine = shown;
    if (!mine?.number) return;
    try {
      const now = await ask("POST", address("/control"), {
        language: document.documentElement.lang,
        ...content,
      });
      tellOfControl();
      if (mine === shown) take(now);
      document.getElementById("control-title").focus();
    } catch (error) {
      tellOfControl(error.problem?.current_notice ? "control-outdated" : trouble);
    }
  });
}

function tellOfControl(said) {
  const place = document.getElementById("control-told");
  if (place) place.textContent = said ? text(`[data-said="${said}"]`) : "";
}

// What the page shows.

function draw() {
  if (isOver) return;
  showPart(partNow());
  if (latest?.offered) showReceipt("view");
  if (latest?.control) showReceipt("control");
  if (!shown?.isConfirmed) return;
  put("shown", text(`[data-surface="${shown.surface ?? "unknown"}"]`));
  put("watches", text(`[data-watches="${watcher()}"]`));
  drawControl();
}

function partNow() {
  if (shown) return shown.isConfirmed ? "showing" : "warned";
  if (latest?.state === "viewing") return offers.has(latest.offered) ? "paused" : "elsewhere";
  const isPaused = (latest?.state ?? page.dataset.state) === "paused";
  return isPaused ? "paused" : "consent";
}

function watcher() {
  if (!shown.number || latest?.offered !== made) return "connecting";
  if (answered !== made) return "nobody";
  return latest.operator_here ? "team" : "away";
}

function drawControl() {
  const control = document.getElementById("control");
  if (!control) return;
  const isOffered = latest?.state === "viewing" && latest.offered === made && latest.tool;
  control.hidden = !isOffered;
  const now = latest?.control ?? "none";
  for (const each of control.querySelectorAll("[data-control]"))
    each.hidden = !each.dataset.control.split(" ").includes(now);
}

function showReceipt(scope) {
  for (const each of document.querySelectorAll(`[data-receipt="${scope}"]`)) each.hidden = false;
  if (scope !== "control") return;
  for (const each of document.querySelectorAll("[data-external]")) each.hidden = false;
}

// Shows one part and moves the focus there, for readers who do not see the change.
function showPart(name, takesFocus = true) {
  const isOf = (each) => each.dataset.part.split(" ").includes(name);
  const parts = [...document.querySelectorAll("[data-part]")];
  if (parts.every((each) => each.hidden !== isOf(each))) return;
  for (const each of parts) each.hidden = !isOf(each);
  const first = parts.find(isOf);
  for (const told of document.querySelectorAll("[data-told]")) told.textContent = "";
  if (takesFocus && page) (first.querySelector("h2[tabindex]") ?? first).focus();
}

function say(name) {
  sayText(text(`[data-said="${name}"]`));
}

function sayText(said) {
  const places = [...page.querySelectorAll("[data-told]")];
  const place = places.find((each) => !each.closest("[hidden]"));
  put(place ?? places[0], said);
  place?.scrollIntoView({ block: "nearest" });
}

// Changes a text only if it differs, so that a screen reader does not repeat it.
function put(place, said) {
  const element = typeof place === "string" ? document.getElementById(place) : place;
  if (element.textContent !== said) element.textContent = said;
}

function text(selector) {
  return document.getElementById("texts").content.querySelector(selector)?.textContent ?? "";
}

function endingOf(ended) {
  const find = (key) => text(`[data-ended="${key}"]`);
  return find(`${ended?.reason} ${ended?.by}`) || find(ended?.reason ?? "") || find("");
}
