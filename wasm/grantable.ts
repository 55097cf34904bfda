/**
 * Whether the node may give what a profile grants.
 *
 * @module
 */

import { type Capability, permissionsOf } from "./capability.ts";
import { NotGrantable } from "./errors.ts";

/**
 * Checks that this node was started with all that `capability` passes on.
 *
 * @throws {NotGrantable} It was not.
 */
export async function insistGrantable(capability: Capability): Promise<void> {
  for (const [descriptor, grant, flag] of needsOf(capability)) {
    const { state } = await Deno.permissions.query(descriptor);
    if (state !== "granted") {
      throw new NotGrantable(capability.name, grant, flag);
    }
  }
}

type Need = [
  descriptor: Deno.PermissionDescriptor,
  grant: string,
  flag: string,
];

function needsOf(capability: Capability): Need[] {
  const { net, env, read, write } = permissionsOf(capability);
  return [
    ...netNeeds(net),
    ...listNeeds(env, (variable): Need => [
      { name: "env", variable },
      `the variable ${variable}`,
      `--allow-env=${variable}`,
    ]),
    ...listNeeds(read, (path): Need => [
      { name: "read", path },
      `the directory ${path}`,
      `--allow-read=${path}`,
    ]),
    ...listNeeds(write, (path): Need => [
      { name: "write", path },
      `writing in ${path}`,
      `--allow-write=${path}`,
    ]),
  ];
}

function netNeeds(net: Deno.PermissionOptionsObject["net"]): Need[] {
  if (net === true) return [[{ name: "net" }, "network", "--allow-net"]];
  return listNeeds(net, (host) => [
    { name: "net", host },
    `the host ${host}`,
    `--allow-net=${host}`,
  ]);
}

function listNeeds(
  value: unknown,
  needOf: (name: string) => Need,
): Need[] {
  return Array.isArray(value) ? value.map((name) => needOf(String(name))) : [];
}
