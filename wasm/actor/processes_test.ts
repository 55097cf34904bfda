import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { formatReason, Pid } from "@rusm/otp";
import { defineProfile } from "../capability.ts";
import {
  built,
  SANDBOXED,
  type Teller,
  TRUSTED,
  withProbes,
} from "./testdata/probe.ts";
import { assembleMonitors } from "./testdata/wat.ts";

const SPAWNER = defineProfile("spawner", { spawn: true });
const CONTROLLER = defineProfile("controller", { processControl: true });

async function load(teller: Teller, capability = SANDBOXED) {
  const { engine } = teller;
  return await engine.loadModule("probe", built("probe"), capability);
}

Deno.test("spawn() starts a registered component under the profile that it was declared with", () =>
  withProbes(async (teller) => {
    const spawner = teller.spawn(await load(teller, SPAWNER));
    teller.engine.register("trusted", await load(teller, TRUSTED));
    teller.engine.register("sandboxed", await load(teller));
    for (const [name, list] of [["trusted", 3], ["sandboxed", 1]] as const) {
      const pid = await spawner.do("spawn", name);
      match(pid, /^\d+$/);
      const probe = teller.probe(Pid.fromBigInt(BigInt(pid)));
      const seen = (await probe.do("list-processes")).split(" ");
      ok(list === 1 ? seen.length === 1 : seen.length >= list, `${seen}`);
      ok(seen.includes(pid));
    }
  }));

Deno.test("spawn() starts a component without a profile under that of who spawns it", () =>
  withProbes(async (teller) => {
    teller.engine.registerUndeclared("any", built("probe"));
    for (const capability of [TRUSTED, SPAWNER]) {
      const spawner = teller.spawn(await load(teller, capability));
      for (let round = 0; round < 2; round++) {
        const pid = await spawner.do("spawn", "any");
        const probe = teller.probe(Pid.fromBigInt(BigInt(pid)));
        strictEqual(
          await probe.do("kv-get", "b", "k"),
          capability === TRUSTED
            ? "error: kv unavailable: no store configured on this node"
            : "error: kv denied: missing the storage capability",
        );
      }
    }
  }));

const CLAIMS = { claims: { tenant: "acme" } };

/** How a guest starts `child`, or code that says that it has started, too. */
const STARTS: readonly (readonly [what: string, words: (string | number)[]])[] =
  [
    ["spawn()", ["spawn", "child"]],
    ["supervise()", ["supervise", 0, 3, 1000, "child"]],
    [
      "spawn-from()",
      [
        "spawn-from",
        "brought",
        `inline:exports.default = () => Process.send(Process.whereis("parent"), "started")`,
      ],
    ],
  ];

for (const [what, words] of STARTS) {
  Deno.test(`${what} starts a process with the claims of who asks for it, until it receives`, () =>
    withProbes(async (teller) => {
      const { engine, runtime } = teller;
      ok(runtime.register("parent", teller.pid));
      const child = await engine.loadModule("child", built("child"), SANDBOXED);
      engine.register("child", child);
      await engine.registerTemplate({
        ...{ name: "brought", kind: "js", capability: SANDBOXED },
      });
      const probe = teller.spawn(await load(teller, SPAWNER));
      for (const metadata of [CLAIMS, undefined]) {
        probe.tell(words, { metadata });
        const heard = [await teller.heard(), await teller.heard()];
        const started = heard.find(({ text }) => text.startsWith("started"));
        deepStrictEqual(started?.metadata, metadata);
      }
    }));
}

// deno-fmt-ignore
const REFUSED: [what: (string | number)[], mayspawn: boolean, error: string][] = [
  [["spawn", "x"], false, "spawn denied: missing the spawn capability"],
  [["spawn", "x"], true, "unknown component `x`"],
  [["spawn", "broken"], true, "`broken` has no prepared component"],
  [["spawn-from", "x", "inline:1"], false, "spawn denied: missing the spawn capability"],
  [["spawn-from", "x", "inline:1"], true, "unknown component `x`"],
  [["spawn-from", "there", "inline:1"], true, "`there` is not a dynamic template (use `spawn` for a fixed component)"],
  [["supervise", 0, 3, 1000, "there"], false, "supervise denied: missing the spawn capability"],
  [["supervise", 0, 3, 1000, "there", "x"], true, "unknown component `x`"],
];

Deno.test("spawn(), spawn-from() and supervise() say what is missing", () =>
  withProbes(async (teller) => {
    const { engine } = teller;
    const [sandboxed, spawner] = [
      await load(teller),
      await load(teller, SPAWNER),
    ];
    engine.register("there", sandboxed);
    engine.registerUndeclared("broken", "throw new Error('no')");
    const probes = [teller.spawn(sandboxed), teller.spawn(spawner)] as const;
    for (const [what, maySpawn, error] of REFUSED) {
      const answer = await probes[maySpawn ? 1 : 0].do(...what);
      strictEqual(answer, `error: ${error}`, what.join(" "));
    }
  }));

Deno.test("functions on other processes show somebody alone on the node without process-control", () =>
  withProbes(async (teller) => {
    const component = await load(teller);
    const [one, other] = [teller.spawn(component), teller.spawn(component)];
    strictEqual(await one.do("list-processes"), one.number);
    for (const pid of [other.number, `${teller.pid.toBigInt()}`]) {
      strictEqual(await one.do("info", pid), "none");
      strictEqual(await one.do("is-alive", pid), "false");
      strictEqual(await one.do("kill", pid), "false");
      strictEqual(await one.do("monitor", pid), "ok");
    }
    strictEqual(await other.do("register-tag", "t"), "true");
    strictEqual(await one.do("kill-tag", "t"), "0");
    strictEqual(await other.do("echo", "alive"), "alive");
    teller.runtime.kill(other.pid);
    strictEqual(await one.do("receive-timeout", 50), "none");
    strictEqual(await one.do("is-alive", one.number), "true");
    match(await one.do("info", one.number), new RegExp(`^${one.number}\\|`));
  }));

Deno.test("functions on other processes reach all schedulers with process-control", () =>
  withProbes(async (teller, { ends }) => {
    const controller = teller.spawn(await load(teller, CONTROLLER));
    const component = await load(teller);
    const probes = [teller.spawn(component), teller.spawn(component)];
    const self = `${teller.pid.toBigInt()}`;
    const schedulers = probes.map(({ pid }) => pid.scheduler);
    strictEqual(new Set(schedulers).size, 2);
    const all = (await controller.do("list-processes")).split(" ");
    deepStrictEqual(
      all.toSorted(),
      [self, controller.number, ...probes.map((each) => each.number)]
        .toSorted(),
    );
    strictEqual(await controller.do("is-alive", self), "true");
    for (const { pid, number } of probes) {
      strictEqual(await controller.do("is-alive", number), "true");
      strictEqual(
        await controller.do("info", number),
        `${number}|0|0||none|0|false`,
      );
      strictEqual(await controller.do("kill", number), "true");
      strictEqual(await controller.do("kill", number), "false");
      strictEqual(await controller.do("is-alive", number), "false");
      strictEqual(await controller.do("info", number), "none");
      strictEqual(await ends.of(pid), "killed");
    }
    // Their schedulers tell the main thread of the ends, which is asked.
    while ((await controller.do("list-processes")).split(" ").length > 2);
    // No process of this node ever has such pids.
    for (const pid of [2n ** 64n - 1n, 2n ** 54n, 12345n]) {
      strictEqual(await controller.do("is-alive", `${pid}`), "false");
      strictEqual(await controller.do("kill", `${pid}`), "false");
      strictEqual(await controller.do("info", `${pid}`), "none");
    }
  }));

Deno.test("info() tells links, monitors, names, label and messages that wait", () =>
  withProbes(async (teller) => {
    const controller = teller.spawn(await load(teller, CONTROLLER));
    const component = await load(teller);
    const probes = [teller.spawn(component), teller.spawn(component)];
    for (const [index, probe] of probes.entries()) {
      strictEqual(await controller.do("monitor", probe.number), "ok");
      strictEqual(await probe.do("register", `name${index}`), "true");
      strictEqual(await probe.do("set-label", `label${index}`), "ok");
      // Set aside counts as waiting.
      strictEqual(await probe.do("stash", "x"), "ok");
      strictEqual(
        await controller.do("info", probe.number),
        `${probe.number}|0|1|name${index}|label${index}|1|false`,
      );
    }
  }));

Deno.test("monitor() tells of an end in words, on any scheduler", () =>
  withProbes(async (teller) => {
    const { engine } = teller;
    const watcher = teller.spawn(await load(teller, SPAWNER));
    const child = await engine.loadModule("child", built("child"), SANDBOXED);
    // What it is told to do must be there before what it is told to wait for.
    const tell = (...commands: (readonly string[])[]) => {
      for (const command of commands) watcher.tell(command);
      watcher.tell(["receive"]);
    };
    for (const [how, word] of [["end", "normal"], ["crash", "crashed"]]) {
      for (let round = 0; round < 2; round++) {
        const pid = `${engine.spawn(child, "run").toBigInt()}`;
        tell(["monitor", pid], ["send", pid, how!]);
        deepStrictEqual([await teller.next(), await teller.next()], [
          "ok",
          "ok",
        ]);
        const down = { __down: pid, reason: word };
        strictEqual(await teller.next(), JSON.stringify(down));
        tell(["monitor", pid]);
        strictEqual(await teller.next(), "ok");
        const gone = { ...down, reason: "noproc" };
        strictEqual(await teller.next(), JSON.stringify(gone));
      }
    }
  }));

Deno.test("monitor() before kill() tells of the kill, and the process is not alive afterwards", () =>
  withProbes(async (teller) => {
    const watcher = teller.spawn(await load(teller, CONTROLLER));
    const component = await load(teller);
    for (let round = 0; round < 40; round++) {
      const { number } = teller.spawn(component);
      for (const what of ["monitor", "kill", "is-alive", "kill", "info"]) {
        watcher.tell([what, number]);
      }
      const heard = [];
      while (heard.at(-1) !== "none") heard.push(await teller.next());
      deepStrictEqual(heard, ["ok", "true", "false", "false", "none"]);
      const { number: other } = teller.spawn(component);
      watcher.tell(["monitor", other]);
      watcher.tell(["kill", other]);
      watcher.tell(["receive"]);
      deepStrictEqual(
        [await teller.next(), await teller.next(), await teller.next()],
        ["ok", "true", `{"__down":"${other}","reason":"killed"}`],
      );
    }
  }));

Deno.test("monitor() ends a guest that asks to be told of too many ends", () =>
  withProbes(async (teller, { engine, ends }) => {
    const bytes = await assembleMonitors(30_000);
    const component = await engine.loadComponent("many", bytes, SPAWNER);
    const pid = engine.spawn(component, "run");
    match(
      formatReason(await ends.of(pid)),
      /^crashed: RangeError: Cannot monitor more processes/,
    );
    strictEqual(teller.runtime.isAlive(pid), false);
  }));

Deno.test("unregister() takes names back that are the caller's, or with process-control of others", () =>
  withProbes(async (teller) => {
    const component = await load(teller);
    const owner = teller.spawn(component);
    const others = [teller.spawn(component), teller.spawn(component)];
    const controller = teller.spawn(await load(teller, CONTROLLER));
    strictEqual(await owner.do("register", "n"), "true");
    strictEqual(await owner.do("register", "n"), "false");
    for (const other of others) {
      strictEqual(await other.do("register", "n"), "false");
      strictEqual(await other.do("whereis", "n"), owner.number);
      strictEqual(await other.do("unregister", "n"), "false");
    }
    strictEqual(await owner.do("unregister", "n"), "true");
    strictEqual(await owner.do("unregister", "n"), "false");
    strictEqual(await others[0]!.do("register", "n"), "true");
    strictEqual(await controller.do("unregister", "n"), "true");
    strictEqual(await controller.do("unregister", "n"), "false");
    strictEqual(await owner.do("whereis", "n"), "none");
  }));

Deno.test("log() writes a line of its process", () =>
  withProbes(async (teller, { lines }) => {
    const probe = teller.spawn(await load(teller));
    strictEqual(await probe.do("log", 1, "hot"), "ok");
    deepStrictEqual(lines, ["hot"]);
  }));
