/**
 * The handles of a component instance.
 *
 * @see Canonical ABI, "Table State" and "Resource State".
 *
 * @module
 */

import type { ResourceType } from "../value_type.ts";
import { trap } from "./errors.ts";
import { HANDLES_MAX } from "./limits.ts";

/** What an index of a table stands for. */
export interface Handle {
  /** The type of the resource. */
  readonly type: ResourceType;
  /** What the resource is to the one who implements it: an i32 of a guest, anything of the host. */
  readonly rep: unknown;
  /** The call that lent it; undefined when the instance owns it. */
  readonly scope: BorrowScope | undefined;
  /** Calls under way that it is lent to. It cannot be given away or dropped meanwhile. */
  lends: number;
}

/** One call of an export, which may not return before it drops what was lent to it. */
export interface BorrowScope {
  /** Handles lent to the call and not dropped. */
  borrows: number;
}

/**
 * Handles by index. Index 0 is none.
 *
 * Invariant: there are `HANDLES_MAX` at most.
 */
export class HandleTable {
  #entries: (Handle | undefined)[] = [undefined];
  // Indices that can be used again, the last freed last.
  #free: number[] = [];

  /** How many there are. */
  get size(): number {
    return this.#entries.length - 1 - this.#free.length;
  }

  /**
   * Adds `handle`. Returns its index, the one that was freed last.
   *
   * @throws {CanonicalTrap} The table is full.
   */
  add(handle: Handle): number {
    const free = this.#free.pop();
    if (free !== undefined) {
      this.#entries[free] = handle;
      return free;
    }
    if (this.size >= HANDLES_MAX) {
      trap(`Cannot hold more handles than ${HANDLES_MAX}`);
    }
    return this.#entries.push(handle) - 1;
  }

  /**
   * The handle at `index`, an i32.
   *
   * @throws {CanonicalTrap} There is none, or it is of another type.
   */
  get(index: number, type: ResourceType): Handle {
    const handle = this.#entries[index >>> 0];
    if (handle === undefined) trap(`Cannot find a handle: ${index >>> 0}`);
    if (handle.type !== type) trap(wrongType(handle, index, type));
    return handle;
  }

  /**
   * Takes the handle at `index`, an i32, out of the table.
   *
   * @throws {CanonicalTrap} There is none, it is of another type, or it is lent.
   */
  remove(index: number, type: ResourceType): Handle {
    const handle = this.get(index, type);
    if (handle.lends !== 0) {
      trap(`Cannot give up a handle while it is lent: ${index >>> 0}`);
    }
    this.#entries[index >>> 0] = undefined;
    this.#free.push(index >>> 0);
    return handle;
  }

  /** Takes all handles out, and returns those that the instance owned, by index. */
  clear(): readonly Handle[] {
    const owned = this.#entries.filter((handle) =>
      handle !== undefined && handle.scope === undefined
    );
    this.#entries = [undefined];
    this.#free = [];
    return owned as Handle[];
  }
}

function wrongType(handle: Handle, index: number, type: ResourceType): string {
  const found = handle.type.name ?? "another resource";
  const wanted = type.name ?? "a resource without a name";
  return `Cannot use handle ${index >>> 0} as ${wanted}: it is of ${found}`;
}
