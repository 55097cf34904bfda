// Prints what path_symlink answers in the directory that is the argument.
import { BUILT_IN_PROFILES } from "../../capability.ts";
import { wasip1Imports, Wasip1State } from "../p1.ts";

const memory = new WebAssembly.Memory({ initial: 1 });
const bytes = new TextEncoder().encode("fnew");
new Uint8Array(memory.buffer).set(bytes);
const preopens = [{ host: Deno.args[0]!, guest: "/", readOnly: false }];
const state = new Wasip1State({
  args: [],
  env: new Map(),
  capability: { ...BUILT_IN_PROFILES.get("sandboxed")!, preopens },
  stdio: {
    stdin: { read: () => Promise.resolve(null) },
    stdout: { write() {} },
    stderr: { write() {} },
  },
  now: Date.now,
  monotonic: () => performance.now(),
  random() {},
  signal: new AbortController().signal,
});
const { functions } = wasip1Imports({
  current: state,
  memory: () => memory.buffer as ArrayBuffer,
});
console.log(functions.path_symlink!(0, 1, 3, 1, 3));
