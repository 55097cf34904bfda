import { deepStrictEqual, match, rejects, strictEqual } from "node:assert";
import { type App, startApp } from "./app.ts";
import { createLog, type Log } from "./log.ts";
import { loadManifest } from "./manifest.ts";

type Files = Readonly<Record<string, string>>;

const SERVE_API = `[[serve]]
protocol = "http"
listen = "127.0.0.1:0"
component = "api"
`;
const MANIFEST = `${SERVE_API}\n[components.api]\n`;

/** A component that answers `text` to everything. */
function answering(text: string): string {
  return `exports.default = () => new Response(${JSON.stringify(text)});`;
}

/** One that says that it runs, and goes on for ever. */
function running(text: string): string {
  return `exports.default = () => {
    console.log(${text});
    return new Promise((resolve) => setTimeout(resolve, 1e9));
  };`;
}

/** An app of files that can be changed. */
class Changing {
  readonly directory: string;
  readonly lines: string[] = [];
  readonly log: Log = createLog({
    level: "info",
    sink: (text) => void this.lines.push(text.slice("HH:MM:SS ".length)),
  });

  constructor(directory: string) {
    this.directory = directory;
  }

  async write(files: Files): Promise<void> {
    await Deno.mkdir(`${this.directory}/wasm`, { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${this.directory}/${name}`, text);
    }
  }

  manifest() {
    return loadManifest(`${this.directory}/rusm.toml`);
  }

  async start(): Promise<App> {
    return await startApp(await this.manifest(), { log: this.log });
  }

  async reload(app: App, files: Files) {
    await this.write(files);
    return await app.reload(await this.manifest());
  }
}

/** Calls `test` with an app that holds `files` and runs. */
async function withApp(
  files: Files,
  test: (app: App, changing: Changing) => Promise<void>,
): Promise<void> {
  const changing = new Changing(await Deno.makeTempDir());
  await changing.write(files);
  const app = await changing.start();
  try {
    await test(app, changing);
  } finally {
    await app.stop();
    await Deno.remove(changing.directory, { recursive: true });
  }
}

async function ask(app: App, index = 0): Promise<string> {
  const response = await fetch(app.endpoints[index]!.url);
  return await response.text();
}

/** A connection that a client keeps. */
class Kept {
  readonly #connection: Deno.TcpConn;

  constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  static async to(app: App, index = 0): Promise<Kept> {
    const port = Number(new URL(app.endpoints[index]!.url).port);
    return new Kept(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  async send(text: string): Promise<void> {
    await this.#connection.write(new TextEncoder().encode(text));
  }

  async read(): Promise<string> {
    const bytes = new Uint8Array(4_096);
    const read = await this.#connection.read(bytes);
    if (read === null) throw new Error("The connection was closed");
    return new TextDecoder().decode(bytes.subarray(0, read));
  }

  /** The body of the next answer, which says its length. */
  async answer(): Promise<string> {
    let text = "";
    for (;;) {
      text += await this.read();
      const [head, body] = text.split("\r\n\r\n");
      const length = /content-length: (\d+)/i.exec(head ?? "")?.[1];
      if (body?.length === Number(length)) return body;
    }
  }

  async get(): Promise<string> {
    await this.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    return await this.answer();
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}

Deno.test("App.reload() changes nothing when nothing has changed", async () => {
  const files = { "rusm.toml": MANIFEST, "wasm/api.js": answering("one") };
  await withApp(files, async (app, changing) => {
    deepStrictEqual(await changing.reload(app, files), {
      ...{ changed: [], added: [], removed: [], variables: [], started: [] },
      ...{ opened: [], rerouted: [], closed: [] },
    });
    strictEqual(await ask(app), "one");
  });
});

Deno.test("App.reload() has new code answer, on the connections of before", async () => {
  const files = { "rusm.toml": MANIFEST, "wasm/api.js": answering("one") };
  await withApp(files, async (app, changing) => {
    using kept = await Kept.to(app);
    strictEqual(await kept.get(), "one");
    const { url } = app.endpoints[0]!;
    const { changed } = await changing.reload(app, {
      "wasm/api.js": answering("two"),
    });
    deepStrictEqual(changed, [["api", "code"]]);
    strictEqual(await kept.get(), "two");
    strictEqual(app.endpoints[0]!.url, url);
  });
});

Deno.test("App.reload() lets a request that has begun end on the code of before", async () => {
  const files = { "rusm.toml": MANIFEST, "wasm/api.js": answering("one") };
  await withApp(files, async (app, changing) => {
    using kept = await Kept.to(app);
    await kept.send(
      "POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n",
    );
    // Said when the body is waited for.
    match(await kept.read(), /^HTTP\/1\.1 100 /);
    await changing.reload(app, { "wasm/api.js": answering("two") });
    strictEqual(await ask(app), "two");
    await kept.send("ab");
    strictEqual(await kept.answer(), "one");
  });
});

const BROKEN: readonly (readonly [string, Files, RegExp])[] = [
  [
    "a component throws",
    { "wasm/api.js": "throw new Error('boom');" },
    /Cannot load component "api": .*boom/s,
  ],
  [
    "another component throws",
    {
      "rusm.toml": `${MANIFEST}[components.other]\n`,
      "wasm/api.js": answering("two"),
      "wasm/other.js": "throw new Error('boom');",
    },
    /Cannot load component "other": .*boom/s,
  ],
  [
    "a component is missing",
    { "rusm.toml": `${MANIFEST}[components.other]\n` },
    /Cannot find the artifact of component "other"/,
  ],
  [
    "a route asks for what a component does not have",
    { "wasm/api.js": "exports.add = () => 1;" },
    /Cannot serve component "api"/,
  ],
  [
    "an address cannot be listened on",
    {
      "rusm.toml": `${MANIFEST}[[serve]]
protocol = "http"
listen = "192.0.2.1:0"
component = "api"
`,
      "wasm/api.js": answering("two"),
    },
    /Cannot listen on 192\.0\.2\.1:0/,
  ],
  [
    "there is to be another store",
    { "rusm.toml": `[node]\nstore = "a.db"\n${MANIFEST}` },
    /Cannot change the store of an app that runs, start it again: .*a\.db$/,
  ],
  [
    "the log is to look otherwise",
    { "rusm.toml": `[log]\nformat = "json"\n${MANIFEST}` },
    /Cannot change the form of the log of an app that runs, start it again: json$/,
  ],
  [
    "the admin address is to be another",
    { "rusm.toml": `[node]\nadmin = "127.0.0.1:9"\n${MANIFEST}` },
    /Cannot change the admin address of an app that runs, start it again: 127\.0\.0\.1:9$/,
  ],
  [".env is nonsense", { ".env": "nonsense" }, /\.env:1:1: /],
];

for (const [what, files, message] of BROKEN) {
  Deno.test(`App.reload() leaves the app as it was when ${what}`, async () => {
    const before = { "rusm.toml": MANIFEST, "wasm/api.js": answering("one") };
    await withApp(before, async (app, changing) => {
      using kept = await Kept.to(app);
      strictEqual(await kept.get(), "one");
      await rejects(changing.reload(app, files), { message });
      strictEqual(await kept.get(), "one");
      strictEqual(app.endpoints.length, 1);
      // What was wrong can be mended.
      await Deno.writeTextFile(`${changing.directory}/.env`, "");
      await changing.reload(app, { ...before, "wasm/api.js": answering("3") });
      strictEqual(await kept.get(), "3");
    });
  });
}

Deno.test("App.reload() adds and removes components and listeners", async () => {
  const files = { "rusm.toml": MANIFEST, "wasm/api.js": answering("one") };
  await withApp(files, async (app, changing) => {
    using kept = await Kept.to(app);
    strictEqual(await kept.get(), "one");
    const second = SERVE_API.replace("api", "web");
    const added = await changing.reload(app, {
      "rusm.toml": `${MANIFEST}${second}[components.web]\n`,
      "wasm/web.js": answering("web"),
    });
    deepStrictEqual([added.added, added.changed], [["web"], []]);
    deepStrictEqual(added.opened, [app.endpoints[1]]);
    strictEqual(await ask(app, 1), "web");
    const { url } = app.endpoints[1]!;
    const removed = await changing.reload(app, { "rusm.toml": MANIFEST });
    deepStrictEqual([removed.removed, removed.closed], [["web"], [
      { label: "web", url },
    ]]);
    // A connection of before is served until it is closed; this client has none.
    using client = Deno.createHttpClient({});
    await rejects(fetch(url, { client }), TypeError);
    strictEqual(await kept.get(), "one");
    deepStrictEqual(app.hosted().map(({ name }) => name), ["api"]);
  });
});

Deno.test("App.reload() has a listener ask another component, on its socket", async () => {
  const files = {
    "rusm.toml": `${MANIFEST}[components.web]\n`,
    "wasm/api.js": answering("api"),
    "wasm/web.js": answering("web"),
  };
  await withApp(files, async (app, changing) => {
    using kept = await Kept.to(app);
    strictEqual(await kept.get(), "api");
    const { rerouted, changed } = await changing.reload(app, {
      "rusm.toml": files["rusm.toml"].replace('"api"', '"web"'),
    });
    deepStrictEqual(rerouted, app.endpoints);
    deepStrictEqual(changed, []);
    strictEqual(await kept.get(), "web");
  });
});

Deno.test("App.reload() listens on a wider address of the same port", async () => {
  const files = { "rusm.toml": MANIFEST, "wasm/api.js": answering("one") };
  await withApp(files, async (app, changing) => {
    const { port } = new URL(app.endpoints[0]!.url);
    const narrow = MANIFEST.replace(":0", `:${port}`);
    // Where the system chose the port it is another address, of the same name.
    await changing.reload(app, { "rusm.toml": narrow });
    await changing.reload(app, {
      "rusm.toml": narrow.replace("127.0.0.1", "0.0.0.0"),
    });
    strictEqual(app.endpoints[0]!.url, `http://0.0.0.0:${port}`);
    strictEqual(await ask(app), "one");
  });
});

Deno.test("App.reload() listens as before when a wider address is another's", async () => {
  const files = { "rusm.toml": MANIFEST, "wasm/api.js": answering("one") };
  await withApp(files, async (app, changing) => {
    const { port } = new URL(app.endpoints[0]!.url);
    const narrow = MANIFEST.replace(":0", `:${port}`);
    await changing.reload(app, { "rusm.toml": narrow });
    const other = Deno.listen({ hostname: "127.0.0.2", port: Number(port) });
    await rejects(
      changing.reload(app, {
        "rusm.toml": narrow.replace("127.0.0.1", "0.0.0.0"),
      }),
      { code: "addressInUse" },
    );
    strictEqual(await ask(app), "one");
    other.close();
  });
});

Deno.test("App.reload() leaves a WebSocket of another component open, and of its own on the code of before", async () => {
  const echo = (word: string) =>
    `exports.default = websocket({
      message(ws, data) {
        ws.sendText(${JSON.stringify(word)} + new TextDecoder().decode(data));
      },
    });`;
  const files = {
    "rusm.toml": `${MANIFEST}[components.chat]\n${
      SERVE_API.replace("http", "ws").replace("api", "chat")
    }`,
    "wasm/api.js": answering("one"),
    "wasm/chat.js": echo("old "),
  };
  await withApp(files, async (app, changing) => {
    const first = await opened(app.endpoints[1]!.url);
    await changing.reload(app, { "wasm/api.js": answering("two") });
    strictEqual(await ask(app), "two");
    strictEqual(await said(first, "1"), "old 1");
    await changing.reload(app, { "wasm/chat.js": echo("new ") });
    const second = await opened(app.endpoints[1]!.url);
    strictEqual(await said(first, "2"), "old 2");
    strictEqual(await said(second, "3"), "new 3");
    for (const socket of [first, second]) {
      const closed = new Promise((resolve) => socket.onclose = resolve);
      socket.close();
      await closed;
    }
  });
});

async function opened(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url);
  await new Promise((resolve) => socket.onopen = resolve);
  return socket;
}

async function said(socket: WebSocket, text: string): Promise<string> {
  const answer = new Promise<string>((resolve) =>
    socket.onmessage = ({ data }) => resolve(data)
  );
  socket.send(text);
  return await answer;
}

Deno.test("App.reload() takes up templates, and components that become one", async () => {
  const files = {
    "rusm.toml": `${MANIFEST}[components.plugin]\n`,
    "wasm/api.js": answering("one"),
    "wasm/plugin.js": answering("plugin"),
  };
  const template = `${MANIFEST}[components.plugin]\ndynamic = "js"\n`;
  await withApp(files, async (app, changing) => {
    const become = await changing.reload(app, { "rusm.toml": template });
    deepStrictEqual(become.changed, [["plugin", "code"]]);
    deepStrictEqual(app.hosted().map(({ name }) => name), ["api"]);
    const same = await changing.reload(app, { "rusm.toml": template });
    deepStrictEqual(same.changed, []);
    const settings = await changing.reload(app, {
      "rusm.toml": `${template}capability = "trusted"\n`,
    });
    deepStrictEqual(settings.changed, [["plugin", "settings"]]);
    const gone = await changing.reload(app, { "rusm.toml": MANIFEST });
    deepStrictEqual(gone.removed, ["plugin"]);
    strictEqual(await ask(app), "one");
  });
});

const RESIDENT = `[components.clock]
resident = true
capability = "clock"

[capabilities.clock]
env = ["RELOAD_TEST"]
`;

Deno.test("App.reload() starts a resident again when its code or a variable has changed", async () => {
  const files = {
    "rusm.toml": `${MANIFEST}${RESIDENT}`,
    "wasm/api.js": answering("one"),
    "wasm/clock.js": running(`"clock 1"`),
    ".env": "RELOAD_TEST=1\nOTHER_RELOAD_TEST=1\n",
  };
  await withApp(files, async (app, changing) => {
    const pidOf = () => app.hosted()[1]!.pid;
    const first = pidOf();
    const code = await changing.reload(app, {
      "wasm/clock.js": running(`"clock 2"`),
    });
    deepStrictEqual(code.started, ["clock"]);
    const second = pidOf();
    const variable = await changing.reload(app, {
      ".env": "RELOAD_TEST=2\nOTHER_RELOAD_TEST=1\n",
    });
    deepStrictEqual(variable.variables, ["RELOAD_TEST"]);
    deepStrictEqual([variable.started, variable.changed], [["clock"], []]);
    const third = pidOf();
    const other = await changing.reload(app, {
      ".env": "RELOAD_TEST=2\nOTHER_RELOAD_TEST=2\n",
    });
    deepStrictEqual(other.variables, ["OTHER_RELOAD_TEST"]);
    deepStrictEqual(other.started, []);
    strictEqual(pidOf(), third);
    strictEqual(new Set([first, second, third]).size, 3);
    strictEqual(app.info().alive, 1);
    await changing.reload(app, { ".env": "" });
    strictEqual(Deno.env.get("OTHER_RELOAD_TEST"), undefined);
    const ends = changing.lines.filter((line) => /exit .*clock/.test(line));
    deepStrictEqual(ends.length, 3);
  });
});

Deno.test("App.reload() starts residents whose variable has changed when another change fails first", async () => {
  const files = {
    "rusm.toml": `${MANIFEST}${RESIDENT}`,
    "wasm/api.js": answering("one"),
    "wasm/clock.js": running(`"clock"`),
  };
  await withApp(files, async (app, changing) => {
    const broken = { ".env": "RELOAD_TEST=1\n", "wasm/api.js": "(" };
    await rejects(changing.reload(app, broken));
    const { started, variables } = await changing.reload(app, {
      "wasm/api.js": answering("one"),
    });
    deepStrictEqual([started, variables], [["clock"], []]);
    await changing.reload(app, { ".env": "" });
  });
});

Deno.test("App.reload() does one after the other, and none when the app stops", async () => {
  const files = { "rusm.toml": MANIFEST, "wasm/api.js": answering("one") };
  await withApp(files, async (app, changing) => {
    await changing.write({ "wasm/api.js": answering("two") });
    const manifest = await changing.manifest();
    const [first, second] = await Promise.all([
      app.reload(manifest),
      app.reload(manifest),
    ]);
    deepStrictEqual([first.changed.length, second.changed.length], [1, 0]);
    const stopped = app.stop();
    await rejects(changing.reload(app, { "wasm/api.js": answering("3") }));
    await stopped;
  });
});
