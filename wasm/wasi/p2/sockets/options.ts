/**
 * Options of sockets that Deno does not set: they are what they are.
 *
 * WASI lets a host choose another value than the guest asks for, and the guest
 * read which; of the hop limit it does not.
 *
 * @module
 */

import type { HostFunction } from "../../../component/host.ts";
import { insist } from "./error_code.ts";
import { BUFFER_BYTES, HOP_LIMIT } from "./limits.ts";

type Functions = Readonly<Record<string, HostFunction>>;

/** An option that is read as `value`; any but 0 may be asked for. */
export function fixed(
  resource: string,
  name: string,
  value: number | bigint,
): Functions {
  return {
    [`[method]${resource}.${name}`]: () => value,
    [`[method]${resource}.set-${name}`]: (
      _guest,
      _socket: unknown,
      asked: number | bigint,
    ) => insist(Number(asked) !== 0, "invalid-argument"),
  };
}

/** The hop limit of `resource`, which cannot be another. */
export function hopLimit(resource: string): Functions {
  return {
    [`[method]${resource}.hop-limit`]: () => HOP_LIMIT,
    [`[method]${resource}.set-hop-limit`]: (
      _guest,
      _socket: unknown,
      asked: number,
    ) => {
      insist(asked !== 0, "invalid-argument");
      insist(asked === HOP_LIMIT, "not-supported");
    },
  };
}

/** The sizes of the buffers. */
export function buffers(resource: string): Functions {
  return {
    ...fixed(resource, "receive-buffer-size", BUFFER_BYTES),
    ...fixed(resource, "send-buffer-size", BUFFER_BYTES),
  };
}
