import { match, strictEqual } from "node:assert";
import { checkOwn } from "./own_answer.ts";
import { faultsManifest, withApp } from "./served.ts";

// Guests that have no proper answer: what the client gets, and what is logged.

/** The action of `faults`, the status, and what is logged of its end. */
// deno-fmt-ignore
const FAULTS: readonly (readonly [string, number, RegExp])[] = [
  ["throws", 502, /crashed: TypeError: secret detail\n +\| +at throwDeep \(faults\.js:\d+:\d+\)\n +\| +at throws \(faults\.js:/],
  ["throwsLater", 502, /crashed: TypeError: secret detail\n +\| +at throwDeep \(faults\.js:/],
  ["rejects", 502, /crashed: RangeError: no\n +\| +at rejects \(faults\.js:/],
  ["rejectsWithText", 502, /crashed: Error: Thrown value is no Error: "?just text/],
  ["rejectsBeside", 502, /crashed: Error: nobody listens\n +\| +at rejectsBeside/],
  ["returnsUndefined", 502, /no Response: got undefined/],
  ["returnsNull", 502, /no Response: got null/],
  ["returnsText", 502, /no Response: got "?text/],
  ["returnsLie", 502, /no Response: got \{.*"lie"/],
  ["returnsFake", 502, /no Response: got /],
  ["returnsError", 502, /Cannot answer with Response\.error\(\)/],
  ["readsTwice", 502, /Cannot read a body a second time/],
  ["recurses", 502, /crashed: RangeError|crashed: InternalError/],
  ["allocates", 502, /limit memory: Used more than 33554432 bytes of memory/],
  ["answersTooMuch", 502, /limit memory/],
  ["exhaustsTimers", 502, /Cannot have more than \d+ operations/],
  ["neverSettles", 502, /awaits what nothing will settle/],
  ["noSuchAction", 502, /TypeError: not a function/],
  ["loops", 504, /limit cpu: Used more than 300 ms of CPU time/],
  ["loopsInPromises", 504, /limit cpu/],
];

Deno.test("startApp() answers a guest's fault and logs the reason", async (t) => {
  await withApp(faultsManifest(), async ({ url, logged, idle }) => {
    for (const [action, status, reason] of FAULTS) {
      await t.step(`${status} when it ${action}`, async () => {
        await checkOwn(await fetch(`${url}/${action}`), status);
        match(
          await logged(reason),
          /^00:00:00 rusm +exit +faults#0\.\d+\.\d+ /,
        );
        await logged(new RegExp(`http +GET /${action} → ${status}`));
        await idle();
      });
    }
  });
});

/** What a guest puts in its reply's head, and what is logged of it. */
// deno-fmt-ignore
const FORGERIES: readonly (readonly [string, RegExp])[] = [
  ['"status":99,"headers":[]', /Cannot send this status: 99/],
  ['"status":101,"headers":[]', /Cannot send this status: 101/],
  ['"status":205,"headers":[]', /Cannot send this status: 205/],
  ['"status":600,"headers":[]', /Cannot send this status: 600/],
  ['"status":200.5,"headers":[]', /Cannot send this status: 200\.5/],
  ['"status":"200","headers":[]', /Cannot send this status: "200"/],
  ['"status":204,"headers":[]', /null body status/i],
  ['"status":200,"headers":{}', /headers that are no list/],
  ['"status":200,"headers":[7]', /iterable/],
  ['"status":200,"headers":[["a"]]', /header that is no text/],
  ['"status":200,"headers":[["a",7]]', /header that is no text/],
  ['"status":200,"headers":[["a b","c"]]', /a b|[Hh]eader name/],
  ['"status":200,"headers":[["",""]]', /[Hh]eader name|name/],
  ['"status":200,"headers":[["a","b\\r\\nset-cookie: c"]]', /control characters/],
  ['"status":200,"headers":[["a","b\\u0000"]]', /control characters/],
  ['"status":200,"headers":[["a","\\u007f"]]', /control characters/],
  ['"status":200,"headers":[["a","\\u0436"]]', /beyond Latin-1/],
];

Deno.test("startApp() answers 502 when a reply is forged", async (t) => {
  await withApp(faultsManifest(), async ({ url, logged }) => {
    for (const [head, reason] of FORGERIES) {
      await t.step(head, async () => {
        const query = encodeURIComponent(head);
        await checkOwn(await fetch(`${url}/forges?${query}`), 502);
        match(
          await logged(/Cannot use the reply of faults, <0\.\d+\.\d+>/),
          reason,
        );
      });
    }
  });
});

// deno-fmt-ignore
const LARGE_HEADS: readonly (readonly [string, number, number])[] = [
  // The prelude adds the type of the body.
  ["manyHeaders", 95, 200],
  ["manyHeaders", 96, 502],
  ["longHeader", 60_000, 200],
  ["longHeader", 70_000, 502],
];

Deno.test("startApp() bounds the head of a reply", async (t) => {
  await withApp(faultsManifest(), async ({ url, logged }) => {
    for (const [action, size, status] of LARGE_HEADS) {
      await t.step(`${status} when it ${action} of ${size}`, async () => {
        const response = await fetch(`${url}/${action}?${size}`);
        strictEqual(response.status, status);
        await response.body?.cancel();
        if (status === 502) await logged(/Cannot send .*more than/);
      });
    }
  });
});
