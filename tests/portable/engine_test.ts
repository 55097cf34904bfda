import { match, rejects, strictEqual } from "node:assert";
import { fileURLToPath } from "node:url";
import { withFiles } from "../boundaries/with_files.ts";
import {
  type Engine,
  engineFailure,
  findEngine,
  type RunningEngine,
  startEngine,
} from "./engine.ts";

const DENO: Engine = { command: Deno.execPath(), version: "" };

Deno.test("findEngine() says what version a command is", async () => {
  const engine = await findEngine(Deno.execPath());
  strictEqual(engine?.command, Deno.execPath());
  match(engine.version, /^deno \d+\./);
});

const NO_ENGINES = ["no-such-command", "./no/such/path", "false"];

for (const command of NO_ENGINES) {
  Deno.test(`findEngine() is undefined for ${command}`, async () => {
    strictEqual(await findEngine(command), undefined);
  });
}

Deno.test("findEngine() is undefined for a file that is no program", async () => {
  await withFiles(new Map([["text", "text"]]), async (directory) => {
    const path = fileURLToPath(new URL("text", directory));
    strictEqual(await findEngine(path), undefined);
  });
});

Deno.test("findEngine() lets through what it did not expect", async () => {
  await rejects(findEngine(`${Deno.execPath()}/a`), Deno.errors.NotADirectory);
});

Deno.test("startEngine() runs in its directory and shows no variable of ours", async () => {
  const script =
    "console.log(Deno.cwd(), Deno.env.get('CI') ?? 'none', Deno.env.get('TMPDIR'))";
  Deno.env.set("CI", Deno.env.get("CI") ?? "true");
  await withEval(script, 60_000, async ({ ended }, directory) => {
    const { stdout } = await ended;
    const text = new TextDecoder().decode(stdout).trim();
    const [cwd, ours, temporary] = text.split(" ");
    strictEqual(`${cwd}/`, fileURLToPath(directory));
    strictEqual(ours, "none");
    strictEqual(temporary, fileURLToPath(directory));
  });
});

Deno.test("startEngine() kills an engine when its time is up", async () => {
  await withEval("setInterval(() => {}, 1_000)", 50, async ({ ended }) => {
    strictEqual((await ended).signal, "SIGKILL");
  });
});

Deno.test("startEngine() makes an engine that can be killed, also when it has ended", async () => {
  await withEval("setInterval(() => {}, 1_000)", 60_000, async (engine) => {
    engine.kill();
    strictEqual((await engine.ended).signal, "SIGKILL");
    engine.kill();
  });
});

Deno.test("engineFailure() says how an engine ended and what it complained of", async () => {
  const script = "console.error('out of luck'); Deno.exit(3)";
  await withEval(script, 60_000, async ({ ended }) => {
    const { message } = engineFailure(DENO, await ended);
    match(message, /^Cannot run in .*, ended with code 3: out of luck$/);
  });
});

async function withEval(
  script: string,
  timeoutMs: number,
  use: (engine: RunningEngine, directory: URL) => Promise<void>,
): Promise<void> {
  await withFiles(new Map(), async (directory) => {
    const args = ["eval", script];
    const engine = startEngine(DENO, { args, directory, timeoutMs });
    await use(engine, directory);
  });
}
