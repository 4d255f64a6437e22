/* Sends the requests of `make load`. Artillery's engine starts arrivals at a fixed rate, however slowly
   the service answers. Each request becomes one line of JSON on the standard output; moments are in
   milliseconds since 1970.

   node arrivals.cjs '{"url": "http://…", "kind": "citizens", "rate": 2, "seconds": 30, "run": "…",
     "mail_domain": "example.test"}' */
"use strict";

const { updateGlobalObject } = require("@artilleryio/int-core");
const { runner } = require("@artilleryio/int-core").runner;

const asked = JSON.parse(process.argv[2]);
const TIMEOUT_S = 35; // API Gateway answers within 29
const WORDS = `A test of the load (${asked.run}). There is nothing to do.`;
const CATEGORIES = ["functional", "payment", "signature"];
// Without a domain whose mailboxes nobody reads, all share the one with which AWS tries mails out.
const mailbox = (owner) =>
  asked.mail_domain ? `${asked.run}-${owner}@${asked.mail_domain}` : "success@simulator.amazonses.com";

const now = () => performance.timeOrigin + performance.now();
let began;
let arrived = 0;
let latest = "none"; // the reference of the latest incident

function tell(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const hooks = {
  // The arrival's own moment, which the rate determines: if this process is late, that is measured.
  arrive(context, _events, done) {
    arrived += 1;
    const vars = context.vars;
    vars.number = arrived;
    vars.due = began + (arrived * 1000) / asked.rate;
    vars.key = `${asked.run}-${asked.kind}-${arrived}`;
    vars.email = mailbox(asked.kind === "flood" ? "flood" : arrived);
    vars.category = CATEGORIES[arrived % CATEGORIES.length];
    vars.text = WORDS;
    vars.guessed = latest;
    done();
  },

  begin(request, context, _events, done) {
    const { due } = context.vars;
    context.vars.due = undefined; // what follows is due once the answer before it is there
    request.began = now();
    request.due = due ?? request.began;
    done();
  },

  end(request, response, context, _events, done) {
    const line = told(request, context);
    line.status = response.statusCode;
    const receipt = receiptIn(response);
    if (request.submits && receipt) {
      Object.assign(line, receipt);
      Object.assign(context.vars, receipt);
      latest = receipt.reference;
    }
    tell(line);
    const went = !request.submits || receipt;
    done(went ? null : new Error("not accepted")); // its citizen goes away
  },

  fail(failure, request, context, _events, done) {
    if (!request.failed) {
      request.failed = true; // the engine says it twice
      tell({ ...told(request, context), error: failure.code ?? failure.name });
    }
    done();
  },

  isImpatient: ({ number }) => number % 4 === 1,
};

function told(request, context) {
  const { number, key, email, category } = context.vars;
  const submits = request.submits ? { key, email, category } : {};
  const { name, due, began: sent } = request;
  return { number, request: name, due, began: sent, ended: now(), ...submits };
}

// The receipt of the API, or what a form's answer leads to.
function receiptIn(response) {
  if (response.statusCode === 201) {
    const { reference, access_code: code } = JSON.parse(response.body);
    return { reference, code };
  }
  const led = /#([^.]+)\.(.+)$/.exec(response.headers.location ?? "");
  return led && { reference: led[1], code: led[2] };
}

const AS_JSON = { "Content-Type": "application/json", "Accept-Language": "en" };
const OPENS = { ...AS_JSON, Authorization: "Bearer {{ code }}" };
const CONTENT = {
  category: "{{ category }}",
  description: "{{ text }}",
  language: "en",
  error: { code: "LOAD" },
  contact: { email: "{{ email }}" },
};

const submits = (name, more = {}) => ({
  post: {
    name,
    url: "/v1/incidents",
    headers: { ...AS_JSON, "Idempotency-Key": "{{ key }}" },
    json: CONTENT,
    submits: true,
    ...more,
  },
});
const PAGES = ["help", "incident"].map((page) => ({
  get: { name: `${page} page`, url: `/en/${page}` },
}));
const AFTERWARDS = [
  { get: { name: "track", url: "/v1/incidents/{{ reference }}", headers: OPENS } },
  {
    post: {
      name: "reply",
      url: "/v1/incidents/{{ reference }}/messages",
      headers: OPENS,
      json: { body: "{{ text }}" },
    },
  },
];
const BY_FORM = {
  post: {
    name: "submit (form)",
    url: "/en/incident",
    form: {
      category: "{{ category }}",
      description: "{{ text }}",
      "error.code": "LOAD",
      "contact.email": "{{ email }}",
      idempotency_key: "{{ key }}",
    },
    followRedirect: false,
    submits: true,
  },
};

const scenario = (name, flow) => ({
  name,
  flow,
  beforeScenario: "arrive",
  beforeRequest: "begin",
  afterResponse: "end",
  onError: "fail",
});
const KINDS = {
  citizens: [
    scenario("by API", [
      ...PAGES,
      submits("submit (JSON)"),
      submits("submit again", { ifTrue: "isImpatient" }),
      ...AFTERWARDS,
    ]),
    scenario("by form", [...PAGES, BY_FORM, ...AFTERWARDS]),
  ],
  flood: [
    scenario("many incidents", [submits("flood: submit")]),
    scenario("guesses", [
      {
        get: {
          name: "flood: guess a code",
          url: "/v1/incidents/{{ guessed }}",
          headers: { ...AS_JSON, Authorization: "Bearer {{ $randomString() }}" },
        },
      },
    ]),
  ],
};

async function main() {
  await updateGlobalObject();
  const script = {
    config: {
      target: asked.url,
      phases: [{ arrivalRate: asked.rate, duration: asked.seconds }],
      timeout: TIMEOUT_S,
      http: { defaults: { headers: { "User-Agent": "suport-load-test" } } },
      processor: hooks,
    },
    scenarios: KINDS[asked.kind],
  };
  const events = await runner(script, null, {});
  events.on("phaseStarted", () => {
    began = now();
    tell({ began });
  });
  events.on("done", async () => {
    await events.stop();
    process.stdout.write("", () => process.exit(0));
  });
  events.run();
}

main();
