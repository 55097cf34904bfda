import { deepStrictEqual, strictEqual } from "node:assert";

import { Guest } from "../testdata/guest.ts";

const encoder = new TextEncoder();

Deno.test("Process.self() gives a 64-bit pid", async () => {
  using guest = await Guest.create();
  strictEqual(guest.evaluate("`${Process.self()}n`"), "18446744073709551615n");
});

for (const pid of ["7n", "7", `"7"`, `"18446744073709551615"`]) {
  Deno.test(`Process.send() takes ${pid} for a pid`, async () => {
    using guest = await Guest.create();
    strictEqual(guest.evaluate(`Process.send(${pid}, "é")`), true);
    deepStrictEqual(guest.sent, [[
      pid.replaceAll(/[n"]/g, ""),
      encoder.encode("é"),
    ]]);
  });
}

Deno.test("Process.send() sends the bytes of a view", async () => {
  using guest = await Guest.create();
  guest.evaluate(`Process.send(1n, new Uint8Array([1, 2, 3]).subarray(1))`);
  deepStrictEqual([...guest.sent[0]?.[1] ?? []], [2, 3]);
});

Deno.test("Process.send() gives false when there is no such process", async () => {
  using guest = await Guest.create();
  strictEqual(guest.evaluate(`Process.send(404n, "x")`), false);
});

// deno-fmt-ignore
const REFUSED = [
  // call                          error
  [`Process.send(-1n, "x")`,       "RangeError"],
  [`Process.send(1.5, "x")`,       "RangeError"],
  [`Process.send("me", "x")`,      "SyntaxError"],
  [`Process.send(undefined, "x")`, "TypeError"],
  [`Process.send(1n, 7)`,          "TypeError"],
  [`Process.send(1n)`,             "TypeError"],
  [`Process.receive(-1)`,          "RangeError"],
  [`Process.receive(NaN)`,         "RangeError"],
  [`Process.receiveText("x")`,     "RangeError"],
] as const;

for (const [call, name] of REFUSED) {
  Deno.test(`${call} throws ${name}`, async () => {
    using guest = await Guest.create("", { messages: [encoder.encode("a")] });
    strictEqual(
      guest.evaluate(`try { ${call} } catch (error) { error.name }`),
      name,
    );
    deepStrictEqual(
      guest.calls.filter((name) => name === "receive" || name === "send"),
      [],
    );
  });
}

Deno.test("Process.receive() gives messages in order, then null", async () => {
  using guest = await Guest.create("", {
    messages: [encoder.encode("a"), new Uint8Array()],
  });
  deepStrictEqual(
    guest.evaluate(
      `[[...Process.receive()], [...Process.receive(5)], Process.receive(0), Process.receive(Infinity)]`,
    ),
    [[97], [], null, null],
  );
  deepStrictEqual(guest.waits, [-1, 5, 0, -1]);
});

Deno.test("Process.receiveText() decodes UTF-8", async () => {
  using guest = await Guest.create("", { messages: [encoder.encode("é")] });
  deepStrictEqual(
    guest.evaluate(`[Process.receiveText(1.5), Process.receiveText(1)]`),
    ["é", null],
  );
  deepStrictEqual(guest.waits, [1.5, 1]);
});
