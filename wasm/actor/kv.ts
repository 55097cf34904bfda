/**
 * `rusm:runtime/kv`: values that outlive processes.
 *
 * @module
 */

import type { HostGuest, HostInterface } from "../component/host.ts";
import { askFor } from "./asking.ts";

/** The interface, as `wit/kv.wit` has it. */
export const KV: HostInterface = {
  name: "rusm:runtime/kv@0.1.0",
  wit: `
    get: func(bucket: string, key: string) -> result<option<list<u8>>, string>;
    set: func(bucket: string, key: string, value: list<u8>) -> result<_, string>;
    delete: func(bucket: string, key: string) -> result<bool, string>;
    exists: func(bucket: string, key: string) -> result<bool, string>;
    %list: func(bucket: string) -> result<list<string>, string>;
  `,
  suspending: {
    get: keyed("get"),
    set: (guest, bucket: string, key: string, value: Uint8Array) =>
      askFor(guest, { type: "kv", op: "set", bucket, key, value }),
    delete: keyed("delete"),
    exists: keyed("exists"),
    list: (guest, bucket: string) =>
      askFor(guest, { type: "kv", op: "list", bucket }),
  },
};

function keyed(
  op: "get" | "delete" | "exists",
): (guest: HostGuest, bucket: string, key: string) => unknown {
  return (guest, bucket, key) => askFor(guest, { type: "kv", op, bucket, key });
}
