/**
 * What a component can do while it is evaluated into an image: compute, and
 * write to the log.
 *
 * @module
 */

import { pureCall, text } from "../host/pure.ts";
import { type HostValue, OPS } from "./ops.ts";
import { type LibraryCode, libraryCode } from "./libraries.ts";
import { guestError, GuestThrew } from "./guest_error.ts";
import type { Bridge } from "./vm.ts";

/** The {@linkcode Bridge} of a component that is loading. */
export class LoadBridge implements Bridge {
  readonly #name: string;
  readonly #log: (level: number, text: string) => void;
  readonly #loadMsMax: number;
  readonly #deadlineMs: number;
  readonly #libraries: LibraryCode | undefined;

  /** Ends a component that is still loading after `loadMsMax` milliseconds. */
  constructor(
    name: string,
    loadMsMax: number,
    log: (level: number, text: string) => void,
    libraries?: LibraryCode,
  ) {
    this.#libraries = libraries;
    this.#name = name;
    this.#log = log;
    this.#loadMsMax = loadMsMax;
    this.#deadlineMs = performance.now() + loadMsMax;
  }

  call(op: number, args: HostValue[]): HostValue {
    if (op === OPS.log) {
      this.#log(Number(args[0]), text(args[1]));
      return undefined;
    }
    if (op === OPS.randomBytes) {
      return crypto.getRandomValues(new Uint8Array(Number(args[0])));
    }
    if (op === OPS.loadLibrary && this.#libraries !== undefined) {
      return libraryCode(this.#libraries, text(args[0]));
    }
    const answer = pureCall(op, args);
    if (answer.isPure) return answer.value;
    throw new TypeError(
      `Cannot do this while a component loads, only in its functions: ${
        nameOf(op)
      } in ${this.#name}`,
    );
  }

  interrupt(): boolean {
    if (performance.now() <= this.#deadlineMs) return false;
    // QuickJS would only say that it was interrupted.
    const message = `Used more than ${this.#loadMsMax} ms to load`;
    throw new GuestThrew(guestError("TimeoutError", message, ""));
  }
}

function nameOf(op: number): string {
  return Object.entries(OPS).find(([, number]) => number === op)?.[0] ??
    String(op);
}
