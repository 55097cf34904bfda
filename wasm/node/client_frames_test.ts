import { deepStrictEqual } from "node:assert";
import { type Pid, Runtime } from "@rusm/otp";
import {
  type ClientFrame,
  type FrameTaken,
  isClientFrame,
  isTextMessage,
  noteTaken,
} from "./client_frames.ts";

const runtime = new Runtime();

function frameOf(isText: boolean): ClientFrame {
  const { pid } = runtime.spawn(() => {});
  const teller = pid as Pid<unknown> as Pid<FrameTaken>;
  const bytes = new Uint8Array(1);
  return { type: "frame", isText, bytes, teller, count: 2, total: 5 };
}

Deno.test("noteTaken() tells of a frame that is to be told of, and of nothing else", () => {
  const told: unknown[] = [];
  const send = (to: unknown, taken: unknown) => void told.push([to, taken]);
  const { pid } = runtime.spawn(() => {});
  const self = { pid, runtime: { send } as unknown as Runtime };
  const frame = frameOf(false);
  for (const message of [null, "text", new Uint8Array(1), {}, frame]) {
    noteTaken(self, message);
  }
  const taken = { type: "taken", pid, count: 2, bytes: 5 };
  deepStrictEqual(told, [[frame.teller, taken]]);
});

/** A message, whether it is a frame that is told of, and whether it is text. */
const MESSAGES = [
  [null, false, false],
  [undefined, false, false],
  [5, false, false],
  ["frame", false, true],
  [new Uint8Array(1), false, false],
  [{ type: "request" }, false, false],
  [frameOf(true), true, true],
  [frameOf(false), true, false],
] as const;

for (const [index, [message, isFrame, isText]] of MESSAGES.entries()) {
  Deno.test(`isClientFrame() and isTextMessage() know message ${index}`, () => {
    deepStrictEqual(
      [isClientFrame(message), isTextMessage(message)],
      [isFrame, isText],
    );
  });
}
