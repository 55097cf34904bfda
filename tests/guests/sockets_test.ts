/** Programs that talk to each other over sockets, on our host. */

import { deepStrictEqual, match, strictEqual } from "node:assert";
import { type Down, formatReason, Runtime } from "@rusm/otp";

import {
  BUILT_IN_PROFILES,
  type Capability,
  defineProfile,
} from "../../wasm/capability.ts";
import { Engine } from "../../wasm/engine.ts";
import { linesOf, rusm } from "../cli/program.ts";
import { builtPath } from "./paths.ts";
import { LocalCommand, readGuest } from "./testdata/run.ts";

const GUEST = "p2_sockets";
const TRUSTED = BUILT_IN_PROFILES.get("trusted")!;
const SANDBOXED = BUILT_IN_PROFILES.get("sandboxed")!;

/** A program that has been started. */
interface Started {
  /** The next line that it prints; undefined at its end. */
  next(): Promise<string | undefined>;
}

/** Where programs run. */
interface Place {
  start(...args: string[]): Started;
  close(): Promise<void>;
}

/** Each by `rusm exec`, in a process of the system. */
function programs(): Promise<Place> {
  const children: Deno.ChildProcess[] = [];
  const start = (...args: string[]): Started => {
    const path = builtPath(GUEST).pathname;
    const words = ["exec", "--capability", "trusted", path, "--", ...args];
    const child = rusm(words, Deno.cwd());
    children.push(child);
    const lines = linesOf(child.stdout);
    return { next: async () => (await lines.next()).value };
  };
  const close = async () => {
    for (const child of children) {
      await child.stderr.cancel();
      strictEqual((await child.status).code, 0);
    }
  };
  return Promise.resolve({ start, close });
}

/** Each as a process of one node, on `schedulersPerPool` threads. */
async function processes(
  schedulersPerPool: number,
  capability = TRUSTED,
): Promise<Place> {
  const runtime = new Runtime();
  const printed = new Map<string, Printed>();
  const engine = new Engine(runtime, {
    schedulersPerPool,
    observer: {
      logged: (pid, _name, _level, text) => printed.get(`${pid}`)?.add(text),
    },
  });
  const component = await engine.loadComponent(
    GUEST,
    await readGuest(GUEST),
    capability,
  );
  const start = (...args: string[]): Started => {
    const lines = new Printed();
    runtime.spawn<Down>(async (self) => {
      const { pid } = engine.spawnMonitor(self, component, {
        entry: "run",
        args: [GUEST, ...args],
      });
      printed.set(`${pid}`, lines);
      lines.end((await self.receive()).reason);
    });
    return lines;
  };
  return { start, close: () => engine.close() };
}

/** What a process has printed, line by line. */
class Printed implements Started {
  #lines: (string | undefined)[] = [];
  #waiting: ((line: string | undefined) => void) | undefined;

  add(line: string | undefined): void {
    if (this.#waiting === undefined) return void this.#lines.push(line);
    this.#waiting(line);
    this.#waiting = undefined;
  }

  end(reason: Down["reason"]): void {
    if (reason !== "normal") this.add(formatReason(reason));
    this.add(undefined);
  }

  next(): Promise<string | undefined> {
    if (this.#lines.length > 0) return Promise.resolve(this.#lines.shift());
    return new Promise((resolve) => this.#waiting = resolve);
  }
}

const PLACES: readonly (readonly [name: string, open: () => Promise<Place>])[] =
  [
    ["two programs of rusm exec", programs],
    ["two processes of one thread", () => processes(1)],
    ["two processes of two threads", () => processes(2)],
  ];

async function linesUntilEnd(started: Started): Promise<string[]> {
  const lines: string[] = [];
  for (let line; (line = await started.next()) !== undefined;) lines.push(line);
  return lines;
}

type Pair = readonly [
  server: string,
  client: string,
  served: readonly string[],
  asked: readonly (string | RegExp)[],
];

// A server prints first where it listens. PORT is that of the server.
// deno-fmt-ignore
const PAIRS: readonly Pair[] = [
  ["udp-serve 127.0.0.1 0",       "udp-ask 127.0.0.1 PORT hello",  ["hello"], [/^127\.0\.0\.1:\d+$/, "hello"]],
  ["tcp-serve 127.0.0.1 0",       "tcp-ask 127.0.0.1 PORT hello",  ["done"],  [/^127\.0\.0\.1:\d+ 127\.0\.0\.1:\d+$/, "hello"]],
  ["tcp-serve 127.0.0.1 0",       "tcp-shut 127.0.0.1 PORT",       ["done"],  ["ok closed closed"]],
  ["tcp-ignore 127.0.0.1 0 2000", "tcp-flood 127.0.0.1 PORT 100",  ["done"],  ["stuck", /connection-reset$/]],
];

for (const [where, open] of PLACES) {
  for (const [server, client, served, asked] of PAIRS) {
    Deno.test(`${server} and ${client} come to their end as ${where}`, async () => {
      const place = await open();
      const serving = place.start(...server.split(" "));
      const [, port] = /^listens 127\.0\.0\.1:(\d+)$/.exec(
        (await serving.next())!,
      )!;
      const asking = place.start(...client.replace("PORT", port!).split(" "));
      const lines = await linesUntilEnd(asking);
      strictEqual(lines.length, asked.length, lines.join("\n"));
      asked.forEach((line, nth) => {
        if (typeof line === "string") strictEqual(lines[nth], line);
        else match(lines[nth]!, line);
      });
      deepStrictEqual(await linesUntilEnd(serving), served);
      await place.close();
    });
  }
}

const LIMITED = defineProfile("limited", {
  inherits: "trusted",
  network: ["127.0.0.1:1", "localhost"],
});

// Nobody listens at port 1.
// deno-fmt-ignore
const ROWS: readonly (readonly [line: string, capability: Capability, output: string])[] = [
  ["tcp-ask 127.0.0.1 1 x",   TRUSTED,   "error: connection-refused"],
  ["tcp-ask 127.0.0.1 1 x",   LIMITED,   "error: connection-refused"],
  ["tcp-ask 127.0.0.1 2 x",   LIMITED,   "error: access-denied"],
  ["tcp-ask 127.0.0.1 1 x",   SANDBOXED, "error: access-denied"],
  ["tcp-serve 127.0.0.1 0",   LIMITED,   "error: access-denied"],
  ["tcp-serve 127.0.0.1 0",   SANDBOXED, "error: access-denied"],
  ["tcp-serve 192.0.2.1 0",   TRUSTED,   "error: address-not-bindable"],
  ["udp-ask 127.0.0.1 1 x",   LIMITED,   "error: access-denied"],
  ["udp-ask 127.0.0.1 1 x",   SANDBOXED, "error: access-denied"],
  ["udp-serve 127.0.0.1 0",   SANDBOXED, "error: access-denied"],
  ["udp-serve 192.0.2.1 0",   TRUSTED,   "error: address-not-bindable"],
  ["lookup 192.0.2.1",        SANDBOXED, "192.0.2.1"],
  ["lookup localhost",        SANDBOXED, "error: access-denied"],
  ["lookup other.invalid",    LIMITED,   "error: access-denied"],
  ["lookup not/a/name",       TRUSTED,   "error: invalid-argument"],
  ["tcp-options 9",           TRUSTED,   "ok ok ok ok error: not-supported ok ok 0 1 7200000000000 75000000000 9 64 65536 65536"],
  ["udp-options 9",           TRUSTED,   "ok ok ok 0 9 65536 65536"],
];

for (const [line, capability, expected] of ROWS) {
  Deno.test(`p2_sockets ${line} prints ${expected} as ${capability.name}`, async () => {
    const command = await LocalCommand.load(GUEST, { capability });
    const { output } = await command.run(...line.split(" "));
    strictEqual(output, `${expected}\n`);
  });
}

Deno.test("p2_sockets lookup localhost finds this machine", async () => {
  for (const capability of [TRUSTED, LIMITED]) {
    const command = await LocalCommand.load(GUEST, { capability });
    match(
      (await command.run("lookup", "localhost")).output,
      /127\.0\.0\.1|ipv6/,
    );
  }
});

// In a Worker that Deno lets reach no other host.
Deno.test("p2_sockets tcp-find reaches what it finds by a name that is granted", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  const network = ["localhost"];
  const place = await processes(1, { ...TRUSTED, network });
  const echoing = echoOne(listener);
  const found = await linesUntilEnd(
    place.start("tcp-find", "localhost", `${port}`, "hello"),
  );
  deepStrictEqual(found.slice(1), ["hello"]);
  await echoing;
  const asked = place.start("tcp-ask", "127.0.0.1", `${port}`, "hello");
  strictEqual(await asked.next(), "error: access-denied");
  await place.close();
  listener.close();
});

async function echoOne(listener: Deno.TcpListener): Promise<void> {
  const conn = await listener.accept();
  await conn.readable.pipeTo(conn.writable);
}
