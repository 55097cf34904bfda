import { match, ok, strictEqual } from "node:assert";
import { main } from "./command_line.ts";
import type { Output } from "./io.ts";
import type { StopSignal } from "./process/stop.ts";
import { record, withDirectory } from "./testdata/recorder.ts";

const MANIFEST = `[log]
level = "off"

[[serve]]
protocol = "http"
listen = "127.0.0.1:0"
component = "api"

[components.api]
`;

function answering(text: string): string {
  return `export default () => new Response(${JSON.stringify(text)});\n`;
}

const FILES = {
  "rusm.toml": MANIFEST,
  "components/api/index.ts": answering("one"),
};

/** What a command prints, to be waited for. */
class Screen {
  #text = "";
  #look = () => {};
  readonly output: Output = {
    ...{ isTerminal: false, hasColour: false, writeBytes() {} },
    write: (text) => {
      this.#text += text;
      this.#look();
    },
  };

  /** Waits for what matches, and takes it and all before it away. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#text);
      if (found !== null) {
        this.#text = this.#text.slice(found.index + found[0].length);
        return found;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#look = resolve;
      await promise;
    }
  }
}

/** An app under `rusm dev`. */
interface Dev {
  readonly app: string;
  /** Where the first listener is; empty when there is none yet. */
  readonly url: string;
  readonly screen: Screen;
  write(path: string, text: string): Promise<void>;
  /** What a listener answers. */
  ask(url: string): Promise<string>;
}

/** Calls `test` while `rusm dev` runs in a directory of `files`. */
async function withDev(
  files: Readonly<Record<string, string>>,
  test: (dev: Dev) => Promise<void>,
  args: readonly string[] = ["--no-check"],
): Promise<void> {
  await withDirectory(files, async (app) => {
    const screen = new Screen();
    const stop = Promise.withResolvers<StopSignal>();
    const signals = [stop.promise].values();
    const { io } = record(app, {
      stdout: screen.output,
      stderr: screen.output,
      listenForStop: () => ({
        next: () => signals.next().value ?? new Promise(() => {}),
        close() {},
      }),
    });
    const code = main(["dev", ...args], io);
    const [text] = await screen.until(/^[^]*?\nstop: .*\n/);
    const url = /http:\S+/.exec(text)?.[0] ?? "";
    try {
      await test({
        ...{ app, url, screen },
        write: async (path, text) => {
          const whole = `${app}/${path}`;
          const directory = whole.slice(0, whole.lastIndexOf("/"));
          await Deno.mkdir(directory, { recursive: true });
          await Deno.writeTextFile(whole, text);
        },
        ask: async (url) => await (await fetch(url)).text(),
      });
    } finally {
      stop.resolve("SIGTERM");
      strictEqual(await code, 0);
    }
  });
}

/**
 * Waits until nobody listens. What is asked on a connection of before may be
 * answered still, and who comes in the last moment is reset.
 */
async function refused(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  for (;;) {
    try {
      (await Deno.connect({ hostname, port: Number(port) })).close();
    } catch (error) {
      if (error instanceof Deno.errors.ConnectionRefused) return;
      ok(error instanceof Deno.errors.ConnectionReset);
    }
  }
}

Deno.test("dev has nothing to do when there is no manifest", async () => {
  await withDirectory({}, async (app) => {
    const { io, stdout } = record(app);
    strictEqual(await main(["dev"], io), 0);
    strictEqual(stdout(), `nothing to serve: no rusm.toml in ${app}\n`);
  });
});

Deno.test("dev waits for an app that cannot be built to be mended", async () => {
  const files = { ...FILES, "components/api/index.ts": "(" };
  await withDev(files, async ({ screen, write, ask }) => {
    await write("components/api/index.ts", answering("mended"));
    const [, url] = await screen.until(/listening on (\S+) \(api\)\n/);
    await screen.until(/^all problems solved\n/m);
    strictEqual(await ask(url!), "mended");
  });
});

Deno.test("dev tells what cannot be built, and the version of before goes on", async () => {
  await withDev(FILES, async ({ url, screen, write, ask }) => {
    await write("components/api/index.ts", "export default (\n");
    await screen.until(/^changed components\/api\/index\.ts → api failed\n/m);
    await screen.until(/^components\/api\/index\.ts:\d+:\d+: .*\n/m);
    strictEqual(await ask(url), "one");
    await write("components/api/index.ts", answering("two"));
    await screen.until(
      /^changed components\/api\/index\.ts → api rebuilt in \d.* \(.*B\)\n/m,
    );
    await screen.until(/^all problems solved\n/m);
    strictEqual(await ask(url), "two");
  });
});

Deno.test("dev takes up a changed import from outside, of all who use it", async () => {
  const files = {
    "rusm.toml": MANIFEST,
    "lib/word.ts": 'export const word = "one";\n',
    "components/api/index.ts":
      'import { word } from "../../lib/word.ts";\nexport default () => new Response(word);\n',
  };
  await withDev(files, async ({ app, url, screen, write, ask }) => {
    strictEqual(await ask(url), "one");
    await write("lib/word.ts", 'export const word = "two";\n');
    await screen.until(/api rebuilt /);
    strictEqual(await ask(url), "two");
    // As a checkout of another branch does.
    await Deno.remove(`${app}/lib`, { recursive: true });
    await screen.until(/api failed\n/);
    await write("lib/word.ts", 'export const word = "three";\n');
    await screen.until(/api rebuilt /);
    strictEqual(await ask(url), "three");
  });
});

Deno.test("dev follows a component whose directory is put in place anew", async () => {
  await withDev(FILES, async ({ app, url, screen, write, ask }) => {
    await Deno.rename(`${app}/components`, `${app}/away`);
    strictEqual(await ask(url), "one");
    // When the second round is told of, the first has found that it is away: the
    // system forgets who watches what is moved, also when it is back at once.
    for (const name of ["DEV_FIRST", "DEV_SECOND"]) {
      await write(".env", `${name}=1\n`);
      await screen.until(new RegExp(`set .*${name}`));
    }
    await write("away/api/index.ts", answering("two"));
    await Deno.rename(`${app}/away`, `${app}/components`);
    await screen.until(/api rebuilt /);
    await write("components/api/index.ts", answering("three"));
    await screen.until(/api rebuilt /);
    strictEqual(await ask(url), "three");
  });
});

Deno.test("dev takes up a changed manifest, and tells what is wrong with one", async () => {
  await withDev(FILES, async ({ url, screen, write, ask }) => {
    await write("components/web/index.ts", answering("web"));
    const second = `[[serve]]
protocol = "http"
listen = "127.0.0.1:0"
component = "web"

[components.web]
`;
    await write("rusm.toml", `${MANIFEST}${second}`);
    const [, other] = await screen.until(/listening on (\S+) \(web\)\n/);
    strictEqual(await ask(other!), "web");
    await write("rusm.toml", `${MANIFEST}[[serve]]\n`);
    await screen.until(/^rusm\.toml:\d+:\d+: /m);
    strictEqual(await ask(other!), "web");
    await write("rusm.toml", "");
    await screen.until(/^Cannot take up an empty manifest: rusm\.toml\n/m);
    strictEqual(await ask(other!), "web");
    await write("rusm.toml", MANIFEST);
    await screen.until(/web removed, not listening on \S+ \(web\)\n/);
    await screen.until(/^all problems solved\n/m);
    await refused(other!);
    strictEqual(await ask(url), "one");
  });
});

const RESIDENT = `${MANIFEST}
[components.clock]
resident = true
capability = "clock"

[capabilities.clock]
env = ["DEV_TEST"]
`;

Deno.test("dev starts residents again, by their code, by .env, and when they have ended too often", async () => {
  const files = {
    ...FILES,
    "rusm.toml": RESIDENT,
    "components/clock/index.ts":
      "export default () => new Promise((end) => setTimeout(end, 1e9));\n",
  };
  await withDev(files, async ({ url, screen, write, ask }) => {
    await write(".env", "DEV_TEST=1\n");
    await screen.until(/set DEV_TEST, clock started\n/);
    await write(".env", "nonsense\n");
    await screen.until(/^\.env:1:1: /m);
    await write(".env", "");
    await screen.until(/set DEV_TEST, clock started\n/);
    await screen.until(/^all problems solved\n/m);
    await write(
      "components/clock/index.ts",
      'export default () => { throw new Error("boom"); };\n',
    );
    await screen.until(/^Gave up on component "clock".*\nResidents are /m);
    strictEqual(await ask(url), "one");
    await write(
      "components/clock/index.ts",
      "export default () => new Promise((end) => setTimeout(end, 1e8));\n",
    );
    await screen.until(/^all problems solved\n/m);
  });
});

function deciding(verdict: string): string {
  return `import { authentication } from "@rusm/wasm/guest";
export default authentication(() => ${verdict});
`;
}

Deno.test("dev has a hook that was changed asked, and waits for one that is nowhere", async () => {
  const manifest = MANIFEST.replace(
    "\n\n[comp",
    '\nauthentication = "keys"\n\n[comp',
  );
  const files = { ...FILES, "rusm.toml": manifest };
  await withDev(files, async ({ screen, write, ask }) => {
    await write("auth/keys/index.ts", deciding("({ allow: {} })"));
    const [, url] = await screen.until(/listening on (\S+) \(api\)\n/);
    await screen.until(/^all problems solved\n/m);
    strictEqual(await ask(url!), "one");
    await write("auth/keys/index.ts", deciding("null"));
    await screen.until(
      /^changed auth\/keys\/index\.ts → auth:keys rebuilt in .*\n/m,
    );
    strictEqual(await ask(url!), "unauthorized\n");
  });
});

Deno.test("dev serves what has wrong types, and tells of them", async () => {
  await withDev(FILES, async ({ url, screen, write, ask }) => {
    const wrong = 'const word: number = "two";\n' +
      "export default () => new Response(`${word}`);\n";
    await write("components/api/index.ts", wrong);
    await screen.until(/api rebuilt /);
    strictEqual(await ask(url), "two");
    const [text] = await screen.until(
      /^components\/api\/index\.ts:1:7: .*\n/m,
    );
    match(text, /string/);
    await write("components/api/index.ts", answering("three"));
    await screen.until(/^all problems solved\n/m);
  }, []);
});

Deno.test("dev takes up an artifact that was put there by hand", async () => {
  const files = {
    "rusm.toml": MANIFEST,
    "wasm/api.js": "exports.default = () => new Response('one');",
  };
  await withDev(files, async ({ url, screen, write, ask }) => {
    await write("wasm/api.js", "exports.default = () => new Response('two');");
    await screen.until(/^api reloaded\n/m);
    strictEqual(await ask(url), "two");
    ok(url !== "");
  });
});
