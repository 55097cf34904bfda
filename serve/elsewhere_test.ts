/** Apps whose code is not in `wasm/`. */

import { deepStrictEqual, match, rejects, strictEqual } from "node:assert";
import { type App, startApp } from "./app.ts";
import type { AppError } from "./errors.ts";
import { createLog } from "./log.ts";
import { loadManifest } from "./manifest.ts";
import { openStore } from "./store.ts";
import { assemble } from "./testdata/assemble.ts";

/** A directory with a manifest, a store with values, and a server with files. */
async function withElsewhere(
  content: {
    readonly manifest: (base: string) => string;
    readonly stored?: Readonly<Record<string, string | Uint8Array>>;
    readonly served?: Readonly<Record<string, string | Uint8Array>>;
  },
  test: (
    start: () => Promise<App>,
    seen: { readonly lines: string[]; readonly fetched: string[] },
  ) => Promise<void>,
): Promise<void> {
  const { manifest, stored = {}, served = {} } = content;
  const directory = await Deno.makeTempDir();
  const fetched: string[] = [];
  const listening = { hostname: "127.0.0.1", port: 0, onListen() {} };
  const server = Deno.serve(listening, ({ url }) => {
    const { pathname } = new URL(url);
    fetched.push(pathname);
    const file = served[pathname.slice(1)];
    return file === undefined
      ? new Response("nothing", { status: 404 })
      : new Response(file as BodyInit);
  });
  const lines: string[] = [];
  const sink = (text: string) => void lines.push(text.slice(9).trimEnd());
  const log = createLog({ level: "debug", sink });
  try {
    const store = await openStore(`${directory}/store.db`);
    for (const [key, value] of Object.entries(stored)) {
      const bytes = typeof value === "string"
        ? new TextEncoder().encode(value)
        : value;
      await store.set("code", key, bytes);
    }
    await store.close();
    const text = '[node]\nstore = "store.db"\n' +
      manifest(`http://127.0.0.1:${server.addr.port}`);
    await Deno.writeTextFile(`${directory}/rusm.toml`, text);
    const start = async () =>
      startApp(await loadManifest(`${directory}/rusm.toml`), { log });
    await test(start, { lines, fetched });
  } finally {
    await server.shutdown();
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("startApp() fetches components from where they are, each time", async () => {
  await withElsewhere({
    manifest: (base) =>
      `[components.script]
source = "url:${base}/script"
[components.module]
source = "${base}/module"
[components.stored]
source = "kv:code/a/b"
`,
    served: {
      script: "exports.default = () => {};",
      module: await assemble('(module (func (export "_start")))'),
    },
    stored: { "a/b": "exports.default = () => {};" },
  }, async (start, { fetched }) => {
    for (const round of [1, 2]) {
      const app = await start();
      deepStrictEqual(
        app.hosted().map(({ name, kind, role }) => [name, kind, role]),
        [
          ["script", "script", "onDemand"],
          ["module", "module", "command"],
          ["stored", "script", "onDemand"],
        ],
      );
      await app.stop();
      strictEqual(fetched.length, round * 2);
    }
  });
});

const FAILURES: [source: string, code: string, message: RegExp][] = [
  ["BASE/none", "noSource", /"x": Cannot fetch BASE\/none: answered 404$/],
  ["kv:code/none", "noSource", /"x": Nothing is in the store: code\/none$/],
  [
    "kv:code/bytes",
    "noSource",
    /"x": It is neither WebAssembly nor a script in UTF-8$/,
  ],
  [
    "kv:code/broken",
    "loadFailed",
    /: Cannot load component "x": Error: no\n/,
  ],
];

for (const [source, code, message] of FAILURES) {
  Deno.test(`startApp() rejects with ${code} when a component is at ${source}`, async () => {
    let base = "";
    await withElsewhere({
      manifest(at) {
        base = at;
        return `[components.x]\nsource = "${source.replace("BASE", at)}"`;
      },
      stored: { bytes: Uint8Array.of(0xff), broken: "throw new Error('no')" },
    }, async (start) => {
      await rejects(start(), (error: AppError) => {
        strictEqual(error.code, code);
        match(error.message.replace(base, "BASE"), message);
        match(error.message, /rusm\.toml:3:1: /);
        return true;
      });
    });
  });
}

Deno.test("startApp() lets guests bring code for its templates", async () => {
  await withElsewhere({
    manifest: (base) =>
      `dynamic_ttl_secs = 7
[components.plugin]
dynamic = "js"
[components.main]
source = "kv:code/main"
capability = "trusted"
resident = true
[components.other]
source = "${base}/other"
`,
    served: { other: "exports.default = () => {};" },
    stored: {
      main: `exports.default = () => {
        const pid = Process.spawnFrom("plugin", "kv:code/plugin");
        Process.send(pid, String(Process.self()));
        console.log(Process.receiveText());
        for (const use of [
          () => Process.spawn("plugin"),
          () => Process.supervise("one-for-one", ["plugin"]),
          () => Process.spawnFrom("other", "inline:1"),
        ]) try { use() } catch ({ message }) { console.log(message) }
        Process.receive();
      };`,
      plugin: `exports.default = () =>
        Process.send(BigInt(Process.receiveText()), "I am the plugin");`,
    },
  }, async (start, { lines }) => {
    const app = await start();
    deepStrictEqual(app.hosted().map(({ name }) => name), ["main", "other"]);
    while (!lines.some((line) => line.includes("use `spawn`"))) {
      await new Promise((resolve) => setTimeout(resolve));
    }
    await app.stop();
    const said = lines.join("\n");
    for (
      const words of [
        "I am the plugin",
        "`plugin` is a dynamic runner template",
        "`plugin` is a dynamic template and can't be a supervised child",
        "`other` is not a dynamic template",
      ]
    ) match(said, new RegExp(words));
  });
});

Deno.test("startApp() rejects when the profile of a template grants what the node may not do", async () => {
  const real = Deno.permissions.query;
  Deno.permissions.query = () =>
    Promise.resolve({ state: "denied" } as Deno.PermissionStatus);
  try {
    await withElsewhere({
      manifest: () =>
        '[components.x]\ndynamic = "js"\ncapability = "network-client"',
    }, async (start) => {
      await rejects(start(), (error: AppError) => {
        strictEqual(error.code, "notGrantable");
        match(error.message, /rusm\.toml:3:1: Cannot grant network /);
        return true;
      });
    });
  } finally {
    Deno.permissions.query = real;
  }
});
