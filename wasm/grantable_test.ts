import { rejects } from "node:assert";

import { defineProfile, type ProfileTable } from "./capability.ts";
import { NotGrantable } from "./errors.ts";
import { insistGrantable } from "./grantable.ts";

const directory = "/srv/data";
const reading = [{ host: directory, guest: "/", readOnly: true }];
const writing = [{ host: directory, guest: "/", readOnly: false }];

/** What the node has, by what is asked of it. */
interface Row {
  table: ProfileTable;
  enough: Deno.PermissionOptionsObject;
  tooLittle: Deno.PermissionOptionsObject;
  /** Grant and flag of the refusal. */
  refusal: [grant: string, flag: string];
}

const ROWS: Row[] = [
  {
    table: { network: true },
    enough: { net: true },
    tooLittle: { net: ["a.test"] },
    refusal: ["network", "--allow-net"],
  },
  {
    table: { network: ["a.test", "b.test:81"] },
    enough: { net: ["a.test", "b.test:81"] },
    tooLittle: { net: ["a.test", "b.test:80"] },
    refusal: ["the host b.test:81", "--allow-net=b.test:81"],
  },
  {
    table: { env: ["ONE", "TWO"] },
    enough: { env: ["ONE", "TWO", "THREE"] },
    tooLittle: { env: ["ONE"] },
    refusal: ["the variable TWO", "--allow-env=TWO"],
  },
  {
    table: { preopens: reading },
    enough: { read: ["/srv"] },
    tooLittle: { read: ["/srv/database"], write: true },
    refusal: [`the directory ${directory}`, `--allow-read=${directory}`],
  },
  {
    table: { preopens: writing },
    enough: { read: [directory], write: [directory] },
    tooLittle: { read: [directory] },
    refusal: [`writing in ${directory}`, `--allow-write=${directory}`],
  },
  {
    table: { inherits: "trusted" },
    enough: { net: true },
    tooLittle: { read: true, write: true, env: true },
    refusal: ["network", "--allow-net"],
  },
];

for (const { table, enough, tooLittle, refusal: [grant, flag] } of ROWS) {
  const capability = defineProfile("custom", table);
  const name = JSON.stringify(table);

  Deno.test({
    name: `insistGrantable() takes ${name} on a node that has it`,
    permissions: enough,
    fn: () => insistGrantable(capability),
  });

  Deno.test({
    name: `insistGrantable() refuses ${name} on a node that has too little`,
    permissions: tooLittle,
    fn: () =>
      rejects(insistGrantable(capability), {
        name: NotGrantable.name,
        message:
          `Cannot grant ${grant} to profile "custom", since this node was started without it: pass ${flag}`,
      }),
  });
}

Deno.test({
  name: "insistGrantable() takes sandboxed on a node without permissions",
  permissions: "none",
  fn: () => insistGrantable(defineProfile("nothing", {})),
});
