/**
 * Servers that benchmarks load, each in a process of its own.
 *
 * @module
 */

import { cp } from "node:fs/promises";
import { listenForInterruption } from "./interruption.ts";
import type { Figures } from "./noun.ts";
import { type Server, startServer } from "./server.ts";

const HERE = import.meta.dirname!;
const STARTER = `${HERE}/../cli/templates/hello`;
const HANDLER = `${HERE}/../tests/guests/built/handler.wasm`;
const DENO_RUN: readonly string[] = [Deno.execPath(), "run", "-A"];

/** Measures a server that runs. */
export type Measure = (server: Server, signal: AbortSignal) => Promise<Figures>;

/** Measures a bare `Deno.serve`. */
export async function withRaw(measure: Measure): Promise<Figures> {
  return await withServer([...DENO_RUN, `${HERE}/http_raw.ts`], measure);
}

/** Measures the `hello` starter, which is in TypeScript. */
export async function withStarter(measure: Measure): Promise<Figures> {
  return await withApp(async (app) => {
    await cp(STARTER, app, { recursive: true });
    const manifest = `${app}/rusm.toml`;
    const source = await Deno.readTextFile(manifest);
    await Deno.writeTextFile(manifest, quietAnywhere(source));
  }, measure);
}

/**
 * The starter's manifest on any free port, without a log line per request:
 * what it is held against has none.
 *
 * @throws {SyntaxError} The manifest has no such line to change.
 */
export function quietAnywhere(manifest: string): string {
  const edits = [
    [/^listen = ".*"$/m, 'listen = "127.0.0.1:0"'],
    [/^level = ".*"$/m, 'level = "error"'],
  ] as const;
  return edits.reduce((text, [line, edited]) => {
    if (line.test(text)) return text.replace(line, edited);
    throw new SyntaxError(`Cannot find a line of the manifest: ${line}`);
  }, manifest);
}

const HANDLER_MANIFEST = `
[log]
level = "error"
[[serve]]
protocol = "http"
listen = "127.0.0.1:0"
component = "handler"
[components.handler]
`;

/** Measures a component in C that exports `wasi:http/incoming-handler`, and answers `/hello`. */
export async function withHandler(measure: Measure): Promise<Figures> {
  return await withApp(async (app) => {
    await Deno.mkdir(`${app}/wasm`);
    await Deno.copyFile(HANDLER, `${app}/wasm/handler.wasm`);
    await Deno.writeTextFile(`${app}/rusm.toml`, HANDLER_MANIFEST);
  }, measure);
}

async function withApp(
  make: (directory: string) => Promise<void>,
  measure: Measure,
): Promise<Figures> {
  const app = await Deno.makeTempDir({ prefix: "rusm-bench-app-" });
  try {
    await make(app);
    const serve = [`${HERE}/../cli/main.ts`, "serve", "--build", "--config"];
    return await withServer(
      [...DENO_RUN, ...serve, `${app}/rusm.toml`],
      measure,
    );
  } finally {
    await Deno.remove(app, { recursive: true });
  }
}

async function withServer(
  command: readonly string[],
  measure: Measure,
): Promise<Figures> {
  using interruption = listenForInterruption();
  const { signal } = interruption;
  await using server = await startServer(command, { signal });
  return await measure(server, signal);
}
