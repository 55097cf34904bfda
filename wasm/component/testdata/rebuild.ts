/**
 * Makes the components here from their sources, with the tools of jco.
 *
 * deno run -A wasm/component/testdata/rebuild.ts
 *
 * JCO names another program than the default, which npm fetches: about 100 MB.
 */

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

const TEXTS = ["values", "resources", "nested", "async", "composed", "twice"];

for (const name of TEXTS) {
  await jco("parse", `${name}.wat`, "-o", `${name}.wasm`);
}

const core = `${await Deno.makeTempDir()}/core.wasm`;
await jco("parse", "actor.core.wat", "-o", core);
await jco("embed", core, "--wit", "actor.wit", "-o", core);
await jco("new", core, "-o", "actor.wasm");

await jco("parse", "command.core.wat", "-o", core);
await jco("new", core, "--wasi-command", "-o", "command.wasm");
