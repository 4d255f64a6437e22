// What the two ends of remote support share: how a page asks the service, and how it prepares the
// connection over which the screen is seen. The citizen's page sends; the operator's receives.

const PATIENCE = 5000; // milliseconds, for an answer of the service
const GATHERING = 4000; // the same, for an address at which this browser can be reached
const FURTHER = 500; // the same after the first, for others

let ahead = 0; // milliseconds by which the service's clock is ahead of this computer's

// Milliseconds from now until a moment that the service has named, by the service's clock.
export function untilMoment(moment) {
  return Date.parse(moment) - Date.now() - ahead;
}

// The service's answer to a request with JSON, or with the fields of a form. Whatever is not a
// success throws: `status` is the answer's, if there was one, and `problem` what the answer says.
export async function ask(method, path, content) {
  const isForm = content instanceof URLSearchParams;
  const isJson = content && !isForm;
  const answer = await fetch(path, {
    method,
    body: isJson ? JSON.stringify(content) : content,
    cache: "no-store",
    headers: isJson ? { "Content-Type": "application/json" } : {},
    redirect: "error", // to a page, which is no answer
    signal: AbortSignal.timeout(PATIENCE),
  });
  const date = Date.parse(answer.headers.get("Date"));
  if (date) ahead = date - Date.now();
  if (answer.ok) return answer.json();
  const problem = await answer.json().catch(() => ({}));
  throw Object.assign(new Error(`${path}: ${answer.status}`), { status: answer.status, problem });
}

// A connection that goes through the relay, unless the service says that there is none to go
// through: that is so on a developer's computer only.
export function connection({ ice_servers: iceServers, ice_transport_policy: policy }) {
  return new RTCPeerConnection({
    iceServers,
    iceTransportPolicy: policy === "all" ? "all" : "relay",
  });
}

// The description of this end with the addresses at which it can be reached: those that were found
// soon after the first. A browser that has found one may look for others, in vain, for forty seconds.
// Null where there are none: then no picture can pass.
export async function gathered(peer) {
  let waits;
  await new Promise((resolve) => {
    const look = () => peer.iceGatheringState === "complete" && resolve();
    const wait = (time) => {
      clearTimeout(waits);
      waits = setTimeout(resolve, time);
    };
    const onFirst = ({ candidate }) => candidate && wait(FURTHER);
    peer.addEventListener("icegatheringstatechange", look);
    peer.addEventListener("icecandidate", onFirst, { once: true });
    wait(GATHERING);
    look();
  });
  clearTimeout(waits);
  const { sdp } = peer.localDescription;
  return /^a=candidate:/m.test(sdp) ? sdp : null;
}
