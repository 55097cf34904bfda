/**
 * The components of the rows.
 *
 * @module
 */

import {
  component,
  extern,
  optional,
  raw,
  section,
  text,
  u32,
} from "../../wasm/component/testdata/encode.ts";

/** A component of the module `core` alone, which exports `entry`: that takes nothing and gives nothing. */
export function wrapped(
  core: Uint8Array,
  entry: string,
): Uint8Array<ArrayBuffer> {
  return component(
    raw(1, [...core]),
    section(2, [0, ...u32(0), 0]),
    section(6, [0, 0, 1, ...u32(0), ...text(entry)]),
    section(7, [0x40, 0, 1, 0]),
    section(8, [0, 0, ...u32(0), 0, ...u32(0)]),
    section(11, [...extern(entry), 1, ...u32(0), ...optional(undefined)]),
  ) as Uint8Array<ArrayBuffer>;
}

/** The same module with other bytes: nobody has compiled it before. */
export function unlike(
  core: Uint8Array<ArrayBuffer>,
  nonce: number,
): Uint8Array<ArrayBuffer> {
  const name = text("nonce");
  const note = raw(0, [...name, ...text(String(nonce))]);
  return Uint8Array.from([...core, ...note]);
}

/** The component whose processes call the host and each other, see `fixtures/`. */
export function guest(): Uint8Array<ArrayBuffer> {
  return Deno.readFileSync(`${import.meta.dirname}/fixtures/guest.wasm`);
}

/** The component whose processes answer one message and wait for the next. */
export function waiter(): Uint8Array<ArrayBuffer> {
  return Deno.readFileSync(`${import.meta.dirname}/fixtures/waiter.wasm`);
}

/** The core module of {@linkcode guest}, as text. */
export function guestCore(): string {
  return Deno.readTextFileSync(
    `${import.meta.dirname}/fixtures/guest.core.wat`,
  );
}
