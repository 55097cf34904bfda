/**
 * What the guest imports, from a host of components and from bare JavaScript.
 *
 * @module
 */

import { localGuest } from "../../wasm/core/guests.ts";
import { pidOf } from "../../wasm/core/pid_of.ts";
import type { HostInterface } from "../../wasm/component/host.ts";

const NAME = "bench:guest/host@0.1.0";

/** The host, whose guest does what it does `rounds` times. */
export function hostOf(rounds: number): HostInterface {
  return {
    name: NAME,
    wit: `
      rounds: func() -> u32;
      add-one: func(n: u32) -> u32;
      take: func(bytes: list<u8>);
      send: func(to: u64, message: list<u8>);
      receive: func() -> list<u8>;`,
    functions: {
      "rounds": () => rounds,
      "add-one": (_guest, n: number) => n + 1,
      "take": () => {},
      "send": ({ self }, to: bigint, message: Uint8Array<ArrayBuffer>) => {
        const pid = pidOf<Uint8Array>(to);
        const receiver = localGuest(self.runtime, pid);
        // That pid knows its process.
        self.runtime.send(receiver?.self.pid ?? pid, message);
      },
    },
    sharing: new Set(["take", "send"]),
    suspending: { "receive": (guest) => guest.receive(undefined) },
  };
}

/**
 * What the core module of the guest needs to call `add-one` and `take`, without
 * anything between it and JavaScript. The copy of a list is all that is done.
 *
 * @param bytes Of its memory.
 */
export function bareImports(
  rounds: number,
  bytes: () => Uint8Array,
): WebAssembly.Imports {
  let taken: Uint8Array | undefined;
  return {
    [NAME]: {
      "rounds": () => rounds,
      "add-one": (n: number) => n + 1,
      "take": (begin: number, length: number) => {
        taken = bytes().slice(begin, begin + length);
        return void taken;
      },
      "send": () => {},
      "receive": () => {},
    },
  };
}
