/**
 * How long a build takes, as a user starts it.
 *
 * @module
 */

import { join } from "node:path";
import { runChild } from "../child.ts";
import type { Figures } from "../noun.ts";
import { timeMs } from "../otp/timing.ts";

const MAIN = join(import.meta.dirname!, "../../cli/main.ts");

const BUILD_MS_MAX = 120_000;

/** Builds an app of `count` components twice, first with nothing in its cache. */
export async function measureBuild(count: number): Promise<Figures> {
  const app = await Deno.makeTempDir({ prefix: "rusm-bench-" });
  try {
    await writeApp(app, count);
    const command = [
      ...[Deno.execPath(), "run", "-A", MAIN],
      ...["build", "--config", join(app, "rusm.toml")],
    ];
    const build = () => runChild(command, { timeoutMs: BUILD_MS_MAX });
    const coldMs = await timeMs(build);
    const unchangedMs = await timeMs(build);
    return { coldMs, unchangedMs };
  } finally {
    await Deno.remove(app, { recursive: true });
  }
}

async function writeApp(app: string, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, nth) => `part${nth}`);
  const tables = names.map((name) => `[components.${name}]\n`);
  await Deno.writeTextFile(join(app, "rusm.toml"), tables.join(""));
  for (const name of names) {
    const directory = join(app, "components", name);
    await Deno.mkdir(directory, { recursive: true });
    await Deno.writeTextFile(join(directory, "index.ts"), sourceOf(name));
  }
}

function sourceOf(name: string): string {
  return `export function greet(who: string): string {
  return ${JSON.stringify(name)} + ": " + who;
}
`;
}
