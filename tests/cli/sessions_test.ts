import { strictEqual } from "node:assert";

// See README.md for the form of a session.

const CASES = new URL("cases/", import.meta.url);
const MAIN = new URL("../../cli/main.ts", import.meta.url).pathname;
const BLESSES = Deno.env.get("BLESS") === "1";

/** What the shell calls `rusm`. */
const RUSM = 'rusm() { "$DENO" run -A "$MAIN" "$@"; }';

for (const { name } of [...Deno.readDirSync(CASES)].sort(byName)) {
  Deno.test(`rusm answers as recorded in ${name}`, async () => {
    const path = new URL(name, CASES);
    const recorded = await Deno.readTextFile(path);
    const played = await play(commandsOf(recorded));
    if (BLESSES) await Deno.writeTextFile(path, played);
    else strictEqual(played, recorded);
  });
}

function byName(left: Deno.DirEntry, right: Deno.DirEntry): number {
  return left.name.localeCompare(right.name);
}

function commandsOf(session: string): string[] {
  return session.split("\n").filter((line) => line.startsWith("$ "));
}

async function play(commands: readonly string[]): Promise<string> {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  try {
    const played: string[] = [];
    for (const command of commands) {
      const printed = await run(command.slice("$ ".length), directory);
      played.push(`${command}\n${steady(printed, directory)}`);
    }
    return played.join("\n");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function run(command: string, cwd: string): Promise<string> {
  const { code, stdout } = await new Deno.Command("sh", {
    args: ["-c", `${RUSM}\n{ ${command}\n} 2>&1`],
    cwd,
    env: { DENO: Deno.execPath(), MAIN, NO_COLOR: "1" },
  }).output();
  const printed = new TextDecoder().decode(stdout);
  return code === 0 ? printed : `${printed}exit ${code}\n`;
}

/** Takes out what differs from run to run and from machine to machine. */
function steady(printed: string, directory: string): string {
  return printed
    .replaceAll(directory, "DIRECTORY")
    .replaceAll(/ +[\d.]+ (ms|s|kB|B)\b/g, " N")
    .replaceAll(/^( {2}alias rusm=).*$/gm, "$1INVOCATION")
    .replaceAll(/^rusm \d+\.\d+\.\d+$/gm, "rusm VERSION");
}
