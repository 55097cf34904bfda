/**
 * Makes the components here from their sources, with the tools of jco: core
 * modules of preview 1, and the adapters that make WASI 0.2 of it.
 *
 * deno run -A wasm/wasi/testdata/rebuild.ts
 *
 * JCO names another program than the default, which npm fetches: about 100 MB.
 */

import { probeText, SIGNATURES } from "./probe.ts";

const JCO = Deno.env.get("JCO")?.split(" ") ??
  ["npx", "-y", "--package=@bytecodealliance/jco@1.10.2", "--", "jco"];
const HERE = import.meta.dirname!;

async function jco(...args: string[]): Promise<void> {
  const [program, ...first] = JCO;
  const { success } = await new Deno.Command(program!, {
    args: [...first, ...args],
    cwd: HERE,
    stdout: "null",
  }).output();
  if (!success) throw new Error(`Cannot run jco ${args.join(" ")}`);
}

const directory = await Deno.makeTempDir();
const core = `${directory}/core.wasm`;

await jco("parse", "leftovers.wat", "-o", "leftovers.wasm");

await jco("parse", "copy.core.wat", "-o", core);
await jco("new", core, "--wasi-command", "-o", "copy.wasm");

function kebab(name: string): string {
  return name.replaceAll("_", "-");
}

const types = { i: "s32", l: "s64" } as const;
const exports = Object.entries(SIGNATURES).map(([name, letters]) => {
  const params = [...letters].map((letter, index) =>
    `p${index}: ${types[letter as keyof typeof types]}`
  );
  const result = name === "proc_exit" ? "" : " -> s32";
  return `export ${kebab(name)}: func(${params.join(", ")})${result};`;
});
const wit = `${directory}/probe.wit`;
await Deno.writeTextFile(
  wit,
  `package probe:probe;\nworld probe {\n${exports.join("\n")}\n}`,
);
const text = `${directory}/probe.wat`;
await Deno.writeTextFile(text, probeText(kebab));
await jco("parse", text, "-o", core);
await jco("embed", core, "--wit", wit, "-o", core);
await jco("new", core, "--wasi-reactor", "-o", "probe.wasm");
