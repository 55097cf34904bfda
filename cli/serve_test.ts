import { match, strictEqual } from "node:assert";
import { main } from "./command_line.ts";
import type { Io } from "./io.ts";
import { record, withDirectory } from "./testdata/recorder.ts";

const MANIFEST = `[log]
level = "off"

[[serve]]
protocol = "http"
listen = "127.0.0.1:0"
component = "api"

[components.api]
`;
const COMPONENT = "export default () => new Response('hello');\n";
const BUNDLE = "module.exports = () => new Response('hello');\n";

/** Stops the app as soon as it is there. */
const STOPPED: Partial<Io> = {
  listenForStop: () => {
    const signals = ["SIGTERM" as const].values();
    return {
      next: () =>
        new Promise((resolve) => {
          const { value } = signals.next();
          if (value !== undefined) resolve(value);
        }),
      close: () => {},
    };
  },
};

Deno.test("serve says where the app is, and stops it when asked to", async () => {
  const files = { "rusm.toml": MANIFEST, "wasm/api.js": BUNDLE };
  await withDirectory(files, async (app) => {
    const { io, stdout, stderr } = record(app, STOPPED);
    strictEqual(await main(["serve"], io), 0);
    strictEqual(stderr(), "");
    match(
      stdout(),
      /^serving 1 endpoint:\n {2}api {14}http:\/\/127\.0\.0\.1:\d+\ntry: curl http:.*\nstop: .*\nstopping\nstopped: 0 processes started, 0 alive when stopping\n$/,
    );
  });
});

Deno.test("serve hosts residents, too", async () => {
  const files = {
    "rusm.toml": `${MANIFEST}[components.clock]\nresident = true\n`,
    "wasm/api.js": BUNDLE,
    "wasm/clock.js":
      "exports.default = () => new Promise((r) => setTimeout(r, 1e9));",
  };
  await withDirectory(files, async (app) => {
    const { io, stdout } = record(app, STOPPED);
    strictEqual(await main(["serve"], io), 0);
    match(
      stdout(),
      /^hosting 1 component:\n {2}clock {12}resident script sandboxed mem=64M #0\.\d+\.\d+\nserving 1 endpoint:\n[^]*\nstopped: 1 process started, 1 alive when stopping\n$/,
    );
  });
});

Deno.test("serve hosts what there is without a [[serve]], and says so", async () => {
  const files = {
    "rusm.toml": "[log]\nlevel = 'off'\n[components.clock]\nresident = true\n",
    "wasm/clock.js":
      "exports.default = () => new Promise((r) => setTimeout(r, 1e9));",
  };
  await withDirectory(files, async (app) => {
    const { io, stdout, stderr } = record(app, STOPPED);
    strictEqual(await main(["serve"], io), 0);
    strictEqual(stderr(), "");
    match(
      stdout(),
      /^hosting 1 component:\n {2}clock {12}resident script sandboxed mem=64M #0\.\d+\.\d+\nserving nothing: no \[\[serve\]\] in rusm\.toml\nstop: .*\nstopping\nstopped: 1 process started, 1 alive when stopping\n$/,
    );
  });
});

for (const command of ["serve", "run"]) {
  Deno.test(`${command} answers 2 when --log-level is unknown`, async () => {
    await withDirectory({}, async (app) => {
      const { io, stderr } = record(app);
      strictEqual(await main([command, "--log-level", "inof"], io), 2);
      match(
        stderr(),
        /^Unknown log level "inof": did you mean "info"\?\nusage: /,
      );
    });
  });
}

Deno.test("serve builds first when --build is given", async () => {
  const files = {
    "rusm.toml": MANIFEST,
    "components/api/index.ts": COMPONENT,
  };
  await withDirectory(files, async (app) => {
    const { io, stdout } = record(app, STOPPED);
    strictEqual(await main(["serve", "--build"], io), 0);
    match(stdout(), /^building 1 component:\n[^]*\nserving 1 endpoint:\n/);
  });
});

Deno.test("serve serves nothing when --build fails", async () => {
  const files = { "rusm.toml": MANIFEST, "components/api/index.ts": "(" };
  await withDirectory(files, async (app) => {
    const { io, stdout, stderr } = record(app, STOPPED);
    strictEqual(await main(["serve", "--build"], io), 1);
    match(stderr(), /\nserve failed: Cannot build 1 component: api\n$/);
    strictEqual(stdout().includes("serving"), false);
  });
});

/** What is wrong, the files, the exit code and what is printed. */
const FAILURES: readonly (readonly [
  string,
  Readonly<Record<string, string>>,
  number,
  RegExp,
])[] = [
  [
    "the artifact is missing",
    { "rusm.toml": MANIFEST },
    1,
    /^serve failed: rusm\.toml:9:1: .*: wasm\/api\.js or \.wasm\nBuild it with `rusm build`, or .*\n$/,
  ],
  [
    "the manifest has problems",
    { "rusm.toml": '[log]\nlevel = "loud"\n\n[logs]\n' },
    2,
    /^rusm\.toml:2:9: .*"loud".*\nrusm\.toml:4:2: .*"logs".*\nserve failed: Cannot use the manifest: rusm\.toml\n$/,
  ],
  [
    "the .env file has problems",
    { "rusm.toml": MANIFEST, "wasm/api.js": BUNDLE, ".env": "nonsense" },
    2,
    /^serve failed: \.env:1:1: .*\n$/,
  ],
];

for (const [what, files, code, expected] of FAILURES) {
  Deno.test(`serve answers ${code} when ${what}`, async () => {
    await withDirectory(files, async (app) => {
      const { io, stdout, stderr } = record(app, STOPPED);
      strictEqual(await main(["serve"], io), code);
      match(stderr(), expected);
      strictEqual(stdout(), "");
    });
  });
}

Deno.test("serve names address and place when the address is in use", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const files = {
    "rusm.toml": MANIFEST.replace(":0", `:${port}`),
    "wasm/api.js": BUNDLE,
  };
  await withDirectory(files, async (app) => {
    const { io, stderr } = record(app, STOPPED);
    strictEqual(await main(["serve"], io), 1);
    match(stderr(), /^serve failed: rusm\.toml:\d+:\d+: .*in use/);
    match(stderr(), new RegExp(`127\\.0\\.0\\.1:${port}\n$`));
  });
  listener.close();
});

Deno.test("serve has nothing to do when there is no manifest", async () => {
  await withDirectory({}, async (app) => {
    const { io, stdout } = record(app, STOPPED);
    strictEqual(await main(["serve"], io), 0);
    strictEqual(stdout(), `nothing to serve: no rusm.toml in ${app}\n`);
  });
});

Deno.test("serve has nothing to do when nothing is declared", async () => {
  await withDirectory({ "app/rusm.toml": "" }, async (directory) => {
    const { io, stdout } = record(directory, STOPPED);
    strictEqual(await main(["serve", "--config", "app/rusm.toml"], io), 0);
    strictEqual(stdout(), "nothing to serve: no [[serve]] in app/rusm.toml\n");
  });
});

Deno.test("serve fails when --config names no file", async () => {
  await withDirectory({}, async (app) => {
    const { io, stderr } = record(app, STOPPED);
    strictEqual(await main(["serve", "--config", "a.toml"], io), 2);
    strictEqual(stderr(), "serve failed: Cannot find the manifest: a.toml\n");
  });
});
