/** What of the host's interfaces some guest imports. */

import { deepStrictEqual } from "node:assert";

import { readComponentTypes } from "../../wasm/component/plan_component.ts";
import { parseWit } from "../../wasm/component/wit_syntax.ts";
import { GUESTS } from "./guests.ts";
import { readGuest } from "./testdata/run.ts";
import { bodyOf, INTERFACES, readWit } from "./testdata/wit.ts";

const CROSSED = await crossedBy(GUESTS.map(({ name }) => name));

/** `interface function`, of all that the guests import. */
async function crossedBy(guests: readonly string[]): Promise<Set<string>> {
  const crossed = new Set<string>();
  for (const guest of guests) {
    for (const item of readComponentTypes(await readGuest(guest)).imports) {
      if (item.kind !== "interface") continue;
      crossed.add(item.name);
      for (const name of item.functions.keys()) {
        crossed.add(`${item.name} ${name}`);
      }
    }
  }
  return crossed;
}

for (const name of INTERFACES) {
  Deno.test(`every function of rusm:runtime/${name} is called by a guest`, async () => {
    const { functions } = parseWit(
      bodyOf(await readWit(`../../wit/${name}.wit`)),
    );
    const missing = [...functions.keys()].filter((each) =>
      !CROSSED.has(`rusm:runtime/${name}@0.1.0 ${each}`)
    );
    deepStrictEqual(missing, []);
  });
}

Deno.test("every function of the layout with all in actor is called by its guest", async () => {
  const crossed = await crossedBy(["probe_all_in_actor"]);
  const { functions } = parseWit(bodyOf(await readWit("wit/all_in_actor.wit")));
  const missing = [...functions.keys()].filter((each) =>
    !crossed.has(`rusm:runtime/actor@0.1.0 ${each}`)
  );
  deepStrictEqual(missing, []);
});

const WASI = [
  ...["cli/environment", "cli/exit", "cli/stdin", "cli/stdout", "cli/stderr"],
  ...["cli/terminal-input", "cli/terminal-output", "cli/terminal-stdin"],
  ...["cli/terminal-stdout", "cli/terminal-stderr"],
  ...["clocks/monotonic-clock", "clocks/wall-clock"],
  ...["filesystem/preopens", "filesystem/types"],
  ...["http/outgoing-handler", "http/types"],
  ...["io/error", "io/poll", "io/streams"],
  ...["random/insecure", "random/insecure-seed", "random/random"],
  ...["sockets/instance-network", "sockets/ip-name-lookup", "sockets/network"],
  ...["sockets/tcp", "sockets/tcp-create-socket"],
  ...["sockets/udp", "sockets/udp-create-socket"],
];

Deno.test("every interface of WASI 0.2 is imported by a guest", () => {
  const missing = WASI.filter((name) => !CROSSED.has(`wasi:${name}@0.2.12`));
  deepStrictEqual(missing, []);
});
