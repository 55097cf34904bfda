/**
 * Makes the glue of a component, by jco 1.10.2 or by the part of jco 1.35 that
 * does it.
 *
 * Its arguments are which jco, `old` or `current`, the file of the component,
 * and the exported functions that may wait. Gives `{ glue, modules }`, bytes as
 * base64.
 */

import { readFileSync } from "node:fs";

const base64 = (bytes) => Buffer.from(bytes).toString("base64");

async function filesOf(version, component, asyncExports) {
  const options = {
    name: "guest",
    instantiation: "sync",
    asyncMode: "jspi",
    asyncExports,
    noTypescript: true,
  };
  if (version === "old") {
    const { transpile } = await import("@bytecodealliance/jco");
    return (await transpile(component, options)).files;
  }
  const { transpileBytes } = await import("@bytecodealliance/jco-transpile");
  return (await transpileBytes(component, options)).files;
}

const [version, path, ...asyncExports] = process.argv.slice(2);
const all = Object.entries(
  await filesOf(version, readFileSync(path), asyncExports),
);
const [, glue] = all.find(([name]) => name.endsWith("guest.js"));
const modules = all.filter(([name]) => name.endsWith(".wasm"));
process.stdout.write(JSON.stringify({
  glue: base64(glue),
  modules: Object.fromEntries(
    modules.map(([name, bytes]) => [name, base64(bytes)]),
  ),
}));
