import type { Io, Output } from "../io.ts";
import type { StopRequests } from "../process/stop.ts";

/** An {@linkcode Io} that keeps what is printed. */
export interface Recorder {
  readonly io: Io;
  stdout(): string;
  stderr(): string;
}

/** Records what commands print that run in `cwd`. */
export function record(cwd: string, overrides: Partial<Io> = {}): Recorder {
  const stdout = recordOutput();
  const stderr = recordOutput();
  const io: Io = {
    stdout: stdout.output,
    stderr: stderr.output,
    readInput: () => Promise.resolve(new Uint8Array()),
    cwd,
    invocation: "deno run -A main.ts",
    listenForStop: neverStop,
    onReload: () => () => {},
    ...overrides,
  };
  return { io, stdout: stdout.text, stderr: stderr.text };
}

/** An output that keeps what is written. */
export function recordOutput(
  options: Partial<Pick<Output, "isTerminal" | "hasColour">> = {},
): { output: Output; text: () => string } {
  let written = "";
  const output: Output = {
    isTerminal: false,
    hasColour: false,
    ...options,
    write: (text) => void (written += text),
    writeBytes: (bytes) => void (written += new TextDecoder().decode(bytes)),
  };
  return { output, text: () => written };
}

function neverStop(): StopRequests {
  return { next: () => new Promise(() => {}), close: () => {} };
}

/** Calls `test` with a directory that holds `files`, and removes it after. */
export async function withDirectory(
  files: Readonly<Record<string, string>>,
  test: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  try {
    for (const [path, text] of Object.entries(files)) {
      const whole = `${directory}/${path}`;
      await Deno.mkdir(whole.slice(0, whole.lastIndexOf("/")), {
        recursive: true,
      });
      await Deno.writeTextFile(whole, text);
    }
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** The paths of all files below `directory`, sorted. */
export async function filesBelow(
  directory: string,
  prefix = "",
): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    if (isDirectory) {
      const below = `${directory}/${name}`;
      paths.push(...await filesBelow(below, `${prefix}${name}/`));
    } else paths.push(`${prefix}${name}`);
  }
  return paths.sort();
}
