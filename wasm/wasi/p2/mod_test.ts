import { deepStrictEqual } from "node:assert";

import { checkHostInterfaces } from "../../component/registry.ts";
import { WASI_P2 } from "./mod.ts";

Deno.test("WASI_P2 has a function for each that its WIT declares, and no other", () =>
  checkHostInterfaces(WASI_P2));

Deno.test("WASI_P2 holds the interfaces of commands and handlers", () => {
  const names = WASI_P2.map(({ name }) => name.split("@")[0]);
  deepStrictEqual(names.sort(), [
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stderr",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stderr",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:filesystem/preopens",
    "wasi:filesystem/types",
    "wasi:http/outgoing-handler",
    "wasi:http/types",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:random/insecure",
    "wasi:random/insecure-seed",
    "wasi:random/random",
    "wasi:sockets/instance-network",
    "wasi:sockets/ip-name-lookup",
    "wasi:sockets/network",
    "wasi:sockets/tcp",
    "wasi:sockets/tcp-create-socket",
    "wasi:sockets/udp",
    "wasi:sockets/udp-create-socket",
  ]);
});
