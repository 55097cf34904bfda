/**
 * Runs the program in a browser without a window.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { withFiles } from "../boundaries/with_files.ts";
import {
  type Engine,
  engineFailure,
  findEngine,
  startEngine,
} from "./engine.ts";
import { PACKAGE } from "./javascript.ts";

const COMMANDS = ["chromium", "chromium-browser", "google-chrome"];

/**
 * Finds Chromium or Chrome; undefined when none can be run.
 *
 * @param command The one to take; the first that is on the path when it is
 * undefined or empty.
 */
export async function findChromium(
  command: string | undefined,
): Promise<Engine | undefined> {
  for (const name of command ? [command] : COMMANDS) {
    const engine = await findEngine(name);
    if (engine !== undefined) return engine;
  }
  return undefined;
}

/**
 * Runs `program.ts` among `files` in a page of its own browser, with a profile
 * that is removed afterwards.
 *
 * @param files See `readFiles`.
 * @returns What its `runProgram` returns, by way of JSON. Rejects when it
 * throws, or the browser ends or takes longer than `timeoutMs`.
 */
export function runInChromium(
  chromium: Engine,
  files: ReadonlyMap<string, string>,
  timeoutMs: number,
): Promise<unknown> {
  return withPage(files, (page) => page.run(chromium, timeoutMs));
}

/** A page that runs `program.ts`. */
export interface Page {
  /** Of the page, as browsers write it. */
  readonly origin: string;
  /** Runs it, once. Resolves and rejects as {@linkcode runInChromium} does. */
  run(chromium: Engine, timeoutMs: number): Promise<unknown>;
}

/**
 * Calls `use` with a page, which is served until `use` is done.
 *
 * @param files May be changed until the page is run.
 */
export async function withPage<T>(
  files: ReadonlyMap<string, string>,
  use: (page: Page) => Promise<T>,
): Promise<T> {
  const { promise: verdict, resolve, reject } = Promise.withResolvers();
  const server = serveSite(files, ({ value, error }) => {
    if (error === undefined) resolve(value);
    else reject(new Error(`Cannot run the program in a page: ${error}`));
  });
  const origin = `http://127.0.0.1:${server.addr.port}`;
  try {
    return await use({
      origin,
      run: (chromium, timeoutMs) =>
        browse(chromium, `${origin}/`, verdict, timeoutMs),
    });
  } finally {
    await server.shutdown();
  }
}

/** What the page reports. */
interface Outcome {
  /** What the program returned. */
  readonly value?: unknown;
  /** The stack of what it threw. */
  readonly error?: string;
}

function serveSite(
  files: ReadonlyMap<string, string>,
  report: (outcome: Outcome) => void,
): Deno.HttpServer<Deno.NetAddr> {
  const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
  return Deno.serve(options, async (request) => {
    if (request.method === "POST") {
      report(await request.json());
      return new Response();
    }
    const path = new URL(request.url).pathname.slice(1);
    if (path === "") return respond("text/html", PAGE);
    const javascript = files.get(path);
    return javascript === undefined
      ? new Response(null, { status: 404 })
      : respond("text/javascript", javascript);
  });
}

function respond(type: string, text: string): Response {
  return new Response(text, {
    headers: { "content-type": `${type}; charset=utf-8` },
  });
}

const PAGE = `<!doctype html>
<script type="importmap">
  { "imports": { "@rusm/otp": "/${PACKAGE}/mod.ts" } }
</script>
<script type="module">
  async function run() {
    try {
      const { runProgram } = await import("./program.ts");
      return { value: await runProgram() };
    } catch (error) {
      return { error: String(error.stack) };
    }
  }
  await fetch("/", { method: "POST", body: JSON.stringify(await run()) });
</script>`;

async function browse<Verdict>(
  chromium: Engine,
  page: string,
  verdict: Promise<Verdict>,
  timeoutMs: number,
): Promise<Verdict> {
  return await withFiles(new Map(), async (directory) => {
    const profile = `--user-data-dir=${fileURLToPath(directory)}`;
    const args = [...FLAGS, profile, page];
    const fail = (output: Deno.CommandOutput) => {
      throw engineFailure(chromium, output);
    };
    const browser = startEngine(chromium, { args, directory, timeoutMs });
    try {
      return await Promise.race([verdict, browser.ended.then(fail)]);
    } finally {
      browser.kill();
      await browser.ended;
    }
  });
}

// The page is ours, so it needs no sandbox, which not every container allows.
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--no-first-run",
  "--no-proxy-server",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
];
