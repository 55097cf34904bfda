import { deepStrictEqual, strictEqual } from "node:assert";

import { Guest } from "../testdata/guest.ts";
import { testDifferent, testSame } from "../testdata/same.ts";

testSame("setTimeout()", {
  "calls in order of time": async () => {
    const calls: unknown[] = [];
    await new Promise<void>((resolve) => {
      setTimeout(() => {
        calls.push("late");
        resolve();
      }, 12);
      setTimeout((...args: unknown[]) => calls.push(args), 1, "soon", 2);
      queueMicrotask(() => calls.push("job"));
      calls.push("now");
    });
    return calls;
  },
  "takes no time for 0": () =>
    new Promise((resolve) => setTimeout(resolve, undefined, "x")),
  "refuses what is no function": () => setTimeout("1" as never, 1),
});

testSame("clearTimeout()", {
  "ends a timer": async () => {
    const calls: string[] = [];
    const id = setTimeout(() => calls.push("never"), 1);
    clearTimeout(id);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return calls;
  },
  "ignores what it does not know": () =>
    [undefined, null, 12345, "x", {}].map((id) => clearTimeout(id as number)),
});

testSame("setInterval()", {
  "calls until it is cleared": async () => {
    const calls: unknown[] = [];
    await new Promise<void>((resolve) => {
      const id = setInterval(
        (text: string) => {
          calls.push(text);
          if (calls.length < 3) return;
          clearInterval(id);
          resolve();
        },
        1,
        "x",
      );
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    return calls;
  },
  "can be cleared as a timeout": async () => {
    let count = 0;
    clearTimeout(setInterval(() => count++, 1));
    await new Promise((resolve) => setTimeout(resolve, 5));
    return count;
  },
});

testDifferent("setTimeout()", {
  "gives a number": {
    run: () => {
      const id: unknown = setTimeout(() => {}, 1);
      clearTimeout(id as number);
      return typeof id;
    },
    guest: "number",
    why: "as the HTML Standard says",
  },
});

Deno.test("setTimeout() hands the time to the host", async () => {
  using guest = await Guest.create();
  guest.evaluate(
    `setTimeout(() => console.log("late"), 20); setTimeout(() => console.log("soon"), 10.9)`,
  );
  strictEqual(guest.logs.length, 0);
  guest.drain();
  deepStrictEqual(guest.logs, [[2, "soon"], [2, "late"]]);
});

// deno-fmt-ignore
const DELAYS: [delay: string, ms: number][] = [
  // delay        ms
  ["undefined",   0],
  ["0",           0],
  ["-1",          0],
  ["NaN",         0],
  ["Infinity",    0],
  [`"x"`,         0],
  [`"7"`,         7],
  ["null",        0],
  ["{}",          0],
  ["1.9",         1],
  ["2 ** 31 - 1", 2 ** 31 - 1],
  ["2 ** 31",     0],
];

for (const [delay, ms] of DELAYS) {
  Deno.test(`setTimeout() takes ${delay} for ${ms} ms`, async () => {
    using guest = await Guest.create();
    guest.evaluate(`setTimeout(() => {}, ${delay})`);
    deepStrictEqual(guest.delays, [ms]);
  });
}

Deno.test("setTimeout() fails the process when the callback throws", async () => {
  using guest = await Guest.create();
  guest.evaluate(
    `setTimeout(function late() { throw new RangeError("no") }, 1)`,
  );
  guest.drain();
  deepStrictEqual(guest.failures, [[
    "RangeError",
    "no",
    "    at late (guest.js:1:40)\n",
  ]]);
});

Deno.test("fire() ignores a timer that it does not know", async () => {
  using guest = await Guest.create();
  guest.enter("fire", 77);
  deepStrictEqual(guest.calls, []);
});

Deno.test("clearTimeout() tells the host only of timers under way", async () => {
  using guest = await Guest.create();
  guest.evaluate(
    "const id = setTimeout(() => {}, 1); clearTimeout(id); clearTimeout(id)",
  );
  deepStrictEqual(guest.calls, ["timerStart", "timerCancel"]);
});

for (const start of ["setTimeout", "setInterval"]) {
  Deno.test(`${start}() throws what the host refuses with`, async () => {
    using guest = await Guest.create("", { refused: ["timerStart"] });
    const code =
      `try { ${start}(() => console.log("never"), 1) } catch (error) {
      [error instanceof RangeError, error.message, error.stack]
    }`;
    const [isRangeError, message, stack] = guest.evaluate(code) as string[];
    deepStrictEqual(
      [isRangeError, message, stack?.replaceAll(/:\d+/g, "")],
      [
        true,
        "Cannot do more of this: timerStart",
        "    at <eval> (guest.js)\n",
      ],
    );
    guest.enter("fire", 1);
    strictEqual(guest.logs.length, 0);
  });
}

Deno.test("setInterval() fails the process when it cannot go on", async () => {
  const refused: string[] = [];
  using guest = await Guest.create("", { refused });
  guest.evaluate(`setInterval(() => console.log("once"), 1)`);
  refused.push("timerStart");
  guest.drain();
  deepStrictEqual(guest.logs, [[2, "once"]]);
  deepStrictEqual(guest.failures.map(([name]) => name), ["RangeError"]);
});
