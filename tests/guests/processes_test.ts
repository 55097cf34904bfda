/** Processes in C, AssemblyScript, Rust and text, on a node that is told what to say. */

import { deepStrictEqual, strictEqual } from "node:assert";

import { ComponentError } from "../../wasm/component/canonical/mod.ts";
import { LocalComponent } from "../../wasm/component/testdata/run.ts";
import { WASI_P2 } from "../../wasm/wasi/p2/mod.ts";
import { FakeNode } from "./testdata/node.ts";
import { readGuest } from "./testdata/run.ts";

async function run(guest: string, node: FakeNode): Promise<void> {
  const isWhole = guest.endsWith("_all_in_actor");
  const own = isWhole ? await node.whole() : await node.divided();
  const component = await LocalComponent.load(await readGuest(guest), {
    hosts: [...own, ...WASI_P2],
  });
  strictEqual(await component.run(), "normal");
}

for (const guest of ["echo_wat", "echo_assemblyscript", "echo_rust"]) {
  Deno.test(`${guest} sends back what it gets, to whom it says`, async () => {
    const long = "long ".repeat(40_000);
    const messages = [
      "7\none",
      "18446744073709551615\n",
      `8\n${long}`,
      "9\na\nb",
    ];
    const node = new FakeNode([...messages, "no line end"]);
    await run(guest, node);
    deepStrictEqual(node.calls, [
      ["send", 7n, "one"],
      ["send", 18446744073709551615n, ""],
      ["send", 8n, long],
      ["send", 9n, "a\nb"],
    ]);
  });

  Deno.test(`${guest} ends at once with an empty message`, async () => {
    const node = new FakeNode([""]);
    await run(guest, node);
    deepStrictEqual(node.calls, []);
  });
}

const INFO = {
  pid: 7n,
  links: 1,
  monitors: 2,
  names: ["a", "b"],
  label: "x",
  mailboxDepth: 3,
  trapExit: true,
};
const CONNECTION = {
  method: "GET",
  path: "/p",
  query: "q=1",
  params: [["id", "7"]],
  headers: [["host", "a"], ["x", "y"]],
  remoteAddr: "127.0.0.1:1",
  subprotocol: "chat",
};
const DENIED = new ComponentError("no");

type Row = readonly [
  asked: string,
  values: readonly unknown[],
  given: unknown,
  answered: string,
];

// deno-fmt-ignore
const ROWS: readonly Row[] = [
  ["own-pid",                            [],                       7n,         "7"],
  ["spawn\nx",                           ["x"],                    5n,         "5"],
  ["spawn\nx",                           ["x"],                    DENIED,     "error: no"],
  ["spawn-from\nx\ninline:1",            ["x", "inline:1"],        5n,         "5"],
  ["supervise\n1\n3\n5000\nx\ny",        ["one-for-all", ["x", "y"], 3, 5000], 6n, "6"],
  ["supervise\n2\n0\n0\nx",              ["rest-for-one", ["x"], 0, 0], DENIED, "error: no"],
  ["monitor\n8",                         [8n],                     undefined,  "ok"],
  ["list-processes",                     [],                       BigUint64Array.of(1n, 2n), "1 2"],
  ["list-processes",                     [],                       [],         ""],
  ["info\n7",                            [7n],                     INFO,       "7|1|2|a b|x|3|true"],
  ["info\n7",                            [7n],                     undefined,  "none"],
  ["is-alive\n7",                        [7n],                     true,       "true"],
  ["kill\n7",                            [7n],                     false,      "false"],
  ["register\nname",                     ["name"],                 true,       "true"],
  ["unregister\nname",                   ["name"],                 false,      "false"],
  ["whereis\nname",                      ["name"],                 0n,         "0"],
  ["whereis\nname",                      ["name"],                 undefined,  "none"],
  ["set-label\nlabel",                   ["label"],                undefined,  "ok"],
  ["receive-timeout\n50",                [50n],                    new Uint8Array([97]), "a"],
  ["receive-timeout\n0",                 [0n],                     undefined,  "none"],
  ["stash\nlater",                       ["later"],                undefined,  "ok"],
  ["unstash",                            [],                       undefined,  "ok"],
  ["send-after\n7\n20\nlate",            [7n, 20n, "late"],        4n,         "4"],
  ["cancel-timer\n4",                    [4n],                     true,       "true"],
  ["log\n1\ncareful",                    ["warn", "careful"],      undefined,  "ok"],
  ["kv-get\nb\nk",                       ["b", "k"],               new Uint8Array([118]), "v"],
  ["kv-get\nb\nk",                       ["b", "k"],               undefined,  "none"],
  ["kv-get\nb\nk",                       ["b", "k"],               DENIED,     "error: no"],
  ["kv-set\nb\nk\nv",                    ["b", "k", "v"],          undefined,  "ok"],
  ["kv-delete\nb\nk",                    ["b", "k"],               true,       "true"],
  ["kv-exists\nb\nk",                    ["b", "k"],               DENIED,     "error: no"],
  ["kv-list\nb",                         ["b"],                    ["k", "l"], "k l"],
  ["register-tag\nt",                    ["t"],                    true,       "true"],
  ["unregister-tag\nt",                  ["t"],                    false,      "false"],
  ["whereis-tag\nt",                     ["t"],                    BigUint64Array.of(7n), "7"],
  ["kill-tag\nt",                        ["t"],                    3,          "3"],
  ["stream-open\n7",                     [7n],                     2n,         "2"],
  ["stream-open\n7",                     [7n],                     undefined,  "none"],
  ["stream-write\n2\nchunk",             [2n, "chunk"],            true,       "true"],
  ["stream-close\n2",                    [2n],                     undefined,  "ok"],
  ["stream-accept",                      [],                       3n,         "3"],
  ["stream-read\n3",                     [3n],                     undefined,  "none"],
];

// deno-fmt-ignore
const SERVING: readonly Row[] = [
  ["connection",                         [],                       CONNECTION, "GET|/p|q=1|id=7|host=a x=y|127.0.0.1:1|chat"],
  ["connection",                         [],                       undefined,  "none"],
  ["ws-received-text",                   [],                       false,      "false"],
  ["ws-send-text\nhi",                   ["hi"],                   true,       "true"],
  ["ws-close\n1000\nbye",                [1000, "bye"],            undefined,  "ok"],
  ["sse-send\ne\n1\n500\ndata",          ["data", "e", "1", 500],  true,       "true"],
  ["sse-send\n\n\n0\ndata",              ["data", undefined, undefined, undefined], false, "false"],
];

function check(guest: string, rows: readonly Row[]): void {
  for (const [asked, values, given, answered] of rows) {
    const name = `${guest} calls ${asked.split("\n").join(" ")}`;
    Deno.test(`${name} and answers ${answered}`, async () => {
      const [called] = asked.split("\n") as [string];
      const node = new FakeNode([`9\n${asked}`, "9\nreturn"], {
        [called]: given,
      });
      await run(guest, node);
      deepStrictEqual(node.calls, [[called, ...values], [
        "send",
        9n,
        answered,
      ]]);
    });
  }
}

check("probe", [...ROWS, ...SERVING]);
check("probe_all_in_actor", ROWS);

Deno.test("probe sends, receives, echoes, and says what it does not know", async () => {
  const asked = ["send\n7\nhi", "receive", "echo\nx", "fly"].map((each) =>
    `9\n${each}`
  );
  const messages = [
    asked[0]!,
    asked[1]!,
    "inner",
    asked[2]!,
    asked[3]!,
    "9\nreturn",
  ];
  const node = new FakeNode(messages);
  await run("probe", node);
  deepStrictEqual(node.calls, [
    ["send", 7n, "hi"],
    ["send", 9n, "ok"],
    ["send", 9n, "inner"],
    ["send", 9n, "x"],
    ["send", 9n, "error: unknown: fly"],
  ]);
});

for (const guest of ["probe", "probe_all_in_actor", "child"]) {
  Deno.test(`${guest} crashes on command`, async () => {
    const node = new FakeNode([guest === "child" ? "crash" : "9\ncrash"]);
    const hosts = guest === "probe_all_in_actor"
      ? node.whole()
      : node.divided();
    const component = await LocalComponent.load(await readGuest(guest), {
      hosts: await hosts,
    });
    const reason = await component.run();
    strictEqual(typeof reason === "object" && reason.type, "crashed");
  });
}

Deno.test("child tells its parent that it started, if it has one", async () => {
  const child = new FakeNode(["return"], { "whereis": 3n, "own-pid": 8n });
  await run("child", child);
  deepStrictEqual(child.calls, [
    ["whereis", "parent"],
    ["own-pid"],
    ["send", 3n, "started 8"],
  ]);
  const orphan = new FakeNode(["return"], { "own-pid": 8n });
  await run("child", orphan);
  deepStrictEqual(orphan.calls, [["whereis", "parent"], ["own-pid"]]);
});

Deno.test("counter counts, and begins anew when told", async () => {
  const asked = ["add\n2", "add\n40", "get", "reset", "stop"];
  const node = new FakeNode(asked.map((each) => `9\n${each}`), {
    register: true,
  });
  await run("counter", node);
  const counts = ["2", "42", "42", "0", "0"];
  deepStrictEqual(node.calls, [
    ["register", "counter"],
    ...counts.map((count) => ["send", 9n, count]),
  ]);
});
