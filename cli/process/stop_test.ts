import { deepStrictEqual, strictEqual } from "node:assert";
import {
  exitCodeOf,
  hasIgnoredHangup,
  listenForStop,
  STOP_REPEAT_MS,
  StopQueue,
  type StopSignal,
} from "./stop.ts";

const CODES = [["SIGHUP", 129], ["SIGINT", 130], ["SIGTERM", 143]] as const;

for (const [signal, code] of CODES) {
  Deno.test(`exitCodeOf() answers ${code} when given ${signal}`, () => {
    strictEqual(exitCodeOf(signal), code);
  });
}

/** Signals by their time, and the requests that they are. */
const QUEUES: readonly (readonly [
  string,
  readonly (readonly [StopSignal, number])[],
  readonly StopSignal[],
])[] = [
  ["a signal", [["SIGINT", 0]], ["SIGINT"]],
  ["a repetition", [["SIGINT", 5], ["SIGINT", 5]], ["SIGINT"]],
  ["a repetition by another name", [["SIGHUP", 5], ["SIGTERM", 9]], ["SIGHUP"]],
  ["the last repetition", [["SIGINT", 5], ["SIGINT", 4 + STOP_REPEAT_MS]], [
    "SIGINT",
  ]],
  ["two requests", [["SIGINT", 5], ["SIGTERM", 5 + STOP_REPEAT_MS]], [
    "SIGINT",
    "SIGTERM",
  ]],
];

for (const [what, signals, expected] of QUEUES) {
  Deno.test(`StopQueue keeps what nobody waits for: ${what}`, async () => {
    const queue = new StopQueue();
    for (const [signal, atMs] of signals) queue.add(signal, atMs);
    const requests: StopSignal[] = [];
    for (const _ of expected) requests.push(await queue.next());
    deepStrictEqual(requests, expected);
    // One more shows that nothing else was kept.
    queue.add("SIGHUP", 10_000);
    strictEqual(await queue.next(), "SIGHUP");
  });
}

Deno.test("StopQueue hands requests out in order when they are waited for", async () => {
  const queue = new StopQueue();
  const requests = Promise.all([queue.next(), queue.next()]);
  queue.add("SIGINT", 0);
  queue.add("SIGTERM", STOP_REPEAT_MS);
  deepStrictEqual(await requests, ["SIGINT", "SIGTERM"]);
});

Deno.test("listenForStop() hears the signals of this process", async () => {
  const requests = listenForStop();
  Deno.kill(Deno.pid, "SIGTERM");
  strictEqual(await requests.next(), "SIGTERM");
  requests.close();
});

const STATUSES = [
  ["SigIgn:\t0000000000001001\n", true],
  ["SigIgn:\t0000000000001000\n", false],
  ["SigCgt:\t0000000000000001\nSigIgn:\t0000000000000000\n", false],
  ["SigIgn:\tffffffffffffffff\n", true],
  ["", false],
] as const;

for (const [status, expected] of STATUSES) {
  Deno.test(`hasIgnoredHangup() answers ${expected} when told ${status}`, () => {
    strictEqual(hasIgnoredHangup(status), expected);
  });
}
