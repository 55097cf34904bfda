/**
 * Addresses, as WASI and as Deno write them.
 *
 * @module
 */

import { insist } from "./error_code.ts";

/** The enum `ip-address-family`. */
export type Family = "ipv4" | "ipv6";

/** The variant `ip-address`: numbers of 8 bits, or of 16. */
export interface IpAddress {
  /** Its family. */
  readonly tag: Family;
  /** Four, or eight. */
  readonly val: readonly number[];
}

/** The variant `ip-socket-address`. */
export interface SocketAddress {
  /** Its family. */
  readonly tag: Family;
  /** What it consists of; the flow and the scope only with IPv6. */
  readonly val: {
    readonly port: number;
    readonly address: readonly number[];
    readonly flowInfo?: number;
    readonly scopeId?: number;
  };
}

/** An address as Deno takes and gives it. */
export interface HostAddress {
  /** Without brackets. */
  readonly hostname: string;
  /** From 0 to 65,535. */
  readonly port: number;
}

/** What Deno calls `address`. */
export function hostAddressOf({ tag, val }: SocketAddress): HostAddress {
  const { address, port } = val;
  const hostname = tag === "ipv4" ? address.join(".") : ipv6Text(address);
  return { hostname, port };
}

// RFC 5952, as URLs write it: so capabilities name it.
function ipv6Text(groups: readonly number[]): string {
  const text = groups.map((group) => group.toString(16)).join(":");
  return new URL(`http://[${text}]`).hostname.slice(1, -1);
}

/** What WASI calls `address`. @throws {TypeError} It is none. */
export function socketAddressOf(
  { hostname, port }: HostAddress,
): SocketAddress {
  const ip = ipAddressOf(hostname);
  if (ip === undefined) {
    throw new TypeError(`Cannot read an address: ${hostname}`);
  }
  const { tag, val: address } = ip;
  return tag === "ipv4"
    ? { tag, val: { port, address } }
    : { tag, val: { port, address, flowInfo: 0, scopeId: 0 } };
}

/** Reads an address in its usual form; undefined when it is none. */
export function ipAddressOf(text: string): IpAddress | undefined {
  const four = ipv4Of(text);
  if (four !== undefined) return { tag: "ipv4", val: four };
  const six = ipv6Of(text);
  return six === undefined ? undefined : { tag: "ipv6", val: six };
}

function ipv4Of(text: string): number[] | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined;
  const bytes = text.split(".").map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

// RFC 4291, 2.2: one run of zeroes can be left out, and the end can be an IPv4
// address. A zone is not part of the address.
function ipv6Of(text: string): number[] | undefined {
  const [plain = ""] = text.split("%", 1);
  const halves = plain.split("::").map(groupsOf);
  const [head, tail] = halves;
  if (halves.length > 2 || head === undefined) return undefined;
  if (halves.length === 1) return head.length === 8 ? head : undefined;
  if (tail === undefined || head.length + tail.length > 7) return undefined;
  const zeroes = new Array(8 - head.length - tail.length).fill(0);
  return [...head, ...zeroes, ...tail];
}

function groupsOf(text: string): number[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  const four = ipv4Of(parts.at(-1)!);
  const [a, b, c, d] = four ?? [];
  const hex = four === undefined ? parts : parts.slice(0, -1);
  if (!hex.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return undefined;
  const groups = hex.map((part) => parseInt(part, 16));
  return four === undefined ? groups : [...groups, a! << 8 | b!, c! << 8 | d!];
}

/** Whether it stands for all addresses of this machine. */
export function isUnspecified({ val }: SocketAddress): boolean {
  return val.address.every((part) => part === 0);
}

/** Checks that a socket of `family` can be bound to it. @throws {ComponentError} */
export function insistBindable(address: SocketAddress, family: Family): void {
  insist(address.tag === family && !isMapped(address), "invalid-argument");
}

/** Checks that a socket of `family` can reach it. @throws {ComponentError} */
export function insistReachable(address: SocketAddress, family: Family): void {
  insistBindable(address, family);
  insist(
    address.val.port !== 0 && !isUnspecified(address),
    "invalid-argument",
  );
}

/** Checks that it stands for one machine. @throws {ComponentError} */
export function insistUnicast({ tag, val }: SocketAddress): void {
  const [first = 0] = val.address;
  const isMany = tag === "ipv4"
    ? first >= 224 && first < 240 || val.address.every((each) => each === 255)
    : first >> 8 === 0xff;
  insist(!isMany, "invalid-argument");
}

/** Whether it stands for one of IPv4. A socket of IPv6 is for IPv6 alone. */
export function isMapped({ tag, val: { address } }: SocketAddress): boolean {
  return tag === "ipv6" && address[5] === 0xffff &&
    address.slice(0, 5).every((part) => part === 0);
}
