import { deepStrictEqual, match, strictEqual } from "node:assert";
import { type Pid, Runtime, Sim } from "@rusm/otp";
import { AUTHENTICATIONS_MAX, CLAIMS_MAX, FAULT_QUIET_MS } from "../limits.ts";
import { Authentication } from "./authentication.ts";
import { claimsOf, metadataOf } from "./claims.ts";
import type { NativeHook } from "./native_hook.ts";
import type { Verdict } from "./verdict.ts";

const REQUEST = {
  ...{ method: "GET", path: "/", query: "", remoteAddr: "", headers: [] },
};
const RULES = { hook: "keys", timeoutMs: 1_000, challenge: "Bearer" };

interface Guests {
  readonly native?: NativeHook;
  guestOf?(runtime: Runtime): Pid | undefined;
}

function setup({ native, guestOf = () => undefined }: Guests) {
  const sim = new Sim();
  const runtime = new Runtime({ host: sim.host() });
  const lines: string[] = [];
  const authentication = new Authentication({
    ...{ runtime, log: { error: (text) => void lines.push(text) } },
    natives: new Map(native && [["keys", native]]),
    guestOf: (hook) => hook === "keys" ? guestOf(runtime) : undefined,
  });
  async function ask(waitMs = 0): Promise<Verdict | undefined> {
    let verdict: Verdict | undefined;
    authentication.authenticate(RULES, REQUEST).then((said) => verdict = said);
    await sim.advance(waitMs);
    return verdict;
  }
  return { sim, runtime, lines, ask };
}

const LATE = { type: "denied", fault: "no answer in 1000 ms" } as const;
const TOO_MANY = Object.fromEntries(
  Array.from({ length: CLAIMS_MAX + 1 }, (_, at) => [`${at}`, ""]),
);

/** What a hook of the host does, and what that means. */
// deno-fmt-ignore
const NATIVES: readonly (readonly [what: string, hook: NativeHook, verdict: Verdict])[] = [
  ["returns claims", () => ({ tenant: "acme" }), { type: "allowed", claims: { tenant: "acme" } }],
  ["resolves to claims", () => Promise.resolve({}), { type: "allowed", claims: {} }],
  ["returns undefined", () => undefined, { type: "denied" }],
  ["returns null", () => null as never, { type: "denied" }],
  ["returns what is no claims", () => true as never, { type: "denied", fault: "its claims are no object" }],
  ["returns a map", () => new Map() as never, { type: "denied", fault: "its claims are no object" }],
  ["returns too many", () => TOO_MANY, { type: "denied", fault: `it has more than ${CLAIMS_MAX} claims` }],
  ["throws", () => { throw new RangeError("boom"); }, { type: "denied", fault: "it threw RangeError: boom" }],
  ["rejects", () => Promise.reject(new RangeError("boom")), { type: "denied", fault: "it threw RangeError: boom" }],
  ["throws while its claims are read", () => ({ get tenant(): string { throw new RangeError("boom"); } }),
    { type: "denied", fault: "it threw RangeError: boom" }],
  ["never settles", () => new Promise(() => {}), LATE],
];

for (const [what, native, verdict] of NATIVES) {
  Deno.test(`Authentication.authenticate() says ${verdict.type} when a hook of the host ${what}`, async () => {
    const { ask, runtime } = setup({ native });
    deepStrictEqual(await ask(1_000), verdict);
    strictEqual(runtime.processCount, 0);
  });
}

Deno.test("Authentication.authenticate() tells a hook of the host what is asked, and when nobody waits", async () => {
  const seen: unknown[] = [];
  const native: NativeHook = (request, signal) => {
    seen.push(request);
    signal.addEventListener("abort", () => seen.push("aborted"));
    return new Promise(() => {});
  };
  const { ask } = setup({ native });
  await ask(999);
  deepStrictEqual(seen, [REQUEST]);
  const other = setup({ native });
  await other.ask(1_000);
  deepStrictEqual(seen, [REQUEST, REQUEST, "aborted"]);
});

Deno.test("Authentication.authenticate() asks the guest that runs now, and denies when none does", async () => {
  const answering = (runtime: Runtime, tenant: string) =>
    runtime.spawn<string>(async (self) => {
      const { replyTo: { pid, callId } } = JSON.parse(await self.receive());
      const to = runtime.list().find((each) => `${each.toBigInt()}` === pid);
      const allow = JSON.stringify({ allow: { tenant } });
      runtime.send(to as Pid<string>, `${callId}:${allow}`);
    }).pid;
  let guest: Pid | undefined;
  const { ask, runtime } = setup({ guestOf: () => guest });
  deepStrictEqual(await ask(), { type: "denied", fault: "it does not run" });
  for (const tenant of ["acme", "globex"]) {
    guest = answering(runtime, tenant);
    deepStrictEqual(await ask(), { type: "allowed", claims: { tenant } });
  }
});

Deno.test("Authentication.authenticate() has so many requests before a hook, until it is done", async () => {
  const done: (() => void)[] = [];
  const native = () =>
    new Promise<undefined>((resolve) => done.push(() => resolve(undefined)));
  const { ask, lines, sim } = setup({ native });
  for (let count = 0; count < AUTHENTICATIONS_MAX; count++) await ask();
  deepStrictEqual(await ask(), { type: "busy" });
  // Those who asked do not wait any more, but the hook goes on.
  deepStrictEqual(await ask(2_000), { type: "busy" });
  strictEqual(done.length, AUTHENTICATIONS_MAX);
  done[0]!();
  await sim.advance(0);
  strictEqual(await ask(), undefined);
  strictEqual(done.length, AUTHENTICATIONS_MAX + 1);
  strictEqual(lines.length, 1);
});

Deno.test("Authentication.authenticate() says now and then what is wrong with a hook, and no claim", async () => {
  const native = () => ({ secret: 7 }) as never;
  const { ask, lines } = setup({ native });
  await ask();
  await ask(FAULT_QUIET_MS);
  strictEqual(lines.length, 1);
  match(
    lines[0]!,
    /^Cannot ask the authentication hook "keys": its claim "secret" is no text$/,
  );
  await ask();
  strictEqual(lines.length, 2);
});

Deno.test("claimsOf() has what metadataOf() was given, and nothing of others", () => {
  const claims = { tenant: "acme" };
  const metadata = metadataOf(claims);
  strictEqual(claimsOf(metadata), claims);
  strictEqual(Object.isFrozen(metadata), true);
  deepStrictEqual(
    [claimsOf(undefined), claimsOf({ trace: "a1" })],
    [undefined, undefined],
  );
});
