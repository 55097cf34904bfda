import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { RECEIVER } from "./library.ts";
import { endReceiversOnce } from "./receiver.ts";

endReceiversOnce();

Deno.test("endReceiversOnce() has a receiver that has ended make no error when it is ended again", async () => {
  const receiver = new RECEIVER() as Writable;
  receiver.end();
  await finished(receiver);
  const before = Error.prepareStackTrace;
  let madeCount = 0;
  Error.prepareStackTrace = (error) => (madeCount++, String(error));
  try {
    strictEqual(receiver.end(), receiver);
  } finally {
    Error.prepareStackTrace = before;
  }
  strictEqual(madeCount, 0);
});

Deno.test("endReceiversOnce() leaves what is said with an end to the package", async () => {
  const receiver = new RECEIVER() as Writable;
  // Half of a header: the rest never comes.
  receiver.end(Uint8Array.of(0x81));
  await finished(receiver);
  const again = new Promise((resolve, reject) =>
    receiver.end((error?: Error) => error ? reject(error) : resolve(0))
  );
  await rejects(again, { code: "ERR_STREAM_ALREADY_FINISHED" });
  deepStrictEqual(receiver.writableEnded, true);
});
