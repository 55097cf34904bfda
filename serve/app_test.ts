import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert";
import { type App, type Hosted, startApp, type StartOptions } from "./app.ts";
import { type AppError, type AppErrorCode, EnvFileError } from "./errors.ts";
import { createLog } from "./log.ts";
import { loadManifest } from "./manifest.ts";
import { assemble } from "./testdata/assemble.ts";

const ANSWERS = "exports.default = () => new Response('hello');";

const LISTENER = `[[serve]]
protocol = "http"
listen = "127.0.0.1:0"
component = "api"
`;
const MANIFEST = `${LISTENER}
[components.api]
`;

const RESIDENT = `[components.api]
resident = true
`;
const ROUTED = `[[serve]]
protocol = "http"
listen = "127.0.0.1:0"

[serve.routes]
"GET /" = "api#list"
"GET /:id" = "api#show"

[components.api]
`;

type Files = Readonly<Record<string, string | Uint8Array>>;

/** Calls `test` with a directory that holds `files`. */
async function withFiles(
  files: Files,
  test: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  try {
    await Deno.mkdir(`${directory}/wasm`);
    for (const [path, text] of Object.entries(files)) {
      const bytes = typeof text === "string"
        ? new TextEncoder().encode(text)
        : text;
      await Deno.writeFile(`${directory}/${path}`, bytes);
    }
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function start(directory: string, options: StartOptions = {}) {
  const log = createLog({ level: "off", sink: () => {} });
  const manifest = await loadManifest(`${directory}/rusm.toml`);
  return await startApp(manifest, { log, ...options });
}

/** The files of an app that cannot start, and the error. Resources left behind fail the test. */
// deno-fmt-ignore
const FAILURES: readonly (readonly [string, Files, AppErrorCode, RegExp])[] = [
  ["a component was not built",
    { "rusm.toml": MANIFEST },
    "missingArtifact",
    /^DIR\/rusm\.toml:6:1: Cannot find the artifact of component "api": DIR\/wasm\/api\.js or \.wasm$/],
  ["a component throws as it is loaded",
    { "rusm.toml": MANIFEST, "wasm/api.js": "\nfunction f() {\n  throw new TypeError('too early');\n}\nf();" },
    "loadFailed",
    /^DIR\/rusm\.toml:6:1: Cannot load component "api": TypeError: too early\n +at f \(api\.js:3:\d+\)\n/],
  ["a component is no script",
    { "rusm.toml": MANIFEST, "wasm/api.js": "export default 1" },
    "loadFailed",
    /^DIR\/rusm\.toml:6:1: Cannot load component "api": SyntaxError: /],
  ["a component uses too much memory as it is loaded",
    { "rusm.toml": MANIFEST, "wasm/api.js": "for (let a = []; ;) a.push('x'.repeat(1e6).split(''));" },
    "loadFailed",
    /^DIR\/rusm\.toml:6:1: Cannot load component "api": .*memory/],
  ["a component asks the host as it is loaded",
    { "rusm.toml": MANIFEST, "wasm/api.js": "fetch('http://127.0.0.1/');" },
    "loadFailed",
    /^DIR\/rusm\.toml:6:1: Cannot load component "api": .*only in its functions/],
  ["a script that is served exports no handler",
    { "rusm.toml": MANIFEST, "wasm/api.js": "exports.add = () => {};" },
    "loadFailed",
    /^DIR\/rusm\.toml:6:1: Cannot serve component "api", which exports no handler of requests$/],
  ["a route names a function that is not there",
    { "rusm.toml": ROUTED, "wasm/api.js": "exports.list = () => {};" },
    "loadFailed",
    /^DIR\/rusm\.toml:9:1: Cannot serve component "api", which exports no function "show", and no handler of requests$/],
  ["a resident exports no function",
    { "rusm.toml": RESIDENT, "wasm/api.js": "exports.default = { fetch() {} };" },
    "noEntry",
    /^DIR\/rusm\.toml:1:1: Cannot begin component "api": it exports no function$/],
  ["a resident is for clients",
    { "rusm.toml": RESIDENT, "wasm/api.js": "exports.default = sse({});" },
    "noEntry",
    /^DIR\/rusm\.toml:1:1: Cannot keep component "api" running, which is started for each client$/],
  ["a module is invalid",
    { "rusm.toml": MANIFEST, "wasm/api.wasm": "\0asm\x01\0\0\0\x63" },
    "loadFailed",
    /^DIR\/rusm\.toml:6:1: Cannot load component "api": /],
  ["a resident has no function to begin with",
    { "rusm.toml": "[components.api]\nresident = true", "wasm/api.wasm": "\0asm\x01\0\0\0" },
    "noEntry",
    /^DIR\/rusm\.toml:1:1: Cannot begin component "api": it exports no function$/],
  ["a component does not have its entry",
    { "rusm.toml": "[components.api]\nentry = 'tick'", "wasm/api.wasm": "\0asm\x01\0\0\0" },
    "noEntry",
    /^DIR\/rusm\.toml:1:1: Cannot begin component "api" with "tick": it exports no function$/],
  ["TypeScript is to begin elsewhere",
    { "rusm.toml": `${MANIFEST}entry = "tick"`, "wasm/api.js": ANSWERS },
    "noEntry",
    /^DIR\/rusm\.toml:6:1: Cannot begin component "api" with "tick": TypeScript begins with what it exports$/],
  ["an address is no address of this machine",
    { "rusm.toml": MANIFEST.replace("127.0.0.1", "192.0.2.1"), "wasm/api.js": ANSWERS },
    "cannotListen",
    /^DIR\/rusm\.toml:1:1: Cannot listen on 192\.0\.2\.1:0: /],
];

for (const [what, files, code, message] of FAILURES) {
  Deno.test(`startApp() rejects with ${code} when ${what}`, async () => {
    await withFiles(files, async (directory) => {
      await rejects(start(directory), (error: AppError) => {
        strictEqual(error.name, "AppError");
        strictEqual(error.code, code);
        match(error.message.replaceAll(directory, "DIR"), message);
        return true;
      });
    });
  });
}

Deno.test("startApp() tells the first in the manifest when several components fail", async () => {
  const files = {
    "rusm.toml": `${MANIFEST}[components.missing]`,
    // Still being read when the other one has been missed.
    "wasm/api.js": `${" ".repeat(8_000_000)}throw new Error('late');`,
  };
  await withFiles(files, async (directory) => {
    await rejects(start(directory), { code: "loadFailed" });
  });
});

Deno.test("startApp() rejects, and gives back what it had, when an address is in use", async () => {
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  free.close();
  const second = LISTENER.replace(":0", `:${taken.addr.port}`);
  const files = {
    "rusm.toml": `${
      LISTENER.replace(":0", `:${free.addr.port}`)
    }\n${second}\n[components.api]`,
    "wasm/api.js": ANSWERS,
  };
  await withFiles(files, async (directory) => {
    await rejects(start(directory), {
      code: "addressInUse",
      message:
        `${directory}/rusm.toml:6:1: Cannot listen, the address is in use: 127.0.0.1:${taken.addr.port}`,
    });
  });
  Deno.listen({ hostname: "127.0.0.1", port: free.addr.port }).close();
  taken.close();
});

Deno.test({
  name: "startApp() rejects when a profile grants what the node may not do",
  permissions: { net: ["127.0.0.1"], read: true, write: true, env: true },
  fn: async () => {
    const files = {
      "rusm.toml": `${MANIFEST}capability = "network-client"`,
      "wasm/api.js": ANSWERS,
    };
    await withFiles(files, async (directory) => {
      await rejects(start(directory), {
        code: "notGrantable",
        message:
          `${directory}/rusm.toml:6:1: Cannot grant network to profile "network-client", since this node was started without it: pass --allow-net`,
      });
    });
  },
});

Deno.test("startApp() rejects when the .env file has a problem, before it starts anything", async () => {
  const files = { "rusm.toml": MANIFEST, ".env": "nonsense" };
  await withFiles(files, async (directory) => {
    await rejects(start(directory), EnvFileError);
  });
});

Deno.test("startApp() reaches every listener, in the manifest's order", async () => {
  const routes = LISTENER.replace(
    'component = "api"',
    'routes = { "GET /" = "api" }',
  );
  const files = {
    "rusm.toml": `${LISTENER}\n${routes}\n[components.api]`,
    "wasm/api.js": ANSWERS,
  };
  await withFiles(files, async (directory) => {
    const app = await start(directory);
    const labels = app.endpoints.map(({ label }) => label);
    deepStrictEqual(labels, ["api", "127.0.0.1:0"]);
    for (const { url } of app.endpoints) {
      strictEqual(await (await fetch(url)).text(), "hello");
    }
    strictEqual(app.info().started, 2);
    await app.stop();
  });
});

Deno.test("startApp() can start one app twice, beside each other", async () => {
  const files = { "rusm.toml": MANIFEST, "wasm/api.js": ANSWERS };
  await withFiles(files, async (directory) => {
    const apps = [await start(directory), await start(directory)];
    for (const { endpoints } of apps) {
      strictEqual(await (await fetch(endpoints[0]!.url)).text(), "hello");
    }
    await Promise.all(apps.map((app) => app.stop()));
  });
});

Deno.test("App.stop() ends all, and can be called again", async () => {
  const files = { "rusm.toml": MANIFEST, "wasm/api.js": ANSWERS };
  await withFiles(files, async (directory) => {
    const app = await start(directory);
    const { url } = app.endpoints[0]!;
    await Promise.all([app.stop(), app.stop()]);
    await app.stop();
    await rejects(fetch(url), TypeError);
    deepStrictEqual(app.info(), { started: 0, alive: 0 });
  });
});

const WAITS = "exports.default = () => new Promise((r) => setTimeout(r, 1e9));";

const COUNTS = `exports.default = () => {
  console.log("counted");
  throw new Error("boom");
};`;

/** A module whose `run` receives for ever. */
const RECEIVES = `(module
  (import "rusm" "receive" (func $receive (param i32 i32) (result i32)))
  (memory 1)
  (func (export "run")
    (drop (call $receive (i32.const 0) (i32.const 8)))))`;

const COMMAND = new URL("testdata/command.wasm", import.meta.url);

async function withHosting(
  test: (app: App, lines: string[]) => Promise<void>,
  files: Files,
): Promise<void> {
  await withFiles(files, async (directory) => {
    const lines: string[] = [];
    const sink = (text: string) => void lines.push(text.slice(9));
    const log = createLog({ level: "debug", sink });
    const app = await start(directory, { log });
    try {
      await test(app, lines);
    } finally {
      await app.stop();
    }
  });
}

Deno.test("startApp() hosts scripts, modules and components", async () => {
  const files = {
    "rusm.toml": `[components.script]
resident = true
[components.module]
resident = true
[components.once]
[components.command]
[components.worker]
`,
    "wasm/script.js": WAITS,
    "wasm/module.wasm": await assemble(RECEIVES),
    "wasm/once.wasm": await assemble('(module (func (export "_start")))'),
    "wasm/command.wasm": await Deno.readFile(COMMAND),
    "wasm/worker.js": ANSWERS,
  };
  await withHosting(async (app) => {
    const rows = app.hosted().map(({ name, kind, role, grants, pid }) => {
      match(pid ?? "none", role === "onDemand" ? /^none$/ : /^0\.\d+\.\d+$/);
      return [name, kind, role, grants];
    });
    deepStrictEqual(rows, [
      ["script", "script", "resident", "sandboxed mem=64M"],
      ["module", "module", "resident", "sandboxed mem=64M"],
      ["once", "module", "command", "sandboxed mem=64M"],
      ["command", "component", "command", "sandboxed mem=64M"],
      ["worker", "script", "onDemand", "sandboxed mem=64M"],
    ]);
    strictEqual(app.info().started, 4);
    await app.stop();
  }, files);
});

Deno.test("App.gaveUp resolves when a resident crashes for ever", async () => {
  const files = {
    "rusm.toml": "[components.counter]\nresident = true",
    "wasm/counter.js": COUNTS,
  };
  await withHosting(async (app, lines) => {
    const { code, message } = await app.gaveUp;
    strictEqual(code, "gaveUp");
    strictEqual(
      message,
      'Gave up on component "counter", which ended too often: crashed: Error: boom',
    );
    strictEqual(app.info().started, 4);
    const ends = lines.filter((line) => / exit +counter#/.test(line));
    strictEqual(ends.length, 4);
    const restarts = lines.filter((line) => / restart counter /.test(line));
    deepStrictEqual(
      restarts.map((line) => line.slice("rusm           ".length)),
      [1, 2, 3].map((count) =>
        `restart counter ${count} of 3 crashed: Error: boom\n`
      ),
    );
    ok(
      lines.some((line) => / gaveup counter: crashed: Error: boom/.test(line)),
    );
  }, files);
});

Deno.test("startApp() logs how a command ended, also when it ended well", async () => {
  const files = {
    "rusm.toml": "[components.once]",
    "wasm/once.wasm": await assemble('(module (func (export "_start")))'),
  };
  await withHosting(async (app, lines) => {
    while (app.info().alive > 0) {
      await new Promise((resolve) => setTimeout(resolve));
    }
    match(lines.join(""), /spawn +once#[^]*exit +once#\S+ normal\n/);
  }, files);
});

Deno.test("startApp() opens no listener when it is not to", async () => {
  const files = { "rusm.toml": MANIFEST, "wasm/api.js": ANSWERS };
  await withFiles(files, async (directory) => {
    const app = await start(directory, { listens: false });
    deepStrictEqual(app.endpoints, []);
    const [api] = app.hosted() as [Hosted];
    strictEqual(api.role, "onDemand");
    await app.stop();
  });
});

Deno.test("App.stop() ends residents, the youngest first", async () => {
  const files = {
    "rusm.toml":
      "[components.a]\nresident = true\n[components.b]\nresident = true",
    "wasm/a.js": WAITS,
    "wasm/b.wasm": await assemble(RECEIVES),
  };
  const seen: string[] = [];
  await withHosting(async (app, lines) => {
    await app.stop();
    seen.push(...lines.filter((line) => line.includes(" exit ")));
    deepStrictEqual(app.info(), { started: 2, alive: 0 });
  }, files);
  strictEqual(seen.length, 2);
  match(seen[0]!, /exit +b#\S+ shutdown\n/);
  match(seen[1]!, /exit +a#\S+ shutdown\n/);
});

const MAP_ID = "00000000-0000-4000-8000-000000000001";

Deno.test("startApp() tells of crashes and logs by their place in the sources", async () => {
  const bundle = "exports.default = () => {\n" +
    "  console.warn(new Error('odd'));\n  throw new TypeError('no');\n};\n";
  const map = {
    ...{ version: 3, names: [], debugId: MAP_ID },
    sources: ["../components/api/index.ts"],
    // Lines 2 and 3 are lines 11 and 12 of the source.
    mappings: ";AAUA;AACA",
  };
  const files = {
    "rusm.toml": MANIFEST,
    "wasm/api.js": `${bundle}//# debugId=${MAP_ID}\n`,
    "wasm/api.js.map": JSON.stringify(map),
  };
  await withFiles(files, async (directory) => {
    const lines: string[] = [];
    const sink = (text: string) => void lines.push(text);
    const log = createLog({ level: "warn", sink });
    const app = await start(directory, { log });
    const response = await fetch(app.endpoints[0]!.url);
    strictEqual(response.status, 502);
    await response.body?.cancel();
    await app.stop();
    match(lines.join(""), /Error: odd\n[^]*components\/api\/index\.ts:11:1\b/);
    match(lines.join(""), /TypeError: no[^]*components\/api\/index\.ts:12:1\b/);
  });
});
