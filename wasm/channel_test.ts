import { deepStrictEqual, strictEqual } from "node:assert";

import { Channel } from "./channel.ts";

/** A port that copies as a Worker does, and keeps the copies. */
class CopyingPort {
  /** What was posted, one list a crossing. */
  readonly posted: unknown[] = [];

  postMessage(frames: unknown): void {
    this.posted.push(structuredClone(frames));
  }
}

function open() {
  const port = new CopyingPort();
  const refused: unknown[] = [];
  const channel = new Channel<unknown>(port, (frame) => refused.push(frame));
  return { channel, posted: port.posted, refused };
}

/** The end of this turn of the thread. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

Deno.test("Channel.send() posts the frames of one turn together, in order", async () => {
  const { channel, posted } = open();
  for (const frame of [1, 2, 3]) strictEqual(channel.send(frame), true);
  deepStrictEqual(posted, []);
  await turn();
  channel.send(4);
  await turn();
  deepStrictEqual(posted, [[1, 2, 3], [4]]);
});

Deno.test("Channel.send() keeps the order of frames that are sent while others cross", async () => {
  const { channel, posted } = open();
  channel.send(1);
  await Promise.resolve().then(() => channel.send(2)).then(() =>
    channel.send(3)
  );
  await turn();
  deepStrictEqual(posted.flat(), [1, 2, 3]);
});

const boom = {
  get it(): never {
    throw new Error("Mine");
  },
};

// deno-fmt-ignore
const UNCLONEABLE: [name: string, frame: unknown][] = [
  ["a function", { f: () => 1 }],
  ["a symbol", Symbol("s")],
  ["a proxy", new Proxy({}, {})],
  ["a promise", Promise.resolve()],
  ["a getter that throws", boom],
];

for (const [name, frame] of UNCLONEABLE) {
  Deno.test(`Channel.send() refuses ${name}, and no other frame with it`, async () => {
    const { channel, posted, refused } = open();
    for (const each of [1, frame, 2, frame, 3]) channel.send(each);
    await turn();
    deepStrictEqual(posted.flat(), [1, 2, 3]);
    strictEqual(refused.length, 2);
    strictEqual(refused[0], frame);
  });
}

Deno.test("Channel.close() drops what has not crossed and all that comes", async () => {
  const { channel, posted } = open();
  channel.send(1);
  channel.close();
  channel.close();
  strictEqual(channel.send(2), false);
  await turn();
  deepStrictEqual(posted, []);
});
