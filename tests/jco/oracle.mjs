/**
 * Makes components of core modules and WIT, and their glue, by jco: in a
 * process of its own, since nothing else here depends on it.
 *
 * Takes `[{ core, wit }]` from standard input, bytes as base64, and gives
 * `[{ component, glue, modules }]`.
 */

import { readFileSync } from "node:fs";
import { componentEmbed, componentNew, transpile } from "@bytecodealliance/jco";

const base64 = (bytes) => Buffer.from(bytes).toString("base64");

async function make({ core, wit }) {
  const embedded = await componentEmbed({
    binary: Buffer.from(core, "base64"),
    witSource: wit,
  });
  const component = await componentNew(embedded);
  const { files } = await transpile(component, {
    name: "guest",
    instantiation: "sync",
    noTypescript: true,
  });
  const all = Object.entries(files);
  const glue = all.find(([name]) => name.endsWith("guest.js"))[1];
  const modules = all.filter(([name]) => name.endsWith(".wasm"));
  return {
    component: base64(component),
    glue: base64(glue),
    modules: Object.fromEntries(
      modules.map(([name, bytes]) => [name, base64(bytes)]),
    ),
  };
}

const asked = JSON.parse(readFileSync(0, "utf8"));
const made = [];
for (const each of asked) made.push(await make(each));
process.stdout.write(JSON.stringify(made));
