import { strictEqual, throws } from "node:assert";
import {
  type Down,
  type ExitReason,
  formatReason,
  type MonitorRef,
  Pid,
} from "@rusm/otp";

import { bytesOf, type GuestMessage, isRequest } from "./message.ts";

const request: GuestMessage = {
  type: "request",
  from: "7",
  head: "{}",
  body: new Uint8Array(3),
};

// deno-fmt-ignore
const MESSAGES: [name: string, message: unknown, isRequest: boolean, text: string | undefined][] = [
  ["bytes", Uint8Array.of(0x68, 0x69), false, "hi"],
  ["text", "hé\ud800", false, "hé\ufffd"],
  ["empty text", "", false, ""],
  ["a request", request, true, '{"type":"request","from":"7","head":"{}"}'],
  // Senders are not held to the types.
  ["null", null, false, undefined],
  ["undefined", undefined, false, undefined],
  ["a number", 5, false, undefined],
  ["a big integer", 5n, false, undefined],
  ["an object of another type", { type: "down" }, false, undefined],
  ["an object that holds itself", cyclic(), false, undefined],
];

function cyclic(): object {
  const object: Record<string, unknown> = {};
  object.self = object;
  return object;
}

for (const [name, message, is, text] of MESSAGES) {
  Deno.test(`isRequest() of ${name} is ${is}`, () => {
    strictEqual(isRequest(message as GuestMessage), is);
  });

  Deno.test(`bytesOf() ${name} gives ${text ?? "a TypeError"}`, () => {
    const read = () => bytesOf(message as GuestMessage);
    if (text === undefined) throws(read, TypeError);
    else strictEqual(new TextDecoder().decode(read()), text);
  });
}

// deno-fmt-ignore
const WORDS: [reason: ExitReason, word: string][] = [
  ["normal", "normal"],
  ["killed", "killed"],
  ["kill", "killed"],
  ["shutdown", "killed"],
  ["noproc", "noproc"],
  ["noconnection", "noproc"],
  [{ type: "crashed", name: "Trap", message: "" }, "crashed"],
  [{ type: "limit", limit: "cpu", message: "" }, "crashed"],
  [{ type: "exit", payload: { exitCode: 1 } }, "crashed"],
];

for (const [reason, word] of WORDS) {
  Deno.test(`bytesOf() tells of an end in words: ${formatReason(reason)}`, () => {
    const pid = Pid.fromBigInt(2n ** 63n);
    const down: Down = { type: "down", ref: 0 as MonitorRef, pid, reason };
    strictEqual(
      new TextDecoder().decode(bytesOf(down)),
      `{"__down":"9223372036854775808","reason":"${word}"}`,
    );
  });
}
