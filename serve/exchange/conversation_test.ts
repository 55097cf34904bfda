import { deepStrictEqual, match, strictEqual } from "node:assert";
import {
  type Context,
  type Down,
  type ExitMessage,
  type ExitReason,
  Pid,
} from "@rusm/otp";
import type {
  CallerFrame,
  GuestMessage,
  GuestReply,
  GuestRequest,
  Part,
  ScriptFrame,
} from "@rusm/wasm";
import { exchange, type Handler } from "../exchange.ts";
import { type Guest, SCRIPT, TestNode } from "../testdata/test_node.ts";

const HANDLER: Handler = {
  component: SCRIPT,
  action: null,
  params: [],
  timeoutMs: 60_000,
  bodyBytesMax: 100_000,
};

const OK = '{"status":200,"headers":[]}';

/** The guest's half, natively: what it says, and hears. */
class Line {
  readonly #self: Context<GuestMessage>;
  readonly #caller: Pid<GuestReply | ScriptFrame>;

  constructor(self: Context<GuestMessage>, { from }: GuestRequest) {
    this.#self = self;
    this.#caller = Pid.fromBigInt(BigInt(from));
  }

  get inbox(): Pid<CallerFrame> {
    return this.#self.pid as Pid<unknown> as Pid<CallerFrame>;
  }

  say(frame: GuestReply | ScriptFrame): void {
    this.#self.runtime.send(this.#caller, frame);
  }

  begin(head = OK): void {
    this.say({ type: "begin", inbox: this.inbox, head });
  }

  part(kind: Part["kind"], text = ""): void {
    const part = { kind, bytes: new TextEncoder().encode(text) };
    this.say({ type: "part", part });
  }

  want(): void {
    this.say({ type: "want", inbox: this.inbox });
  }

  async heard(): Promise<CallerFrame> {
    return await this.#self.receive() as unknown as CallerFrame;
  }
}

/** A guest that converses. */
function conversing(
  converse: (line: Line, self: Context<GuestMessage>) => unknown,
): Guest {
  return async (self, request) => {
    await converse(new Line(self, request), self);
  };
}

/** An exchange with `node`. */
interface Asked {
  readonly response: Promise<Response>;
  /** The client goes. */
  leave(): void;
  /** Resolves when all is over. */
  readonly over: Promise<void>;
}

function ask(
  node: TestNode,
  request: Request = new Request("http://a/"),
  handler: Partial<Handler> = {},
): Asked {
  const { promise: over, resolve: onEnd } = Promise.withResolvers<void>();
  const completed = Promise.withResolvers<void>();
  const client = { completed: completed.promise, onEnd };
  const response = exchange(node, { ...HANDLER, ...handler }, request, client);
  return { response, over, leave: () => completed.reject(new Error("gone")) };
}

/** All that the client gets, or the word `cut` behind what it got. */
async function textOf(response: Response): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk);
    }
    return text;
  } catch (error) {
    strictEqual((error as Error).name, "HandlerFailed");
    return `${text} cut`;
  }
}

function post(body: BodyInit): Request {
  return new Request("http://a/", { method: "POST", body });
}

Deno.test("exchange() passes a response on as the guest makes it, and no faster than it is taken", async () => {
  const said: string[] = [];
  const node = new TestNode(conversing(async (line) => {
    line.begin('{"status":201,"headers":[["x-a","b"]]}');
    for (const piece of ["one", "two", "three"]) {
      said.push(piece);
      line.part("piece", piece);
      deepStrictEqual(await line.heard(), { type: "taken" });
    }
    line.part("last");
  }));
  const { response, over } = ask(node);
  const { status, headers, body } = await response;
  deepStrictEqual([status, headers.get("x-a")], [201, "b"]);
  const reader = body!.getReader();
  for (const [index, piece] of ["one", "two", "three"].entries()) {
    await node.turn();
    await node.turn();
    deepStrictEqual(said.length, index + 1);
    const { value } = await reader.read();
    strictEqual(new TextDecoder().decode(value), piece);
  }
  strictEqual((await reader.read()).done, true);
  await over;
  deepStrictEqual(node.runtime.list(), []);
});

/** What a guest does when it has begun, what the client gets, and what is logged. */
// deno-fmt-ignore
const BODIES: readonly (readonly [
  what: string, converse: (line: Line, self: Context<GuestMessage>) => unknown, text: string, logged: RegExp | undefined,
])[] = [
  ["ends it", (line) => { line.begin(); line.part("last"); }, "", undefined],
  ["cuts it", (line) => { line.begin(); line.part("cut"); }, " cut", undefined],
  ["returns in the middle", async (line) => { line.begin(); line.part("piece", "a"); await line.heard(); }, "a cut", undefined],
  ["crashes in the middle", (line, self) => { line.begin(); line.part("piece", "a"); self.exit({ type: "crashed", name: "E", message: "" }); }, "a cut", undefined],
  ["begins a second time", (line) => { line.begin(); line.begin('{"status":500,"headers":[]}'); line.part("last"); }, "", undefined],
  ["replies behind the beginning", (line) => { line.begin(); line.say({ type: "reply", head: OK, body: new Uint8Array(1) }); line.part("last"); }, "", undefined],
  ["sends as much as it said", (line) => { line.begin('{"status":200,"headers":[["Content-Length","2"]]}'); line.part("piece", "ab"); line.part("last"); }, "ab", undefined],
  ["sends more than it said", async (line) => { line.begin('{"status":200,"headers":[["content-length","1"]]}'); line.part("piece", "ab"); await line.heard(); }, " cut", /more than the content-length/],
  ["sends less than it said", async (line) => { line.begin('{"status":200,"headers":[["content-length","3"]]}'); line.part("piece", "ab"); line.part("last"); await line.heard(); }, "ab cut", /1 bytes before its content-length/],
];

for (const [what, converse, text, logged] of BODIES) {
  Deno.test(`exchange() has a body when the guest ${what}`, async () => {
    const node = new TestNode(conversing(converse));
    const { response, over } = ask(node);
    const answered = await response;
    strictEqual(answered.status, 200);
    strictEqual(await textOf(answered), text);
    await over;
    strictEqual(node.lines.length, logged === undefined ? 0 : 1);
    if (logged !== undefined) match(node.lines[0]!, logged);
    deepStrictEqual(node.runtime.list(), []);
  });
}

/** A head that cannot be sent. */
const HEADS: readonly (readonly [what: string, head: string])[] = [
  ["no JSON", "{"],
  ["no status", '{"headers":[]}'],
  ["no headers", '{"status":200}'],
  [
    "a length that is no number",
    '{"status":200,"headers":[["content-length","x"]]}',
  ],
  [
    "two lengths",
    '{"status":200,"headers":[["content-length","1"],["content-length","2"]]}',
  ],
];

for (const [what, head] of HEADS) {
  Deno.test(`exchange() answers 502 and ends the guest when it begins with ${what}`, async () => {
    const node = new TestNode(conversing(async (line) => {
      line.begin(head);
      await line.heard();
    }));
    const { response, over } = ask(node);
    strictEqual((await response).status, 502);
    strictEqual(node.lines.length, 1);
    await over;
    deepStrictEqual(node.runtime.list(), []);
  });
}

/** The method, the status, a length that the guest tells, and what is told of it. */
const NO_BODIES: readonly (readonly [string, number, string | null])[] = [
  ["HEAD", 200, "7"],
  ["HEAD", 200, null],
  ["GET", 204, null],
  ["GET", 304, null],
];

for (const [method, status, length] of NO_BODIES) {
  Deno.test(`exchange() sends no body with ${status} to ${method}, with ${length} as its length`, async () => {
    const headers = length === null ? [] : [["content-length", length]];
    const node = new TestNode(conversing(async (line) => {
      line.begin(JSON.stringify({ status, headers }));
      line.part("piece", "1234567");
      await line.heard();
    }));
    const { response, over } = ask(node, new Request("http://a/", { method }));
    const answered = await response;
    strictEqual(answered.status, status);
    strictEqual(answered.headers.get("content-length"), length);
    strictEqual(await textOf(answered), "");
    // It waits for somebody to take what nobody wants.
    await over;
    deepStrictEqual(node.runtime.list(), []);
  });
}

for (
  const [what, header, value] of [
    ["an event stream", "text/event-stream;charset=utf-8", "no-cache"],
    ["anything else", "text/plain", null],
  ]
) {
  Deno.test(`exchange() tells who keeps copies what to do with ${what}`, async () => {
    const node = new TestNode(conversing((line) => {
      const headers = [["content-type", header]];
      line.begin(JSON.stringify({ status: 200, headers }));
      line.part("last");
    }));
    const { response, over } = ask(node);
    strictEqual((await response).headers.get("cache-control"), value);
    await textOf(await response);
    await over;
  });
}

for (
  const [what, leave] of [
    ["goes", (_: Response, asked: Asked) => asked.leave()],
    ["cancels the body", ({ body }: Response) => body!.cancel()],
  ] as const
) {
  Deno.test(`exchange() tells the guest when its client ${what}, and lets it end`, async () => {
    const heard: CallerFrame[] = [];
    const node = new TestNode(conversing(async (line) => {
      line.begin();
      heard.push(await line.heard());
    }));
    const asked = ask(node);
    await leave(await asked.response, asked);
    await asked.over;
    deepStrictEqual(heard, [{ type: "gone" }]);
    deepStrictEqual(node.runtime.list(), []);
  });
}

/** Whether a guest that goes on without its client traps exits, and what it ends with. */
const STUBBORN: readonly (readonly [boolean, ExitReason])[] = [
  [false, "shutdown"],
  [true, "killed"],
];

for (const [trapsExits, reason] of STUBBORN) {
  Deno.test(`exchange() ends a guest that goes on without its client with ${reason}`, async () => {
    const node = new TestNode(async (self, request) => {
      (self as unknown as Context<ExitMessage>).trapExits(trapsExits);
      new Line(self, request).begin();
      await self.receive({ match: () => false });
    });
    const asked = ask(node);
    await asked.response;
    const watcher = node.runtime.spawn<Down>(async (self) => {
      self.monitor(node.guests[0]!);
      asked.leave();
      deepStrictEqual((await self.receive()).reason, reason);
    });
    strictEqual(await watcher.join(), "normal");
    await asked.over;
  });
}

Deno.test("exchange() tells a guest that watches that its client has gone, and lets it answer", async () => {
  const node = new TestNode(conversing(async (line) => {
    line.say({ type: "watch", inbox: line.inbox });
    deepStrictEqual(await line.heard(), { type: "gone" });
    line.say({ type: "reply", head: OK, body: null });
  }));
  const asked = ask(node);
  asked.leave();
  strictEqual((await asked.response).status, 200);
  await asked.over;
});

Deno.test("exchange() reads a body of unknown length as the guest asks for it", async () => {
  let pulledCount = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (pulledCount === 3) return controller.close();
      controller.enqueue(Uint8Array.of(++pulledCount));
    },
  }, { highWaterMark: 0 });
  const requests: GuestRequest[] = [];
  const heard: CallerFrame[] = [];
  const pulled: number[] = [];
  const node = new TestNode(async (self, request) => {
    requests.push(request);
    const line = new Line(self, request);
    do {
      await node.turn();
      pulled.push(pulledCount);
      line.want();
      heard.push(await line.heard());
    } while (heard.at(-1)!.type === "piece");
    line.say({ type: "reply", head: OK, body: null });
  });
  const { response, over } = ask(node, post(body));
  strictEqual((await response).status, 200);
  await over;
  deepStrictEqual([requests[0]!.body, requests[0]!.isStreamed], [null, true]);
  deepStrictEqual(pulled, [0, 1, 2, 3]);
  deepStrictEqual(heard, [
    ...[1, 2, 3].map((byte) => ({
      type: "piece",
      bytes: Uint8Array.of(byte),
    })),
    { type: "end" },
  ]);
});

/** What of a request comes in pieces: its length, and whether that is told. */
// deno-fmt-ignore
const LENGTHS: readonly (readonly [length: number, isTold: boolean, isStreamed: true | undefined])[] = [
  [0, true, undefined],
  [65_536, true, undefined],
  [65_537, true, true],
  [1, false, true],
];

for (const [length, isTold, isStreamed] of LENGTHS) {
  Deno.test(`exchange() sends ${length} bytes ${isTold ? "" : "of untold length "}${isStreamed ? "in pieces" : "with the request"}`, async () => {
    const requests: GuestRequest[] = [];
    const node = new TestNode((self, request) => {
      requests.push(request);
      new Line(self, request).say({ type: "reply", head: OK, body: null });
    });
    const request = new Request("http://a/", {
      method: "POST",
      headers: isTold ? { "content-length": String(length) } : {},
      body: new Uint8Array(length),
    });
    const { response, over } = ask(node, request, { bodyBytesMax: 1e6 });
    strictEqual((await response).status, 200);
    await over;
    const [{ isStreamed: was, body }] = requests as [GuestRequest];
    deepStrictEqual([was, body?.length], [
      isStreamed,
      isStreamed ? undefined : length,
    ]);
  });
}

Deno.test("exchange() answers 413 when the body turns out too large, and tells the guest", async () => {
  const heard: CallerFrame[] = [];
  const node = new TestNode(conversing(async (line) => {
    do {
      line.want();
      heard.push(await line.heard());
    } while (heard.at(-1)!.type === "piece");
  }));
  const { response, over } = ask(
    node,
    post(new Blob([new Uint8Array(100_001)]).stream()),
  );
  strictEqual((await response).status, 413);
  await over;
  deepStrictEqual(heard.at(-1), { type: "broken", isTooLarge: true });
  deepStrictEqual(node.runtime.list(), []);
});

function failing(error: unknown): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.error(error) });
}

/** What a body fails with, whether the node stops, and the answer for a guest that ends then. */
// deno-fmt-ignore
const FAILURES: readonly (readonly [what: string, error: unknown, isStopping: boolean, status: number])[] = [
  ["breaks", new Error("gone"), false, 400],
  ["is stopped", undefined, true, 503],
  ["is too slow", new DOMException("slow", "TimeoutError"), false, 408],
];

for (const [what, error, isStopping, status] of FAILURES) {
  Deno.test(`exchange() answers ${status} when a body that the guest reads ${what}`, async () => {
    const heard: CallerFrame[] = [];
    const node = new TestNode(conversing(async (line) => {
      line.want();
      heard.push(await line.heard());
    }));
    const body = isStopping ? new ReadableStream() : failing(error);
    const { response, over } = ask(node, post(body));
    await node.turn();
    if (isStopping) node.stopping.begin();
    strictEqual((await response).status, status);
    await over;
    deepStrictEqual(heard, [{ type: "broken", isTooLarge: false }]);
  });
}

Deno.test("exchange() answers 408 when the guest still waits for its client at the deadline", async () => {
  const node = new TestNode(conversing(async (line, self) => {
    line.want();
    await self.receive();
  }));
  const body = new ReadableStream<Uint8Array>();
  const { response, over } = ask(node, post(body), { timeoutMs: 1 });
  strictEqual((await response).status, 408);
  await over;
  deepStrictEqual(node.runtime.list(), []);
});

Deno.test("exchange() reads once for a guest that asks twice", async () => {
  const heard: CallerFrame[] = [];
  const node = new TestNode(conversing(async (line) => {
    line.want();
    line.want();
    heard.push(await line.heard());
    line.want();
    heard.push(await line.heard());
    line.say({ type: "reply", head: OK, body: null });
  }));
  const { response, over } = ask(node, post(new Blob(["ab"]).stream()));
  strictEqual((await response).status, 200);
  await over;
  deepStrictEqual(heard.map(({ type }) => type), ["piece", "end"]);
});

Deno.test("exchange() cuts the response and ends the guest when someone ends the native process", async () => {
  const node = new TestNode(async (self, request) => {
    const line = new Line(self, request);
    line.begin();
    deepStrictEqual(await line.heard(), { type: "never" });
  });
  const { response, over } = ask(node);
  const answered = await response;
  const waiter = node.runtime.list().find((pid) =>
    !pid.equals(node.guests[0]!)
  );
  node.runtime.kill(waiter!);
  await over;
  strictEqual(await textOf(answered), " cut");
  await node.turn();
  deepStrictEqual(node.runtime.list(), []);
});
