import { deepStrictEqual, strictEqual } from "node:assert";

import { Guest } from "../testdata/guest.ts";

const encoder = new TextEncoder();

/** What an asynchronous expression gives, or its error as text with its stack. */
function outcome(guest: Guest, code: string): unknown {
  guest.evaluate(`(async () => ${code})().then(
    (value) => globalThis.outcome = value,
    (error) => globalThis.outcome = error + "\\n" + error.stack);`);
  guest.drain();
  return guest.evaluate("outcome");
}

Deno.test("files.read() gives the bytes", async () => {
  using guest = await Guest.create("", {
    files: new Map([["/a", new Uint8Array([1, 255])]]),
  });
  deepStrictEqual(outcome(guest, `[...await files.read("/a")]`), [1, 255]);
});

Deno.test("files.readText() decodes UTF-8 without its byte order mark", async () => {
  using guest = await Guest.create("", {
    files: new Map([["/a", encoder.encode("\ufeffé")]]),
  });
  strictEqual(outcome(guest, `await files.readText("/a")`), "é");
});

for (const method of ["read", "readText"]) {
  Deno.test(`files.${method}() rejects with NotFound and the guest's stack`, async () => {
    using guest = await Guest.create("", { files: new Map() });
    const [head, ...frames] = String(
      outcome(guest, `await files.${method}("/nope")`),
    ).trim().split("\n");
    strictEqual(head, "NotFound: Cannot find the file: /nope");
    deepStrictEqual(frames.filter((line) => !line.includes("guest.js")), []);
  });
}

for (
  const data of [
    `"é"`,
    `new Uint8Array([0xc3, 0xa9])`,
    `new DataView(new Uint8Array([0, 0xc3, 0xa9]).buffer, 1)`,
  ]
) {
  Deno.test(`files.write() writes ${data}`, async () => {
    const files = new Map<string, Uint8Array>();
    using guest = await Guest.create("", { files });
    strictEqual(outcome(guest, `await files.write("/a", ${data})`), undefined);
    deepStrictEqual([...files.get("/a") ?? []], [0xc3, 0xa9]);
  });
}

Deno.test("files.write() rejects with NotCapable when the host denies it", async () => {
  using guest = await Guest.create();
  const text = String(outcome(guest, `await files.write("/a", "x")`));
  strictEqual(text.split("\n")[0], "NotCapable: Cannot write the file: /a");
});

Deno.test("files.write() refuses what is neither text nor bytes", async () => {
  using guest = await Guest.create("", { files: new Map() });
  const text = String(outcome(guest, `await files.write("/a", 7)`));
  strictEqual(
    text.split("\n")[0],
    "TypeError: Cannot take neither text nor bytes: got number",
  );
  deepStrictEqual(guest.calls, []);
});

Deno.test("files.read() rejects when the host refuses at once", async () => {
  using guest = await Guest.create("", { refused: ["fileRead"] });
  const text = String(outcome(guest, `await files.read("/a")`));
  strictEqual(
    text.split("\n")[0],
    "RangeError: Cannot do more of this: fileRead",
  );
});

Deno.test("files calls overlap", async () => {
  const files = new Map([["/a", new Uint8Array([1])], [
    "/b",
    new Uint8Array([2]),
  ]]);
  using guest = await Guest.create("", { files });
  const both =
    `(await Promise.all(["/b", "/a"].map(files.read))).map((bytes) => bytes[0])`;
  deepStrictEqual(outcome(guest, both), [2, 1]);
});

Deno.test("settle() ignores an operation that it does not know", async () => {
  using guest = await Guest.create();
  guest.enter("settle", 99, null, "x", null);
  guest.enter("settle", 99, "Error", "x", null);
  deepStrictEqual(guest.failures, []);
});
