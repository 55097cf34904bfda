import { strictEqual } from "node:assert";
import { main } from "../command_line.ts";
import type { Io } from "../io.ts";
import type { StopSignal } from "../process/stop.ts";
import { record, withDirectory } from "../testdata/recorder.ts";
import { reloadWhenAsked } from "./reload.ts";

const MANIFEST = `[log]
level = "off"

[[serve]]
protocol = "http"
listen = "127.0.0.1:0"
component = "api"

[components.api]
`;

function answering(text: string): string {
  return `module.exports = () => new Response(${JSON.stringify(text)});\n`;
}

/** A running `rusm serve`. */
interface Served {
  readonly url: string;
  readonly app: string;
  /** Asks it to reload, and waits for what it prints. */
  reload(): Promise<string>;
}

async function withServed(
  test: (served: Served) => Promise<void>,
): Promise<void> {
  const files = { "rusm.toml": MANIFEST, "wasm/api.js": answering("one") };
  await withDirectory(files, async (app) => {
    const stop = Promise.withResolvers<StopSignal>();
    const signals = [stop.promise].values();
    let reload = () => {};
    let print = (_text: string) => {};
    const output: Io["stdout"] = {
      ...{ isTerminal: false, hasColour: false, writeBytes() {} },
      write: (text) => print(text),
    };
    const { io } = record(app, {
      ...{ stdout: output, stderr: output },
      listenForStop: () => ({
        next: () => signals.next().value ?? new Promise(() => {}),
        close() {},
      }),
      onReload: (listener) => {
        reload = listener;
        return () => reload = () => {};
      },
    });
    const started = new Promise<string>((resolve) => print = resolve);
    const code = main(["serve"], io);
    const url = /http:\S+/.exec(await started)![0];
    const reloaded = () => {
      const said = new Promise<string>((resolve) => print = resolve);
      reload();
      return said;
    };
    try {
      await test({ url, app, reload: reloaded });
    } finally {
      stop.resolve("SIGTERM");
      strictEqual(await code, 0);
    }
  });
}

async function ask(url: string): Promise<string> {
  return await (await fetch(url)).text();
}

Deno.test("serve takes up what was built when it is asked to", async () => {
  await withServed(async ({ url, app, reload }) => {
    await Deno.writeTextFile(`${app}/wasm/api.js`, answering("two"));
    strictEqual(await ask(url), "one");
    strictEqual(await reload(), "reloaded: api reloaded\n");
    strictEqual(await ask(url), "two");
    strictEqual(await reload(), "reloaded: nothing has changed\n");
  });
});

Deno.test("serve goes on as it was when what is there is wrong", async () => {
  await withServed(async ({ url, app, reload }) => {
    await Deno.writeTextFile(`${app}/rusm.toml`, "[[serve]]\n");
    strictEqual(
      (await reload()).split("\n").at(-2),
      "not reloaded, what ran before goes on",
    );
    strictEqual(await ask(url), "one");
    await Deno.remove(`${app}/rusm.toml`);
    await reload();
    await Deno.writeTextFile(`${app}/rusm.toml`, MANIFEST);
    await Deno.remove(`${app}/wasm/api.js`);
    await reload();
    strictEqual(await ask(url), "one");
  });
});

Deno.test("reloadWhenAsked() reloads one time after the other, and prints any failure", async () => {
  await withDirectory({ "rusm.toml": MANIFEST }, async (directory) => {
    let ask = () => {};
    const { io, stdout, stderr } = record(directory, {
      onReload: (listener) => {
        ask = listener;
        return () => {};
      },
    });
    const path = `${directory}/rusm.toml`;
    const turns: PromiseWithResolvers<void>[] = [];
    const begun: PromiseWithResolvers<void>[] = [0, 1].map(() =>
      Promise.withResolvers<void>()
    );
    const app = {
      reload: async () => {
        const turn = Promise.withResolvers<void>();
        begun[turns.length]!.resolve();
        turns.push(turn);
        await turn.promise;
        throw new TypeError("a bug");
      },
    };
    reloadWhenAsked({ app, path, overrides: {} }, io);
    ask();
    ask();
    await begun[0]!.promise;
    strictEqual(turns.length, 1);
    turns[0]!.resolve();
    await begun[1]!.promise;
    strictEqual(stderr().startsWith("TypeError: a bug\n"), true);
    strictEqual(stdout(), "");
    turns[1]!.resolve();
  });
});
