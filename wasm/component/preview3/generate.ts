/**
 * Makes glue of a component, in an OS process of its own: the generator is not
 * ours, and what it reads is hostile.
 *
 * @module
 */

import { stripVTControlCharacters } from "node:util";
import { PROGRAM } from "./program.ts";
import type { Generator } from "./generator.ts";
import {
  GENERATE_MS_MAX,
  GENERATOR_HEAP_MB_MAX,
  GLUE_BYTES_MAX,
} from "./limits.ts";

/** What the files of the glue are called. */
export const GLUE_NAME = "guest";

/** What a component has become. */
export interface Glue {
  /** A module that exports `instantiate`. */
  readonly text: string;
  /** The core modules, by the names that the glue asks for. */
  readonly modules: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/** How glue is made. */
export interface GenerateOptions {
  /** What the glue calls each interface that is imported, by its name. */
  readonly imports: ReadonlyMap<string, string>;
  /** Functions of the host that may return a promise although their type is not async: `interface#function`. */
  readonly waiting: readonly string[];
  /** Exported functions whose type is not async, but that may call those. */
  readonly blocking: readonly string[];
}

/** The generator did not make glue. */
export class NotGenerated extends Error {
  /** Tells what the generator said. */
  constructor(message: string) {
    super(message);
    this.name = "NotGenerated";
  }
}

/**
 * Makes glue of `component`.
 *
 * @throws {NotGenerated} The generator refuses it, takes too long or makes too
 * much; or it cannot be run.
 */
export async function generate(
  generator: Generator,
  component: Uint8Array<ArrayBuffer>,
  options: GenerateOptions,
): Promise<Glue> {
  const abandon = new AbortController();
  const child = start(generator, options, abandon.signal);
  const timer = setTimeout(() => abandon.abort(), GENERATE_MS_MAX);
  try {
    const writing = new Blob([component]).stream().pipeTo(child.stdin)
      // It may end before it has read all: then it says why.
      .catch(() => {});
    const [output, errors, status] = await Promise.all([
      readAll(child.stdout, abandon),
      readAll(child.stderr, abandon),
      child.status,
      writing,
    ]);
    if (!status.success) throw refusal(abandon.signal.aborted, errors);
    return glueOf(output);
  } finally {
    clearTimeout(timer);
  }
}

function start(
  { entry, root }: Generator,
  options: GenerateOptions,
  signal: AbortSignal,
): Deno.ChildProcess {
  // A compiled program is no Deno that could run another.
  const deno = Deno.build.standalone ? "deno" : Deno.execPath();
  const command = new Deno.Command(deno, {
    args: [
      ...["run", "--no-prompt", "--no-config", "--no-lock", "--no-remote"],
      ...[
        "--cached-only",
        "--node-modules-dir=manual",
        `--allow-read=${root.replaceAll(",", ",,")}`,
      ],
      // What it looks for there is left out: it gets no variables.
      ...[
        "--allow-env",
        `--v8-flags=--max-old-space-size=${GENERATOR_HEAP_MB_MAX}`,
      ],
      `data:text/javascript;base64,${btoa(PROGRAM)}`,
      ...[entry.href, JSON.stringify(generatorOptions(options))],
    ],
    cwd: root,
    clearEnv: true,
    signal,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  try {
    return command.spawn();
  } catch (error) {
    // The node may not run it, or there is none: its user can mend that.
    throw new NotGenerated(`Cannot run jco: ${(error as Error).message}`);
  }
}

function generatorOptions({ imports, waiting, blocking }: GenerateOptions) {
  return {
    name: GLUE_NAME,
    map: [...imports],
    instantiation: { tag: "async" },
    asyncMode: { tag: "jspi", val: { imports: waiting, exports: blocking } },
    noTypescript: true,
    noNodejsCompat: true,
    noComponentErrorWrapping: true,
    base64Cutoff: 0,
  };
}

async function readAll(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  abandon: AbortController,
): Promise<string> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for await (const piece of stream) {
    bytes += piece.length;
    // Bytes are sent as base64, a third longer.
    if (bytes > GLUE_BYTES_MAX * 4 / 3) abandon.abort();
    else pieces.push(piece);
  }
  return await new Blob(pieces).text();
}

function refusal(isAbandoned: boolean, errors: string): NotGenerated {
  if (isAbandoned) {
    return new NotGenerated(
      `Cannot make glue in ${GENERATE_MS_MAX} ms and ${GLUE_BYTES_MAX} bytes`,
    );
  }
  const lines = stripVTControlCharacters(errors).split("\n");
  const said = lines.find((line) => /error/i.test(line)) ?? lines[0]!;
  return new NotGenerated(
    `Cannot make glue, since jco refuses: ${said.slice(0, 300)}`,
  );
}

function glueOf(output: string): Glue {
  const files = new Map<string, Uint8Array<ArrayBuffer>>(
    (JSON.parse(output) as [string, string][])
      .map(([name, text]) => [name, Uint8Array.fromBase64(text)]),
  );
  const name = `${GLUE_NAME}.js`;
  const text = new TextDecoder().decode(files.get(name));
  files.delete(name);
  return { text, modules: files };
}
