import { match, rejects, strictEqual } from "node:assert";
import { connect, type Connection } from "../serving/connection.ts";

// `rusm dev` as a process of its own: in a terminal, and killed.

const PROGRAM = new URL("../../cli/main.ts", import.meta.url).pathname;

const SERVE = `[[serve]]
protocol = "http"
listen = "127.0.0.1:0"
`;
const MANIFEST = `${SERVE}component = "api"

${SERVE}component = "web"

[components.api]
[components.web]
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
    for (const name of ["api", "web"]) {
      await Deno.mkdir(`${app}/components/${name}`, { recursive: true });
      const path = `${app}/components/${name}/index.ts`;
      await Deno.writeTextFile(path, answering(`${name} 1`));
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

/** Asks on a connection that is kept. */
async function askAgain(connection: Connection): Promise<string> {
  await connection.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  return new TextDecoder().decode((await connection.read()).body);
}

Deno.test({
  name:
    "rusm dev in a terminal takes up what is saved, while another's client stays connected",
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
      const [, web] = await printed.until(/web +\S*http:[^\r\n]*?:(\d+)/);
      await printed.until(/stop: /);
      using connection = await connect(Number(web));
      strictEqual(await askAgain(connection), "web 1");

      const source = `${app}/components/api/index.ts`;
      await Deno.writeTextFile(`${source}~`, answering("api 2"));
      await Deno.rename(`${source}~`, source);
      await printed.until(/api rebuilt in .* \(.*B\)\r\n/);
      strictEqual(await get(Number(api)), "api 2");

      await Deno.writeTextFile(source, "export default (");
      await printed.until(red("api failed"));
      await printed.until(/index\.ts\S*:1:/);
      strictEqual(await get(Number(api)), "api 2");

      strictEqual(await askAgain(connection), "web 1");
      connection.close();

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
