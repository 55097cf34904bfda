import { deepStrictEqual, match, rejects, strictEqual } from "node:assert";
import { runChild } from "./child.ts";
import { erlang, erlangVariant } from "./erlang.ts";
import { parseFigures } from "./noun.ts";

const SOURCE = `${import.meta.dirname}/otp.erl`;
const isMissing = await isErlangMissing();

async function isErlangMissing(): Promise<boolean> {
  const erl = new Deno.Command("erl", { args: ["+V"], stderr: "null" });
  return await erl.output().then(() => false, () => true);
}

/** Runs `use` in a directory of its own. */
async function inDirectory(
  use: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await use(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("erlang() is null when Erlang is not installed", async () => {
  const path = Deno.env.get("PATH")!;
  Deno.env.set("PATH", "/nonexistent");
  try {
    await inDirectory(async (directory) => {
      strictEqual(await erlang(SOURCE).prepare(directory), null);
    });
  } finally {
    Deno.env.set("PATH", path);
  }
});

Deno.test("erlangVariant() passes counts as arguments", () => {
  const { name, command } = erlangVariant(erlang(SOURCE), "otp", ["flood", 30]);
  strictEqual(name, "Erlang");
  deepStrictEqual(command("/made"), [
    ...["erl", "-noshell", "+P", "2000000", "-pa", "/made"],
    ...["-run", "otp", "main", "flood", "30"],
  ]);
});

const SHAPES = [
  ["messagesPerSecond", ["pingPong", 100]],
  ["messagesPerSecond", ["flood", 3, 100]],
  ["messagesPerSecond", ["ring", 10, 100]],
  ["messagesPerSecond", ["selectiveReceive", 100, 10]],
  ["processesPerSecond", ["spawnExit", 1_000, 100]],
  ["restartsPerSecond", ["restart", 3, 10]],
  ["residentBytes", ["parked", 20_000]],
] as const;

Deno.test({
  name: "otp.erl prints the figure of every shape",
  ignore: isMissing, // Erlang is an optional peer.
  fn: () =>
    inDirectory(async (directory) => {
      const peer = erlang(SOURCE);
      match(await peer.prepare(directory) ?? "", /^\d+ \(erts [\d.]+\)$/);
      for (const [figure, args] of SHAPES) {
        const command = erlangVariant(peer, "otp", args).command(directory);
        const stdout = await runChild(command, { timeoutMs: 30_000 });
        deepStrictEqual(Object.keys(parseFigures(stdout)), [figure]);
      }
    }),
});

Deno.test({
  name: "erlang() rejects with the compiler's output when the source is wrong",
  ignore: isMissing, // Erlang is an optional peer.
  fn: () =>
    inDirectory(async (directory) => {
      const source = `${directory}/wrong.erl`;
      await Deno.writeTextFile(source, "-module(wrong).\nnonsense\n");
      await rejects(erlang(source).prepare(directory), {
        name: "ChildError",
        message: /wrong\.erl:/,
      });
    }),
});
