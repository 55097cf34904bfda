// Performs calls on node:wasi: node node_oracle.mjs PROBE DIRECTORY CALLS
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";
import { perform } from "./driver.mjs";

const [, , probe, directory, input] = process.argv;
const wasi = new WASI({
  version: "preview1",
  args: ["probe", "one"],
  env: { NAME: "value" },
  preopens: { "/": directory },
});
const module = new WebAssembly.Module(readFileSync(probe));
const instance = new WebAssembly.Instance(module, wasi.getImportObject());
wasi.initialize(instance);
const calls = JSON.parse(readFileSync(input, "utf8"));
process.stdout.write(
  JSON.stringify(await perform(instance.exports, calls)) + "\n",
);
