import { deepStrictEqual, strictEqual } from "node:assert";
import { type Pid, Runtime } from "@rusm/otp";
import {
  type ClientFrame,
  ClientFrames,
  type FrameTaken,
  isClientFrame,
} from "./client_frames.ts";
import { CLIENT_BYTES_PER_WORD, CLIENT_FRAMES_PER_WORD } from "./limits.ts";

/** Calls `test` with frames of a process, and what it has told. */
function withFrames(
  test: (
    frames: ClientFrames,
    frameOf: (length: number, isText?: boolean) => ClientFrame,
    told: () => readonly FrameTaken[],
    self: Pid,
  ) => void,
): void {
  const told: FrameTaken[] = [];
  const runtime = new Runtime();
  const send = (_to: unknown, taken: FrameTaken) => void told.push(taken);
  const { pid } = runtime.spawn(() => {});
  const self = { pid, runtime: { send } as unknown as Runtime };
  const frames = new ClientFrames(self);
  const frameOf = (length: number, isText = false): ClientFrame => ({
    ...{ type: "frame", teller: pid as Pid<unknown> as Pid<FrameTaken> },
    ...{ isText, bytes: new Uint8Array(length) },
  });
  test(frames, frameOf, () => told, pid);
}

Deno.test("ClientFrames.took() tells of many frames at once", () =>
  withFrames((frames, frameOf, told, pid) => {
    for (let count = 1; count < CLIENT_FRAMES_PER_WORD; count++) {
      frames.took(frameOf(1));
    }
    deepStrictEqual(told(), []);
    frames.took(frameOf(1));
    const count = CLIENT_FRAMES_PER_WORD;
    deepStrictEqual(told(), [{ type: "taken", pid, count, bytes: count }]);
    frames.took(frameOf(1));
    strictEqual(told().length, 1);
  }));

Deno.test("ClientFrames.took() tells of large frames soon", () =>
  withFrames((frames, frameOf, told, pid) => {
    frames.took(frameOf(1));
    frames.took(frameOf(CLIENT_BYTES_PER_WORD));
    const bytes = CLIENT_BYTES_PER_WORD + 1;
    deepStrictEqual(told(), [{ type: "taken", pid, count: 2, bytes }]);
  }));

Deno.test("ClientFrames.isText is that of the last message", () =>
  withFrames((frames, frameOf) => {
    const seen = [
      frameOf(1, true),
      frameOf(1),
      frameOf(1, true),
      new Uint8Array(1),
      frameOf(1, true),
      "text of another",
    ].map((message) => {
      frames.took(message);
      return frames.isText;
    });
    deepStrictEqual(seen, [true, false, true, false, true, false]);
  }));

Deno.test("isClientFrame() takes anything", () => {
  const nothing = [null, undefined, 5, "frame", new Uint8Array(1), {}];
  deepStrictEqual(nothing.filter(isClientFrame), []);
  strictEqual(isClientFrame({ type: "frame" }), true);
});
