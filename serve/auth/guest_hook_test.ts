import { deepStrictEqual, notStrictEqual, strictEqual } from "node:assert";
import { type Context, type Pid, Runtime, Sim } from "@rusm/otp";
import { EXCHANGE_MAILBOX_MAX, VERDICT_BYTES_MAX } from "../limits.ts";
import { askGuest } from "./guest_hook.ts";
import type { Verdict } from "./verdict.ts";

const REQUEST = {
  ...{ method: "GET", path: "/", query: "", remoteAddr: "127.0.0.1:9" },
  headers: [["authorization", "Bearer key"]] as const,
};
const TIMEOUT_MS = 1_000;
const ALLOW = '{"allow":{"tenant":"acme"}}';
const ALLOWED: Verdict = { type: "allowed", claims: { tenant: "acme" } };

/** A question, as it comes to a guest. */
interface Question {
  readonly fn: string;
  readonly args: readonly unknown[];
  readonly callId: string;
  /** Sends something to whoever waits. */
  answer(message: string | Uint8Array): boolean;
}

/** What a guest does with a question. */
type Hook = (self: Context<string>, question: Question) => unknown;

function questionIn(runtime: Runtime, text: string): Question {
  const { fn, args, replyTo: { pid, callId } } = JSON.parse(text);
  const waiter = runtime.list().find((each) => `${each.toBigInt()}` === pid);
  const answer = (message: string | Uint8Array) =>
    runtime.send(waiter as Pid<unknown>, message);
  return { fn, args, callId, answer };
}

/** Puts a request to a guest that does `hook`, and waits `waitMs`. */
async function ask(
  hook: Hook,
  waitMs = 0,
): Promise<{ readonly verdict: Verdict | undefined; readonly sim: Sim }> {
  const sim = new Sim();
  const runtime = new Runtime({ host: sim.host() });
  const guest = runtime.spawn<string>(async (self) => {
    await hook(self, questionIn(runtime, await self.receive()));
    // It goes on for as long as nobody ends it.
    await self.receive({ match: () => false });
  });
  let verdict: Verdict | undefined;
  const options = { request: REQUEST, timeoutMs: TIMEOUT_MS };
  askGuest(runtime, { hook: guest.pid, ...options })
    .then((said) => verdict = said);
  await sim.advance(waitMs);
  guest.kill();
  await sim.advance(0);
  strictEqual(runtime.processCount, verdict === undefined ? 1 : 0);
  return { verdict, sim };
}

function denied(fault: string): Verdict {
  return { type: "denied", fault };
}

const encoder = new TextEncoder();
const LATE = denied(`no answer in ${TIMEOUT_MS} ms`);

/** What a guest does, and what that means, at the latest when the time is over. */
// deno-fmt-ignore
const HOOKS: readonly (readonly [what: string, hook: Hook, verdict: Verdict])[] = [
  ["allows", (_, { callId, answer }) => answer(`${callId}:${ALLOW}`), ALLOWED],
  ["allows in bytes", (_, { callId, answer }) => answer(encoder.encode(`${callId}:${ALLOW}`)), ALLOWED],
  ["denies", (_, { callId, answer }) => answer(`${callId}:null`), { type: "denied" }],
  ["answers twice", (_, { callId, answer }) => {
    answer(`${callId}:null`);
    answer(`${callId}:${ALLOW}`);
  }, { type: "denied" }],
  ["answers nonsense", (_, { callId, answer }) => answer(`${callId}:yes`), denied("what it answers is no JSON")],
  ["answers nothing", (_, { callId, answer }) => answer(`${callId}:`), denied("what it answers is no JSON")],
  ["answers too much", (_, { callId, answer }) => answer(`${callId}:${ALLOW}${" ".repeat(VERDICT_BYTES_MAX)}`),
    denied("what it answers is no JSON")],
  ["hangs", () => {}, LATE],
  ["answers another call", (_, { answer }) => answer(`rusm-auth-1:${ALLOW}`), LATE],
  ["answers no call", (_, { answer }) => answer(ALLOW), LATE],
  ["answers a call of a longer name", (_, { callId, answer }) => answer(`${callId}x:${ALLOW}`), LATE],
  ["answers what is no text", (_, { answer }) => answer([] as never), LATE],
  ["answers in front of others", (_, { callId, answer }) => {
    answer(`${callId}:${ALLOW}`);
    for (let count = 0; count < 2 * EXCHANGE_MAILBOX_MAX; count++) answer("junk");
  }, ALLOWED],
  ["crashes", () => {
    throw new TypeError("no key");
  }, denied("it has ended: crashed: TypeError: no key")],
  ["ends", (self) => self.exit("normal"), denied("it has ended: normal")],
  ["crashes when it has answered", (_, { callId, answer }) => {
    answer(`${callId}:${ALLOW}`);
    throw new TypeError("no key");
  }, ALLOWED],
];

for (const [what, hook, verdict] of HOOKS) {
  Deno.test(`askGuest() says ${verdict.type} of a guest that ${what}`, async () => {
    deepStrictEqual((await ask(hook, TIMEOUT_MS)).verdict, verdict);
  });
}

Deno.test("askGuest() puts the request on RUSM's wire, each time with another id", async () => {
  const ids: string[] = [];
  const hook: Hook = (_, { fn, args, callId }) => {
    ids.push(callId);
    deepStrictEqual([fn, args], ["authenticate", [REQUEST]]);
  };
  await ask(hook);
  await ask(hook);
  strictEqual(ids.length, 2);
  notStrictEqual(ids[0], ids[1]);
  // As many digits as nobody guesses.
  strictEqual(ids.every((id) => /^rusm-auth-[\da-f-]{36}$/.test(id)), true);
});

Deno.test("askGuest() waits as long as it is told to, whatever else comes", async () => {
  const { sim } = await ask(async (self, { answer }) => {
    for (;;) {
      for (let count = 0; count < EXCHANGE_MAILBOX_MAX; count++) answer("junk");
      await self.receive({ timeoutMs: 1, match: () => false });
    }
  }, TIMEOUT_MS);
  strictEqual(sim.nowMs, TIMEOUT_MS);
});

Deno.test("askGuest() denies at once when the guest has ended before", async () => {
  const sim = new Sim();
  const runtime = new Runtime({ host: sim.host() });
  const guest = runtime.spawn(() => {});
  await sim.advance(0);
  const asked = { hook: guest.pid, request: REQUEST, timeoutMs: TIMEOUT_MS };
  const verdict = askGuest(runtime, asked);
  await sim.advance(0);
  deepStrictEqual(await verdict, denied("it takes no request"));
  strictEqual(runtime.processCount, 0);
});
