import { deepStrictEqual, match, strictEqual } from "node:assert";
import { MemoryStore } from "../actor/testdata/memory_store.ts";
import { defineProfile } from "../capability.ts";
import type {
  ConnectionInfo,
  ConnectionSink,
  ServerEvent,
} from "../node/connection.ts";
import { runApp, SANDBOXED } from "./testdata/app.ts";

/** Answers with what it is sent, until that is `end`. */
const ECHO = `
  const to = BigInt(Process.receiveText());
  for (let heard; (heard = Process.receiveText()) !== "end";) Process.send(to, "echo " + heard);`;
const WAIT = `Process.receive();`;
const CRASH = `throw new Error("crash");`;
const OTHERS = { echo: ECHO, wait: WAIT, crash: CRASH };

// What each logs, line by line. The children are on both schedulers.
const CASES: Record<string, [main: string, lines: (string | RegExp)[]]> = {
  "Process.spawn() starts a component, with which messages are exchanged": [
    `
    for (const pid of [Process.spawn("echo"), Process.spawn("echo")]) {
      Process.send(pid, String(Process.self()));
      Process.send(pid, "a");
      console.log(Process.receiveText());
    }`,
    ["echo a", "echo a"],
  ],
  "Process.spawn() and supervise() throw what there is to say": [
    `
    for (const use of [
      () => Process.spawn("nobody"),
      () => Process.spawn("wait", "inline:1"),
      () => Process.spawnFrom("nobody", "inline:1"),
      () => Process.supervise("one-for-one", ["wait", "nobody"]),
      () => Process.supervise("one-for-one", ["x".repeat(2000)]),
    ]) try { use() } catch (error) { console.log(error.name, error.message.slice(0, 50)) }`,
    [
      "Error unknown component `nobody`",
      "Error `wait` is not a dynamic template (use `spawn` for ",
      "Error unknown component `nobody`",
      "Error unknown component `nobody`",
      /^RangeError Cannot take a name of more than/,
    ],
  ],
  "Process.monitor() tells of each end once, and of whom is not there": [
    `
    const pids = [Process.spawn("wait"), Process.spawn("wait"), Process.spawn("crash"), Process.spawn("crash")];
    for (const pid of pids) console.log(typeof Process.monitor(pid));
    Process.kill(pids[0]);
    Process.send(pids[1], "");
    const heard = new Map(pids.map(() => JSON.parse(Process.receiveText())).map((each) => [each.__down, each.reason]));
    for (const pid of pids) console.log(heard.get(String(pid)));
    Process.monitor(pids[0]);
    console.log(JSON.parse(Process.receiveText()).reason, Process.receive(20));`,
    [
      ...["number", "number", "number", "number"],
      ...["killed", "normal"],
      /crashed|noproc/,
      /crashed|noproc/,
      "noproc null",
    ],
  ],
  "Process.demonitor() ends a monitor, and drops what was told": [
    `
    const pid = Process.spawn("wait");
    const monitor = Process.monitor(pid);
    console.log(Process.demonitor(monitor), Process.demonitor(monitor), Process.demonitor(null));
    Process.kill(pid);
    console.log(Process.receive(20));
    const late = Process.monitor(pid);
    while (Process.info(Process.self()).mailboxDepth === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    console.log(Process.demonitor(late, true), Process.receive(0));`,
    ["true false false", "null", "false null"],
  ],
  "Process.link() ends this process with another": [
    `
    Process.link(Process.spawn("crash"));
    Process.receive();`,
    [],
  ],
  "Process.trapExit() makes messages of exit signals": [
    `
    console.log(Process.trapExit(true), Process.trapExit(true));
    for (const name of ["wait", "wait", "crash"]) {
      const pid = Process.spawn(name);
      console.log(Process.link(pid));
      Process.kill(pid);
      const exit = JSON.parse(Process.receiveText());
      console.log(exit.__exit === String(pid), exit.reason);
    }
    console.log(Process.trapExit(false));`,
    [
      "false true",
      ...["true", "true killed", "true", "true killed"],
      ...["true", /true (killed|crashed|noproc)/, "true"],
    ],
  ],
  "Process.unlink() ends a link, and only one that it has made": [
    `
    const pid = Process.spawn("wait");
    console.log(Process.unlink(pid), Process.link(pid), Process.unlink(pid), Process.unlink(pid));
    Process.kill(pid);
    console.log(Process.receive(20));
    const supervisor = Process.supervise("one-for-one", ["wait"]);
    console.log(Process.unlink(supervisor), Process.info(Process.self()).links);`,
    ["false true true false", "null", "false 1"],
  ],
  "Process.list(), info(), isAlive() and kill() reach all schedulers": [
    `
    const pids = [Process.spawn("wait"), Process.spawn("wait")];
    Process.setLabel("me");
    console.log(pids.every((pid) => Process.list().includes(pid)), Process.list().includes(Process.self()));
    for (const pid of pids) {
      const info = Process.info(pid);
      console.log(info.pid === pid, info.label, info.links, info.trapExit, Array.isArray(info.names));
      console.log(Process.isAlive(pid), Process.kill(pid), Process.isAlive(pid), Process.kill(pid), Process.info(pid));
    }
    console.log(Process.info(Process.self()).label);`,
    [
      "true true",
      ...["true wait 0 false true", "true true false false null"],
      ...["true wait 0 false true", "true true false false null"],
      "me",
    ],
  ],
  "Process.register() gives names that all schedulers know": [
    `
    console.log(Process.register("main"), Process.whereis("main") === Process.self(), Process.whereis("other"));
    console.log(Process.register("main"), Process.info(Process.self()).names.join());
    console.log(Process.unregister("main"), Process.whereis("main"), Process.unregister("main"));`,
    [/^true true null$/, /^(true|false) main$/, "true null false"],
  ],
  "Process.registerTag() joins groups of the node": [
    `
    console.log(Process.registerTag("t"), Process.whereisTag("t").length, Process.unregisterTag("t"), Process.unregisterTag("t"));
    for (const pid of [Process.spawn("member"), Process.spawn("member")]) {
      Process.send(pid, String(Process.self()));
      Process.receive();
    }
    console.log(Process.whereisTag("t").length, Process.killTag("t"), Process.killTag("none"));`,
    ["true 1 true false", "2 2 0"],
  ],
  "Process.sendAfter() sends later, and cancelTimer() takes it back": [
    `
    const self = Process.self();
    const timers = [Process.sendAfter(self, 1e6, "never"), Process.sendAfter(self, 20, "b"), Process.sendAfter(self, 0.5, "a")];
    console.log(timers.join(), Process.receiveText(), Process.receiveText());
    console.log(timers.map((timer) => Process.cancelTimer(timer)).join(), Process.cancelTimer(0), Process.cancelTimer(99));`,
    ["0,1,2 a b", "true,false,false false false"],
  ],
  "Process.supervise() starts children, and starts them again": [
    `
    const supervisor = Process.supervise("one-for-all", ["named", "wait"], 3, 5000);
    Process.monitor(supervisor);
    let pid;
    while ((pid = Process.whereis("named")) === null) Process.receive(1);
    Process.kill(pid);
    let again;
    while ((again = Process.whereis("named")) === null || again === pid) Process.receive(1);
    console.log(Process.isAlive(supervisor), again !== pid);`,
    ["true true"],
  ],
  "Process.exit() ends at once, whatever catches": [
    `
    try { console.log("before"); Process.exit("mine"); } catch { console.log("caught"); } finally { console.log("finally"); }`,
    ["before"],
  ],
  "Process.args() is what it was started with": [
    `console.log(Process.args().join(), process.env.GIVEN, Object.keys(process.env).includes("GIVEN"));`,
    ["main,-v yes true"],
  ],
  "Process.connection() and its frames are nothing without a connection": [
    `console.log(Process.connection(), Process.sendText("x"), Process.sendBytes("x"), Process.sseSend("x"), Process.wsClose());`,
    ["null false false false undefined"],
  ],
};

const MEMBER =
  `Process.registerTag("t"); Process.send(BigInt(Process.receiveText()), ""); Process.receive();`;
const NAMED = `Process.register("named"); Process.receive();`;

for (const [name, [main, expected]] of Object.entries(CASES)) {
  Deno.test(name, async () => {
    const { lines, reason } = await runApp(main, {
      others: { ...OTHERS, member: MEMBER, named: NAMED },
      start: { args: ["main", "-v"], env: { GIVEN: "yes" } },
    });
    expectLines(lines, expected, reason);
    if (name.includes("link() ends this")) match(reason, /crash|noproc/);
    else if (name.includes("exit()")) match(reason, /mine/);
    else strictEqual(reason, "normal");
  });
}

function expectLines(
  lines: string[],
  expected: (string | RegExp)[],
  reason: string,
): void {
  strictEqual(lines.length, expected.length, `${lines.join("\n")}\n${reason}`);
  for (const [index, each] of expected.entries()) {
    if (typeof each === "string") strictEqual(lines[index], each);
    else match(lines[index]!, each);
  }
}

Deno.test("Process.link() is for what a process has spawned, without process-control", async () => {
  const { lines } = await runApp(
    `const child = Process.spawn("wait"), other = BigInt(Process.args()[0]);
    console.log(Process.link(child), Process.link(other), typeof Process.monitor(other));
    Process.unlink(child);`,
    {
      capability: defineProfile("spawner", { spawn: true }),
      others: OTHERS,
      running: WAIT,
    },
  );
  deepStrictEqual(lines, ["true false number"]);
});

Deno.test("Process.kill() and the like are for what a process has spawned, without process-control", async () => {
  const { lines } = await runApp(
    `const other = BigInt(Process.args()[0]);
    const children = Array.from({ length: 4 }, () => Process.spawn("wait"));
    for (const child of children) {
      console.log(Process.info(child).pid === child, Process.isAlive(child), Process.kill(child), Process.isAlive(child), Process.kill(child));
    }
    console.log(Process.info(other), Process.isAlive(other), Process.kill(other));
    const service = spawn("wait");
    console.log(service.stop(), service.stop());`,
    {
      capability: defineProfile("spawner", { spawn: true }),
      others: OTHERS,
      running: WAIT,
    },
  );
  deepStrictEqual(lines, [
    ...Array.from({ length: 4 }, () => "true true true false false"),
    "null false false",
    "true false",
  ]);
});

/** A client that tells what it is sent. */
class Client implements ConnectionSink {
  readonly heard: unknown[] = [];

  sendText(data: Uint8Array): boolean {
    return this.#hear(new TextDecoder().decode(data));
  }

  sendBytes(data: Uint8Array): boolean {
    return this.#hear([...data]);
  }

  sendEvent(event: ServerEvent): boolean {
    return this.#hear(event.data, event.event, event.id, event.retry);
  }

  close(code: number, reason: string): void {
    this.#hear(code, reason);
  }

  #hear(...what: unknown[]): boolean {
    this.heard.push(what);
    return true;
  }
}

Deno.test("Process.connection() says what it was spawned for, and frames reach the client", async () => {
  const sink = new Client();
  const info: ConnectionInfo = {
    ...{ method: "GET", path: "/p", query: "q=1", remoteAddr: "" },
    params: [["id", "7"]],
    headers: [["a", "b"]],
  };
  const { lines } = await runApp(
    `console.log(JSON.stringify(Process.connection()));
    console.log(Process.sendText("é"), Process.sendBytes(new Uint8Array([0, 255])));
    console.log(Process.sseSend("d"), Process.sseSend("d", "e", "i", 5));
    Process.wsClose(4000, "done");`,
    { capability: SANDBOXED, start: { connection: { info, sink } } },
  );
  deepStrictEqual(lines.slice(1), ["true true", "true true"]);
  deepStrictEqual(JSON.parse(lines[0]!), { ...info, subprotocol: null });
  deepStrictEqual(sink.heard, [
    ["é"],
    [[0, 255]],
    ["d", undefined, undefined, undefined],
    ["d", "e", "i", 5],
    [4000, "done"],
  ]);
});

Deno.test("kv does what the store does", async () => {
  const store = new MemoryStore();
  const { lines, reason } = await runApp(
    `const bucket = kv.bucket("b");
    console.log(bucket.get("k"), bucket.exists("k"), bucket.delete("k"), bucket.list().length);
    bucket.set("k", "value");
    bucket.set("bytes", new Uint8Array([1, 2]), { ttlMs: 5000 });
    console.log(text(bucket.get("k")), [...bucket.get("bytes")].join(), bucket.exists("k"), await bucket.list());
    console.log(bucket.getText("k"), bucket.getText("none"), bucket.getText("bytes").length);
    console.log(bucket.compareAndSet("k", "other", "x"), bucket.compareAndSet("k", "value", "x"), text(bucket.get("k")));
    console.log(bucket.compareAndSet("n", null, "new"), bucket.compareAndSet("n", "new", null), bucket.exists("n"));
    kv.batch([
      { op: "set", bucket: "c", key: "a1", value: "1" },
      { op: "set", bucket: "c", key: "a2", value: new Uint8Array([7]) },
      { op: "set", bucket: "c", key: "b", value: "" },
      { op: "delete", bucket: "b", key: "k" },
    ]);
    const other = kv.bucket("c");
    console.log(text(other.get("a1")), [...other.get("a2")].join(), other.get("b").length, bucket.exists("k"));
    console.log(other.list({ prefix: "a" }).join(), other.list({ after: "a1" }).join(), other.list({ limit: 1 }).join());
    for (const use of [
      () => kv.bucket("broken").get("k"),
      () => kv.batch([{ op: "swap", bucket: "b", key: "k" }]),
      () => kv.batch(Array.from({ length: 1001 }, () => ({ op: "delete", bucket: "b", key: "k" }))),
      () => bucket.set("k", 7),
    ]) try { use() } catch (error) { console.log(error.name, error.message) }`,
    { store },
  );
  strictEqual(reason, "normal");
  deepStrictEqual(lines, [
    "null false false 0",
    'value 1,2 true [ "bytes", "k" ]',
    "value null 2",
    "false true x",
    "true true false",
    "1 7 0 false",
    "a1,a2 a2,b a1",
    "Error the disk is full",
    "TypeError Cannot write by this: swap",
    "RangeError Cannot write more than 1000 values at once",
    "TypeError Cannot take neither text nor bytes: got number",
  ]);
});

// What a process may not do, and what it is told.
const DENIED: [use: string, told: string][] = [
  [`Process.spawn("wait")`, "spawn denied: missing the spawn capability"],
  [
    `Process.spawnFrom("wait", "inline:1")`,
    "spawn denied: missing the spawn capability",
  ],
  [
    `Process.supervise("one-for-one", ["wait"])`,
    "supervise denied: missing the spawn capability",
  ],
  [`kv.bucket("b").get("k")`, "kv denied: missing the storage capability"],
  [`kv.bucket("b").set("k", "v")`, "kv denied: missing the storage capability"],
  [`kv.bucket("b").delete("k")`, "kv denied: missing the storage capability"],
  [`kv.bucket("b").exists("k")`, "kv denied: missing the storage capability"],
  [`kv.bucket("b").list()`, "kv denied: missing the storage capability"],
  [
    `kv.bucket("b").compareAndSet("k", null, "v")`,
    "kv denied: missing the storage capability",
  ],
  [`kv.batch([])`, "kv denied: missing the storage capability"],
  [`Process.monitor(other)`, "= null"],
  [`Process.link(other)`, "= false"],
  [`Process.unlink(other)`, "= false"],
  [`Process.info(other)`, "= null"],
  [`Process.isAlive(other)`, "= false"],
  [`Process.kill(other)`, "= false"],
  [`Process.killTag("t")`, "= 0"],
  [`Process.unregister("named")`, "= false"],
  [`Process.list().length`, "= 1"],
  [`Process.isAlive(Process.self())`, "= true"],
];

Deno.test("a sandboxed process is denied what it was not granted", async () => {
  const uses = DENIED.map(([use]) => `() => ${use}`).join(",\n");
  const { lines, reason } = await runApp(
    `let other;
    while ((other = Process.whereis("named")) === null) Process.receive(1);
    for (const use of [${uses}]) {
      try { console.log("=", use()) } catch (error) { console.log(error.message) }
    }
    console.log(Process.whereis("named") === other);`,
    {
      capability: SANDBOXED,
      store: new MemoryStore(),
      running: NAMED,
    },
  );
  strictEqual(reason, "normal");
  deepStrictEqual(
    Object.fromEntries(DENIED.map(([use], index) => [use, lines[index]])),
    Object.fromEntries(DENIED),
  );
  strictEqual(lines.at(-1), "true");
});
