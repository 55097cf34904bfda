/** Connections of guests in TypeScript, whose writer the test is. */

import { deepStrictEqual, match, strictEqual } from "node:assert";
import { type ExitReason, type Pid, Runtime } from "@rusm/otp";
import {
  BUILT_IN_PROFILES,
  type ConnectionInfo,
  type ConnectionSink,
  Engine,
} from "@rusm/wasm";

const SANDBOXED = BUILT_IN_PROFILES.get("sandboxed")!;
const INFO: ConnectionInfo = {
  ...{ method: "GET", path: "/chat/room1", query: "q=x" },
  params: [["room", "room1"]],
  headers: [["host", "rusm"], ["cookie", "a=1"]],
  ...{ remoteAddr: "127.0.0.1:5", subprotocol: "chat" },
};

/** A client, and the process that serves it. */
class Client implements ConnectionSink {
  /** What was sent to it, and what the process has logged, in order. */
  readonly seen: string[] = [];
  readonly #runtime = new Runtime();
  readonly #engine: Engine;
  readonly #ended = Promise.withResolvers<ExitReason>();
  // Told of each that is seen.
  #woken = Promise.withResolvers<void>();
  #guest: Pid | undefined;
  #writer: Pid | undefined;

  constructor() {
    this.#engine = new Engine(this.#runtime, {
      schedulersPerPool: 1,
      observer: {
        logged: (pid, _component, _level, text) => {
          if (pid !== undefined) this.#see(text);
        },
        exited: (_pid, _component, reason) => this.#ended.resolve(reason),
      },
    });
  }

  /** Begins the process, and tells it of its writer, or something else. */
  async connect(bundle: string, first?: string): Promise<void> {
    const component = await this.#engine.load("guest", bundle, SANDBOXED);
    const connection = { info: INFO, sink: this };
    this.#guest = this.#engine.spawn(component, { entry: "run", connection });
    this.#writer = this.#runtime.spawn(() => new Promise(() => {})).pid;
    this.tell(first ?? this.writer);
  }

  /** The pid of the writer, in decimal. */
  get writer(): string {
    return `${this.#writer!.toBigInt()}`;
  }

  tell(message: string): void {
    this.#runtime.send(this.#guest! as Pid<string>, message);
  }

  /** The client goes. */
  leave(): void {
    this.#runtime.kill(this.#writer!);
  }

  #see(text: string): void {
    this.seen.push(text);
    this.#woken.resolve();
    this.#woken = Promise.withResolvers();
  }

  /** Waits until so much was seen. */
  async until(count: number): Promise<void> {
    while (this.seen.length < count) await this.#woken.promise;
  }

  /** Why the process has ended. */
  get ended(): Promise<ExitReason> {
    return this.#ended.promise;
  }

  close(code?: number, reason?: string): void {
    this.#see(`close ${code} ${reason}`);
  }

  sendText(data: Uint8Array): boolean {
    this.#see(`text ${new TextDecoder().decode(data)}`);
    return true;
  }

  sendBytes(data: Uint8Array): boolean {
    this.#see(`bytes ${new TextDecoder().decode(data)}`);
    return true;
  }

  sendEvent(event: unknown): boolean {
    this.#see(JSON.stringify(event));
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#writer !== undefined) this.leave();
    await this.#engine.close();
  }
}

const CHAT = `exports.default = websocket({
  async open(socket) {
    await null;
    const { info } = socket;
    console.log([info.method, info.path, info.query, info.subprotocol, info.remoteAddr].join());
    console.log([info.param("room"), info.param("x"), info.header("Cookie"), info.header("x")].join());
    socket.sendText("welcome");
    console.log(String(socket.id));
  },
  async message(socket, data) {
    const text = new TextDecoder().decode(data);
    if (text === "bye") return socket.close(1000, "bye");
    if (text === "boom") throw new RangeError("boom");
    await null;
    socket.send(data);
  },
  close() { console.log("closed"); },
});`;

Deno.test("websocket() talks to its client, from open to close", async () => {
  await using client = new Client();
  await client.connect(CHAT);
  for (const text of ["one", "two"]) client.tell(text);
  client.tell('{"__down":"99","reason":"crashed"}');
  client.tell("three");
  client.tell("bye");
  await client.until(8);
  client.leave();
  strictEqual(await client.ended, "normal");
  deepStrictEqual(client.seen, [
    "GET,/chat/room1,q=x,chat,127.0.0.1:5",
    "room1,,a=1,",
    "text welcome",
    client.writer,
    ...["bytes one", "bytes two", "bytes three", "close 1000 bye", "closed"],
  ]);
});

Deno.test("websocket() learns that its client is gone, without any grant", async () => {
  await using client = new Client();
  await client.connect(CHAT);
  await client.until(4);
  client.leave();
  strictEqual(await client.ended, "normal");
  deepStrictEqual(client.seen.slice(4), ["closed"]);
});

Deno.test("websocket() crashes with what a handler throws, and does not close", async () => {
  await using client = new Client();
  await client.connect(CHAT);
  client.tell("boom");
  const reason = await client.ended;
  match(JSON.stringify(reason), /"name":"RangeError","message":"boom"/);
  strictEqual(client.seen.includes("closed"), false);
});

const FEED = `exports.default = sse({
  open(stream) {
    console.log(stream.info.param("room"));
    stream.data("hello");
    stream.emit({ data: "a\\nb", event: "tick", id: "7", retry: 500 });
  },
  message(stream, data) {
    const text = new TextDecoder().decode(data);
    stream.data(text);
    if (text === "last") stream.close();
  },
  close() { console.log("closed"); },
});`;

Deno.test("sse() sends events, and ends when it is closed", async () => {
  await using client = new Client();
  await client.connect(FEED);
  for (const text of ["more", "last", "never"]) client.tell(text);
  strictEqual(await client.ended, "normal");
  deepStrictEqual(client.seen, [
    "room1",
    '{"data":"hello"}',
    '{"data":"a\\nb","event":"tick","id":"7","retry":500}',
    ...['{"data":"more"}', '{"data":"last"}', "closed"],
  ]);
});

Deno.test("sse() learns that its client is gone, with no handler at all", async () => {
  await using client = new Client();
  await client.connect("exports.default = sse({})");
  client.tell("dropped");
  client.leave();
  strictEqual(await client.ended, "normal");
});

Deno.test("websocket() crashes when its first message is of no writer", async () => {
  await using client = new Client();
  await client.connect(CHAT, "hello");
  match(JSON.stringify(await client.ended), /spawned for no connection/);
});

for (
  const [what, bundle, message] of [
    [
      "websocket() without message",
      "websocket({ open() {} })",
      /without a function message/,
    ],
    ["websocket() of nothing", "websocket()", /without a function message/],
    ["sse() of nothing", "sse()", /without an object/],
  ] as const
) {
  Deno.test(`${what} is refused as the component is loaded`, async () => {
    await using client = new Client();
    const connecting = client.connect(`exports.default = ${bundle}`);
    match(String(await connecting.catch((error) => error)), message);
  });
}
