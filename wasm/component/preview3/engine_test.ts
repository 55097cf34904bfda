/** Components of preview 3 as processes, in Workers of their own. */

import { deepStrictEqual, match, rejects, strictEqual } from "node:assert";
import { type Down, formatReason, type Pid, Runtime } from "@rusm/otp";
import { BUILT_IN_PROFILES, defineProfile } from "../../capability.ts";
import { Engine } from "../../engine.ts";
import type { Component } from "../../engine_options.ts";
import { LoadFailed } from "../../errors.ts";
import { NeedsPreview3 } from "../errors.ts";
import { JCO_DIR } from "./testdata/installed.ts";

const SANDBOXED = BUILT_IN_PROFILES.get("sandboxed")!;
const COMMAND = Deno.readFileSync(
  new URL("../../../tests/guests/built/p3_command.wasm", import.meta.url),
);

// jco is not part of this repository: `npm ci` in tests/guests/tools installs it.
const ignore = JCO_DIR === undefined;

interface Setting {
  readonly engine: Engine;
  readonly runtime: Runtime;
  readonly logs: string[];
  /** Calls back at the next line of a log. */
  readonly heed: (heard: () => void) => void;
}

async function withEngine(
  jcoDir: string | undefined,
  check: (setting: Setting) => Promise<void>,
): Promise<void> {
  const logs: string[] = [];
  let heard = () => {};
  const heed = (next: () => void) => void (heard = next);
  const runtime = new Runtime();
  const engine = new Engine(runtime, {
    ...(jcoDir === undefined ? {} : { jcoDir }),
    observer: {
      logged: (_pid, _name, level, text) => {
        logs.push(`${level} ${text}`);
        heard();
      },
    },
  });
  try {
    await check({ engine, runtime, logs, heed });
  } finally {
    await engine.close();
  }
}

/** How a process is run. */
interface Run {
  readonly entry?: string;
  readonly word?: string;
  readonly env?: Record<string, string>;
  /** Called when the process has printed a line. */
  readonly printed?: (setting: Setting, pid: Pid) => void;
}

function load({ engine }: Setting, cpuMsMax: number): Promise<Component> {
  const profile = defineProfile("timed", { cpuMsMax });
  return engine.loadComponent("command", COMMAND, profile);
}

async function endOf(
  setting: Setting,
  component: Component,
  { entry = "run", word = "hello", env = {}, printed = () => {} }: Run,
): Promise<string> {
  let why = "";
  const watcher = setting.runtime.spawn<Down>(async (self) => {
    const start = { entry, args: ["command", word], env };
    const { pid } = setting.engine.spawnMonitor(self, component, start);
    setting.heed(() => printed(setting, pid));
    why = formatReason((await self.receive()).reason);
  });
  await watcher.join();
  return why;
}

for (
  const [where, directory, hint] of [
    ["no directory", undefined, /^npm install \S+, and name its directory$/],
    ["a directory without jco", "/", /^npm install \S+, in \/$/],
  ] as const
) {
  Deno.test(`Engine says how to install what runs preview 3 when it has ${where}`, () =>
    withEngine(directory, async ({ engine }) => {
      const loading = engine.loadComponent("command", COMMAND, SANDBOXED);
      await rejects(loading, (failure: LoadFailed) => {
        strictEqual(failure instanceof LoadFailed, true);
        strictEqual(failure.cause instanceof NeedsPreview3, true);
        const [, said = "", features = ""] =
          /^Cannot link a component that needs preview 3 without jco \((.*)\): (.*)$/
            .exec(failure.message) ?? [];
        match(said, hint);
        match(features, /stream.*async lift/);
        return true;
      });
    }));
}

const ROWS: readonly (readonly [
  what: string,
  run: Run,
  reason: RegExp,
  logs: readonly string[],
])[] = [
  ["prints", {}, /^normal$/, ["2 hello"]],
  ["reads its input, which is at its end", { word: "cat" }, /^normal$/, []],
  ["sees its variables", { word: "env", env: { A: "b" } }, /^normal$/, [
    "2 A=b",
  ]],
  ["draws numbers and knows the time", { word: "numbers" }, /^normal$/, [
    "2 100 1 1",
  ]],
  ["waits", { word: "sleep" }, /^normal$/, ["2 waited"]],
  ["uses resources of 0.2", { word: "old" }, /^normal$/, ["2 no input"]],
  ["exits with a code", { word: "exit" }, /^exit: \{"exitCode":3\}$/, []],
  ["fails", { word: "fail" }, /^exit: \{"exitCode":1\}$/, []],
  ["traps", { word: "trap" }, /^crashed: Trap: .*unreachable/, []],
  ["waits by callbacks", { entry: "turns" }, /^normal$/, []],
  [
    "has no such entry",
    { entry: "nope" },
    /^crashed: TypeError: .*: nope$/,
    [],
  ],
];

Deno.test({
  name: "Engine runs commands of preview 3 by the glue of jco",
  ignore,
  fn: (t) =>
    withEngine(JCO_DIR, async (setting) => {
      const { engine, logs } = setting;
      const component = await engine.loadModule("command", COMMAND, SANDBOXED);
      for (const [what, run, reason, expected] of ROWS) {
        await t.step(`that ${what}`, async () => {
          logs.length = 0;
          match(await endOf(setting, component, run), reason);
          deepStrictEqual(logs, expected);
        });
      }
    }),
});

const PATIENT_MS = 60_000;

const ENDED: readonly (readonly [
  what: string,
  cpuMsMax: number,
  run: Run,
  reason: RegExp,
])[] = [
  ["never stops", 100, { word: "spin" }, /^limit cpu: Used more than 100 ms/],
  [
    "never stops and is killed",
    PATIENT_MS,
    { word: "spin", printed: ({ runtime }, pid) => runtime.kill(pid) },
    /^killed$/,
  ],
  [
    "gives its turn away for ever and is killed",
    PATIENT_MS,
    { entry: "yields", printed: ({ runtime }, pid) => runtime.kill(pid) },
    /^killed$/,
  ],
  [
    "asks for all memory",
    100,
    { word: "memory" },
    /^limit (?:cpu|memory): Used more than/,
  ],
];

Deno.test({
  name: "Engine ends processes of preview 3",
  ignore,
  fn: (t) =>
    withEngine(JCO_DIR, async (setting) => {
      for (const [what, cpuMsMax, run, reason] of ENDED) {
        const component = await load(setting, cpuMsMax);
        await t.step(`one that ${what}`, async () => {
          match(await endOf(setting, component, run), reason);
        });
      }
    }),
});

Deno.test({
  name: "Engine bounds what the glue of a process takes of the heap",
  ignore,
  fn: (t) =>
    withEngine(JCO_DIR, async (setting) => {
      const component = await load(setting, PATIENT_MS);
      for (const run of [{ word: "streams" }, { entry: "flood" }]) {
        await t.step(Object.values(run)[0]!, async () => {
          match(
            await endOf(setting, component, run),
            /^limit memory: Used more than \d+ bytes of the heap of its host$/,
          );
        });
      }
    }),
});

Deno.test({
  name: "Engine closes while a process of preview 3 never stops",
  ignore,
  fn: () =>
    withEngine(JCO_DIR, async (setting) => {
      const component = await load(setting, PATIENT_MS);
      const { promise, resolve } = Promise.withResolvers<void>();
      const run: Run = {
        word: "spin",
        printed: ({ engine }) => void engine.close().then(resolve),
      };
      strictEqual(await endOf(setting, component, run), "shutdown");
      await promise;
    }),
});
