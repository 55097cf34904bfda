/**
 * What the scripts of wasmtime expect a host to offer.
 *
 * @see wasmtime, `link_component_spectest`.
 *
 * @module
 */

import { CanonicalTrap } from "../../wasm/component/canonical/mod.ts";
import type { HostInterface } from "../../wasm/component/host.ts";

interface Resource {
  readonly rep: number;
}

/** New interfaces, which have counted nothing yet. */
export function makeHosts(): HostInterface[] {
  return [makeRoot(), makeHost()];
}

function makeRoot(): HostInterface {
  return {
    name: "$root",
    wit: `
      host-echo-u32: func(p1: u32) -> u32;
      host-return-two: func() -> u32;`,
    functions: {
      "host-echo-u32": (_guest, value: number) => value,
      "host-return-two": () => 2,
    },
  };
}

function makeHost(): HostInterface {
  const drops = { count: 0, last: 0 };
  return {
    name: "host",
    wit: `
      resource resource1 {
        constructor(r: u32);
        assert: static func(r: resource1, rep: u32);
        last-drop: static func() -> u32;
        drops: static func() -> u32;
        simple: func(rep: u32);
        take-borrow: func(b: borrow<resource1>);
        take-own: func(b: resource1);
      }
      resource resource2 {}
      type resource1-again = resource1;
      return-three: func() -> u32;`,
    functions: {
      "return-three": () => 3,
      "[constructor]resource1": (_guest, rep: number) => ({ rep }),
      "[static]resource1.assert": (_guest, { rep }: Resource, wanted: number) =>
        insistSame(rep, wanted),
      "[static]resource1.last-drop": () => drops.last,
      "[static]resource1.drops": () => drops.count,
      "[method]resource1.simple": (_guest, { rep }: Resource, wanted: number) =>
        insistSame(rep, wanted),
      "[method]resource1.take-borrow": () => undefined,
      "[method]resource1.take-own": () => undefined,
    },
    resources: {
      resource1: {
        drop: (_guest, { rep }: Resource) => {
          drops.count++;
          drops.last = rep;
        },
      },
      resource2: {},
    },
  };
}

function insistSame(rep: number, wanted: number): void {
  if (rep !== wanted) {
    throw new CanonicalTrap(`Cannot take ${rep} as ${wanted}`);
  }
}
