/**
 * A site in a process of its own, whose memory and files can be counted.
 *
 * @module
 */

import type { AppInfo } from "@rusm/serve";
import type { Site, SiteKeys } from "./site.ts";

/** The process, and where its site is. */
export interface Remote extends Pick<Site, "http" | "https" | "ws" | "sse"> {
  /** How many guests it has spawned, and how many of them live. */
  info(): Promise<AppInfo>;
  /** How many files and connections it has open. */
  fileCount(): number;
  /** Memory that it takes, in bytes. */
  residentBytes(): number;
}

const MAIN = new URL("remote_main.ts", import.meta.url).pathname;

/** Calls `test` with a site, and ends it afterwards. */
export async function withRemote(
  test: (remote: Remote) => Promise<void>,
  keys: SiteKeys,
): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", MAIN, JSON.stringify(keys)],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const lines = linesOf(child.stdout);
  const next = async () => JSON.parse((await lines.next()).value!);
  const writer = child.stdin.getWriter();
  try {
    await test({
      ...await next(),
      async info() {
        await writer.write(Uint8Array.of(10));
        return await next();
      },
      fileCount: () => [...Deno.readDirSync(`/proc/${child.pid}/fd`)].length,
      residentBytes: () => residentBytes(child.pid),
    });
  } finally {
    await writer.close();
    await lines.return();
    await child.status;
  }
}

async function* linesOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string, void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

function residentBytes(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) * 1_024;
}
