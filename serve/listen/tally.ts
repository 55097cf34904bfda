/**
 * How much each client has.
 *
 * @module
 */

/** Counts by client, each up to a bound. Takes room for those above 0 only. */
export class Tally {
  readonly #countMax: number;
  readonly #counts = new Map<string, number>();

  /** Lets each client have `countMax`. */
  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  /** How many clients have something. */
  get clientCount(): number {
    return this.#counts.size;
  }

  /** Counts one more for `client`; false when it has as many as it may. */
  add(client: string): boolean {
    const count = this.#counts.get(client) ?? 0;
    if (count >= this.#countMax) return false;
    this.#counts.set(client, count + 1);
    return true;
  }

  /** Takes back one that was counted. */
  remove(client: string): void {
    const count = this.#counts.get(client) ?? 0;
    if (count > 1) this.#counts.set(client, count - 1);
    else this.#counts.delete(client);
  }
}

/**
 * Who `address` is for a tally: itself, or its network of 64 bits in IPv6,
 * where one client has so many addresses at its disposal.
 */
export function clientOf(address: string): string {
  if (!address.includes(":")) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = "", tail] = address.split("%")[0]!.split("::");
  const groups = head === "" ? [] : head.split(":");
  const after = tail ? tail.split(":").length : 0;
  const gap = tail === undefined ? 0 : 8 - groups.length - after;
  const all = [...groups, ...Array(gap).fill("0"), ...(tail ?? "").split(":")];
  return all.slice(0, 4).map((group) => parseInt(group, 16).toString(16)).join(
    ":",
  );
}
