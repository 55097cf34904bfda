import { deepStrictEqual, match, strictEqual } from "node:assert";
import { type ExitReason, Pid, Runtime, type SendTimer } from "@rusm/otp";
import { type GuestMessage, type GuestRequest, SystemLimit } from "@rusm/wasm";
import { exchange, type Handler } from "./exchange.ts";
import {
  COMPONENT,
  reply,
  STAYING,
  TestNode,
  waitForEver,
} from "./testdata/test_node.ts";

const HANDLER: Handler = {
  component: COMPONENT,
  action: null,
  params: [],
  timeoutMs: 60_000,
  bodyBytesMax: 10,
};

/** Answers a request, and checks that no process is left. */
async function answered(
  node: TestNode,
  handler: Partial<Handler> = {},
  request: Request = new Request("http://a/"),
): Promise<Response> {
  const response = await exchange(
    node,
    { ...HANDLER, ...handler },
    request,
    STAYING,
  );
  // The processes' last steps are still to come.
  await node.turn();
  deepStrictEqual(node.runtime.list(), []);
  return response;
}

Deno.test("exchange() asks a guest and answers what it replies", async () => {
  const asked: GuestRequest[] = [];
  const node = new TestNode((self, request) => {
    asked.push(request);
    reply(self, request, '{"status":201,"headers":[["x-a","b"]]}');
  });
  const request = new Request("http://a/users/7?x", {
    method: "POST",
    headers: { "x-b": "c" },
    body: new Uint8Array([1, 2]),
  });
  const handler = { action: "show", params: [["id", "7"]] as const };
  const response = await answered(node, handler, request);
  deepStrictEqual([response.status, response.headers.get("x-a")], [201, "b"]);
  const [{ type, head, body }] = asked as [GuestRequest];
  deepStrictEqual([type, body], ["request", new Uint8Array([1, 2])]);
  deepStrictEqual(JSON.parse(head), {
    method: "POST",
    url: "http://a/users/7?x",
    headers: [["x-b", "c"]],
    params: [["id", "7"]],
    action: "show",
  });
});

Deno.test("exchange() spawns a guest for each request", async () => {
  const node = new TestNode((self, request) => reply(self, request));
  for (let count = 1; count <= 3; count++) {
    strictEqual((await answered(node)).status, 200);
    strictEqual(node.guests.length, count);
  }
});

const CRASH: ExitReason = { type: "crashed", name: "Error", message: "no" };

/** How a guest ends without a reply, and the status. */
// deno-fmt-ignore
const ENDS: readonly (readonly [string, ExitReason, number])[] = [
  ["normal", "normal", 502],
  ["killed", "killed", 502],
  ["noproc", "noproc", 502],
  ["a lost scheduler", "noconnection", 502],
  ["a crash", CRASH, 502],
  ["the limit of memory", { type: "limit", limit: "memory", message: "" }, 502],
  ["the limit of CPU time", { type: "limit", limit: "cpu", message: "" }, 504],
  ["the node's stop", "shutdown", 503],
];

for (const [what, reason, status] of ENDS) {
  Deno.test(`exchange() answers ${status} when the guest ends with ${what}`, async () => {
    const node = new TestNode((self) => self.exit(reason));
    strictEqual((await answered(node)).status, status);
    // Who runs the guest logs its end.
    deepStrictEqual(node.lines, []);
  });
}

Deno.test("exchange() answers 502 when someone kills the guest", async () => {
  const node = new TestNode((self) => {
    self.runtime.kill(self.pid);
    return waitForEver(self);
  });
  strictEqual((await answered(node)).status, 502);
});

Deno.test("exchange() answers 502 when the guest's scheduler is lost", async () => {
  const node = new TestNode(() => {});
  const { runtime } = node;
  runtime.connect(1, { send: () => true });
  const guest = runtime.allot<GuestMessage>(1);
  const engine = { ...node.engine, spawn: () => guest };
  const lost = { ...node, runtime, engine, stopping: node.stopping };
  const response = exchange(
    lost,
    HANDLER,
    new Request("http://a/"),
    STAYING,
  );
  while (runtime.list().length > 0) {
    runtime.disconnect(1, CRASH);
    await node.turn();
  }
  strictEqual((await response).status, 502);
});

Deno.test("exchange() answers 502 and logs why when a reply is nonsense", async () => {
  const node = new TestNode((self, request) => reply(self, request, "{"));
  strictEqual((await answered(node)).status, 502);
  strictEqual(node.lines.length, 1);
  match(node.lines[0]!, /^Cannot use the reply of api, <0\.0\.1>: .*JSON/);
});

Deno.test("exchange() answers 504 and ends the guest when its time is over", async () => {
  const node = new TestNode(waitForEver);
  const response = await answered(node, { timeoutMs: 1 });
  strictEqual(response.status, 504);
});

/** A runtime whose timers' messages find no room. */
class FullRuntime extends Runtime {
  override sendAfter(): SendTimer {
    return { cancel: () => true, isPending: true };
  }
}

Deno.test("exchange() answers 504 in time also when a flood keeps the time from it", async () => {
  let isEnded = false;
  const node = new TestNode(async (self, { from }) => {
    const waiter: Pid<Uint8Array> = Pid.fromBigInt(BigInt(from));
    while (!isEnded) {
      self.runtime.send(waiter, new Uint8Array(1));
      await node.turn();
    }
  }, new FullRuntime());
  const client = { ...STAYING, onEnd: () => void (isEnded = true) };
  const handler = { ...HANDLER, timeoutMs: 1 };
  const request = new Request("http://a/");
  strictEqual((await exchange(node, handler, request, client)).status, 504);
  while (!isEnded) await node.turn();
  await node.turn();
  deepStrictEqual(node.runtime.list(), []);
});

Deno.test("exchange() answers 503 when there is no room for a process", async () => {
  const node = new TestNode(() => {});
  node.engine.spawnMonitor = () => {
    throw new SystemLimit("api");
  };
  const response = await answered(node);
  deepStrictEqual([response.status, response.headers.get("retry-after")], [
    503,
    "1",
  ]);
  deepStrictEqual(node.lines, []);
});

function broken(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull: (controller) => controller.error(new Error("gone")),
  });
}

/** A body, whether the node stops, and the status: no guest is spawned. */
// deno-fmt-ignore
const BODIES: readonly (readonly [string, () => BodyInit, boolean, number])[] = [
  ["too large", () => "12345678901", false, 413],
  ["too slow", () => new ReadableStream(), false, 408],
  ["broken", broken, false, 400],
  ["under way when the node stops", () => new ReadableStream(), true, 503],
];

for (const [what, body, isStopping, status] of BODIES) {
  Deno.test(`exchange() answers ${status} when the body is ${what}`, async () => {
    const node = new TestNode(() => {});
    if (isStopping) node.stopping.begin();
    const request = new Request("http://a/", { method: "POST", body: body() });
    const response = await answered(node, { timeoutMs: 100 }, request);
    strictEqual(response.status, status);
    deepStrictEqual(node.guests, []);
  });
}

Deno.test("exchange() goes on waiting when others send bytes", async () => {
  const node = new TestNode((self, request) => {
    const waiter: Pid<Uint8Array> = Pid.fromBigInt(BigInt(request.from));
    for (let count = 0; count < 3; count++) {
      self.runtime.send(waiter, new Uint8Array(1));
    }
    reply(self, request);
  });
  strictEqual((await answered(node)).status, 200);
});

Deno.test("exchange() keeps nothing of the bytes that others send", async () => {
  const depths: (number | undefined)[] = [];
  const node = new TestNode((self, request) => {
    const waiter: Pid<Uint8Array> = Pid.fromBigInt(BigInt(request.from));
    for (let count = 0; count < 100; count++) {
      self.runtime.send(waiter, new Uint8Array(1));
      depths.push(self.runtime.info(waiter)?.mailboxDepth);
    }
  });
  // The guest's end is never refused.
  strictEqual((await answered(node)).status, 502);
  deepStrictEqual(depths, Array(100).fill(0));
});

Deno.test("exchange() answers 500, logs why and ends the guest when the fault is ours", async () => {
  const node = new TestNode(waitForEver);
  const notes = {
    set guest(_: Pid) {
      raise("the table is torn");
    },
  };
  const response = await answered(node, { notes });
  strictEqual(response.status, 500);
  strictEqual(await response.text(), "internal server error\n");
  strictEqual(node.lines.length, 1);
  match(
    node.lines[0]!,
    /^Cannot answer a request: crashed: TypeError: the table is torn\n[^]* at raise /,
  );
  strictEqual(node.guests.length, 1);
});

Deno.test("exchange() answers 500 when the fault is ours before there is a guest", async () => {
  const node = new TestNode(waitForEver);
  const params = { map: () => raise("the table is torn") };
  const response = await answered(node, {
    params: params as unknown as Handler["params"],
  });
  strictEqual(response.status, 500);
  strictEqual(node.lines.length, 1);
  strictEqual(node.guests.length, 0);
});

Deno.test("exchange() answers 500 when no guest can be spawned for a fault of ours", async () => {
  const node = new TestNode(() => {});
  node.engine.spawnMonitor = () => raise("no pool");
  strictEqual((await answered(node)).status, 500);
  match(
    node.lines[0]!,
    /^Cannot answer a request: crashed: TypeError: no pool/,
  );
});

Deno.test("exchange() answers 500 when someone ends the native process", async () => {
  const node = new TestNode((self, request) => {
    self.runtime.kill(Pid.fromBigInt(BigInt(request.from)));
  });
  strictEqual((await answered(node)).status, 500);
  deepStrictEqual(node.lines, ["Cannot answer a request: killed"]);
});

function raise(message: string): never {
  throw new TypeError(message);
}
