// Each action goes wrong in a way of its own, or makes trouble.

let depth = 0;

const ACTIONS = {
  throws() {
    throwDeep();
  },
  async throwsLater() {
    await undefined;
    throwDeep();
  },
  rejects: () => Promise.reject(new RangeError("no")),
  rejectsWithText: () => Promise.reject("just text"),
  rejectsBeside() {
    Promise.reject(new Error("nobody listens"));
    return new Promise((resolve) => setTimeout(resolve, 60_000));
  },
  returnsUndefined() {},
  returnsNull: () => null,
  returnsText: () => "text",
  returnsLie: () => ({ status: 200, headers: [], body: "lie" }),
  returnsFake: () => Object.create(Response.prototype),
  returnsError: () => Response.error(),
  readsTwice(request) {
    const response = new Response("x");
    return response.text().then(() => response);
  },
  recurses() {
    depth += 1;
    return ACTIONS.recurses() + 1;
  },
  allocates() {
    const kept = [];
    for (;;) kept.push(new Uint8Array(1024 * 1024).fill(1));
  },
  answersTooMuch: () => new Response(new Uint8Array(200 * 1024 * 1024)),
  loops() {
    for (;;) depth += 1;
  },
  async loopsInPromises() {
    for (;;) await undefined;
  },
  neverSettles: () => new Promise(() => {}),
  sleeps() {
    console.log("asleep");
    return new Promise((resolve) => setTimeout(resolve, 60_000));
  },
  floodsLog() {
    for (let line = 0; line < 1_000; line++) console.log("flood ".repeat(100));
    return new Response("flooded");
  },
  // Every wait renews the allowance.
  async floodsLogSlowly() {
    for (;;) {
      console.log("flood ".repeat(10_000));
      await new Promise((resolve) => setTimeout(resolve));
    }
  },
  exhaustsTimers() {
    for (;;) setTimeout(() => {}, 60_000);
  },
  // Sends bytes to every process that could be there.
  sprays() {
    const own = Process.self();
    const serials = 46n;
    const scheduler = (own >> serials) << serials;
    for (let serial = 0n; serial < 3_000n; serial++) {
      Process.send(serial, "spray");
      if (serial + scheduler !== own) Process.send(scheduler + serial, "spray");
    }
    return new Response("sprayed");
  },
  // Replies with what the query says in its head: a name of a header is not what
  // the prelude thinks, and ends the list that it is in.
  async forges(request) {
    const text = decodeURIComponent(new URL(request.url).search.slice(1));
    RegExp.prototype.test = () => true;
    const headers = [[`a",""]],${text},"x":[["b`, ""]];
    return new Response("forged", { headers });
  },
  // Replies with a head of so many headers, or of so long a one.
  manyHeaders(request) {
    const count = Number(new URL(request.url).search.slice(1));
    const headers = Array.from({ length: count }, (_, n) => [`x-${n}`, "v"]);
    return new Response("many", { headers });
  },
  longHeader(request) {
    const length = Number(new URL(request.url).search.slice(1));
    return new Response("long", { headers: { "x-long": "v".repeat(length) } });
  },
};

function throwDeep() {
  throw new TypeError("secret detail");
}

// The last segment of the path says which.
exports.default = (request) => {
  const { pathname } = new URL(request.url);
  return ACTIONS[pathname.slice(pathname.lastIndexOf("/") + 1)](request);
};
