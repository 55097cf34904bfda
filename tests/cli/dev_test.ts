import { match, rejects, strictEqual } from "node:assert";

// `rusm dev` as a process of its own: in a terminal, and killed.

const PROGRAM = new URL("../../cli/main.ts", import.meta.url).pathname;

const MANIFEST = `[[serve]]
protocol = "http"
listen = "127.0.0.1:0"
component = "api"

[[serve]]
protocol = "ws"
listen = "127.0.0.1:0"
component = "chat"

[components.api]
[components.chat]
`;

/** Counts the messages of its client. */
const CHAT = `import { websocket } from "@rusm/wasm/guest";
let count = 0;
export default websocket({
  message: (socket) => void socket.sendText(String(++count)),
});
`;

function answering(text: string): string {
  return `export default () => new Response(${JSON.stringify(text)});\n`;
}

/** Finds `text` in red. */
function red(text: string): RegExp {
  const escape = String.fromCharCode(27);
  return new RegExp(`${escape}\\[31m${text}${escape}\\[39m\r\n`);
}

/** Calls `test` with a directory of an app of two components. */
async function withApp(
  test: (app: string) => Promise<void>,
): Promise<void> {
  const app = await Deno.realPath(await Deno.makeTempDir());
  try {
    await Deno.writeTextFile(`${app}/rusm.toml`, MANIFEST);
    for (const [name, code] of [["api", answering("api 1")], ["chat", CHAT]]) {
      await Deno.mkdir(`${app}/components/${name}`, { recursive: true });
      await Deno.writeTextFile(`${app}/components/${name}/index.ts`, code!);
    }
    await test(app);
  } finally {
    await Deno.remove(app, { recursive: true });
  }
}

/** What a process prints, to be waited for. */
class Printed {
  readonly #chunks: AsyncIterator<string>;
  #text = "";

  constructor(stream: ReadableStream<Uint8Array>) {
    const texts = stream.pipeThrough(new TextDecoderStream());
    this.#chunks = texts[Symbol.asyncIterator]();
  }

  /** Waits for what matches, and takes it and all before it away. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#text);
      if (found !== null) {
        this.#text = this.#text.slice(found.index + found[0].length);
        return found;
      }
      const { done, value } = await this.#chunks.next();
      if (done) throw new Error(`Ended without ${pattern}: ${this.#text}`);
      this.#text += value;
    }
  }

  /** Waits until nobody can print any more. */
  async end(): Promise<string> {
    for (;;) {
      const { done, value } = await this.#chunks.next();
      if (done) return this.#text;
      this.#text += value;
    }
  }
}

async function hasScript(): Promise<boolean> {
  try {
    const { stdout } = await new Deno.Command("script", {
      args: ["--version"],
    }).output();
    return new TextDecoder().decode(stdout).includes("util-linux");
  } catch (error) {
    // Other systems have none, or another one.
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function get(port: number): Promise<string> {
  return await (await fetch(`http://127.0.0.1:${port}`)).text();
}

/** A client of the chat, which stays. */
async function chatAt(port: number): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
  await heard(socket, "open");
  return socket;
}

async function heard(socket: WebSocket, type: string): Promise<MessageEvent> {
  return await new Promise((resolve, reject) => {
    socket.onerror = reject;
    const options = { once: true };
    socket.addEventListener(type, (event) => {
      resolve(event as MessageEvent);
    }, options);
  });
}

/** Sends a message, and resolves to how many its process has had. */
async function count(socket: WebSocket): Promise<string> {
  const answer = heard(socket, "message");
  socket.send("");
  return (await answer).data;
}

Deno.test({
  name:
    "rusm dev in a terminal takes up what is saved, while a WebSocket of another component stays open",
  // It makes the terminal.
  ignore: !await hasScript(),
  async fn() {
    await withApp(async (app) => {
      const command = `exec "${Deno.execPath()}" run -A "${PROGRAM}" dev`;
      const terminal = new Deno.Command("script", {
        args: ["-qfec", command, "/dev/null"],
        ...{ cwd: app, stdin: "piped", stdout: "piped" },
        env: { TERM: "xterm", NO_COLOR: "" },
      }).spawn();
      const printed = new Printed(terminal.stdout);
      const [, api] = await printed.until(/api +\S*http:[^\r\n]*?:(\d+)/);
      const [, chat] = await printed.until(/chat +\S*ws:[^\r\n]*?:(\d+)/);
      await printed.until(/stop: /);
      const socket = await chatAt(Number(chat));
      strictEqual(await count(socket), "1");

      const source = `${app}/components/api/index.ts`;
      await Deno.writeTextFile(`${source}~`, answering("api 2"));
      await Deno.rename(`${source}~`, source);
      await printed.until(/api rebuilt in .* \(.*B\)\r\n/);
      strictEqual(await get(Number(api)), "api 2");

      await Deno.writeTextFile(source, "export default (");
      await printed.until(red("api failed"));
      await printed.until(/index\.ts\S*:1:/);
      strictEqual(await get(Number(api)), "api 2");

      // In the process that it began with.
      strictEqual(await count(socket), "2");
      const closed = heard(socket, "close");
      socket.close();
      await closed;

      // Ctrl-C, as a terminal sends it.
      const typing = terminal.stdin.getWriter();
      await typing.write(Uint8Array.of(3));
      match(await printed.end(), /stopped: /);
      await typing.close();
      strictEqual((await terminal.status).code, 0);
      await rejects(get(Number(api)), TypeError);
    });
  },
});

Deno.test("rusm dev that is killed leaves nothing behind", async () => {
  await withApp(async (app) => {
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", PROGRAM, "dev"],
      ...{ cwd: app, stdin: "null", stdout: "piped" },
    }).spawn();
    const printed = new Printed(process.stdout);
    const [, port] = await printed.until(/api +http:\S*:(\d+)/);
    await printed.until(/stop: /);
    strictEqual(await get(Number(port)), "api 1");
    process.kill("SIGKILL");
    // It ends when the last process that could print has ended.
    await printed.end();
    await process.status;
    await rejects(get(Number(port)), TypeError);
  });
});
