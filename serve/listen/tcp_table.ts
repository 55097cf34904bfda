/**
 * What Linux tells of its TCP sockets.
 *
 * @module
 */

import { isIP } from "node:net";

/** A socket with bytes that its program has not read. */
export interface WaitingSocket {
  /** Its own TCP port. */
  readonly port: number;
  /** Who is at the other end, as {@linkcode endKeyOf} has it. */
  readonly endKey: string;
  /** How much waits, in bytes; above 0. */
  readonly waitingBytes: number;
}

// Own address and port, those of the other end, state 1 (established), bytes to
// be sent and bytes to be read. Only what waits is of interest: most does not.
const WAITING =
  /^ *\d+: (?:[\dA-F]{8}|[\dA-F]{32}):([\dA-F]{4}) ([\dA-F]{8}|[\dA-F]{32}):([\dA-F]{4}) 01 [\dA-F]{8}:(?!00000000)([\dA-F]{8}) /gm;

/**
 * Finds the established sockets in which something waits.
 *
 * A socket whose other end has said its last is none of those: its end counts as
 * one byte that waits for ever. Lines that are anything else are passed over.
 *
 * @param text As in `/proc/net/tcp` or `/proc/net/tcp6`.
 * @returns In the order of the lines.
 *
 * @see proc(5), and `get_tcp4_sock` in Linux' `net/ipv4/tcp_ipv4.c`.
 */
export function parseTcpTable(text: string): readonly WaitingSocket[] {
  return [...text.matchAll(WAITING)].map(
    ([, port = "", address = "", endPort = "", bytes = ""]) => ({
      port: parseInt(port, 16),
      endKey: keyOf(bytesOfWords(address), parseInt(endPort, 16)),
      waitingBytes: parseInt(bytes, 16),
    }),
  );
}

// Linux writes each 32 bits as a number of the machine: all that Deno runs on
// have the least byte first.
function bytesOfWords(address: string): string {
  return address.replaceAll(
    /(..)(..)(..)(..)/g,
    (_, a: string, b: string, c: string, d: string) => d + c + b + a,
  );
}

/** One text for one other end, whether its IPv4 address came alone or in one of IPv6; `undefined` for what is no address. */
export function endKeyOf(
  { hostname, port }: Pick<Deno.NetAddr, "hostname" | "port">,
): string | undefined {
  const [address = ""] = hostname.split("%");
  switch (isIP(address)) {
    case 4:
      return keyOf(bytesOfIpv4(address), port);
    case 6:
      return keyOf(bytesOfIpv6(address), port);
    default:
      return undefined;
  }
}

const MAPPED = "0".repeat(20) + "FFFF";

function keyOf(bytes: string, port: number): string {
  return `${bytes.length === 8 ? MAPPED + bytes : bytes}:${port}`;
}

function bytesOfIpv4(address: string): string {
  return address.split(".").map((byte) => hexOf(Number(byte), 2)).join("");
}

function bytesOfIpv6(address: string): string {
  const last = address.slice(address.lastIndexOf(":") + 1);
  const isMixed = last.includes(".");
  const ipv4 = isMixed ? bytesOfIpv4(last) : "";
  const groups = isMixed
    ? address.slice(0, -last.length) +
      `${ipv4.slice(0, 4)}:${ipv4.slice(4)}`
    : address;
  const [head = "", tail = ""] = groups.split("::");
  const [left, right] = [hexOfGroups(head), hexOfGroups(tail)];
  return left + "0".repeat(32 - left.length - right.length) + right;
}

function hexOfGroups(text: string): string {
  if (text === "") return "";
  return text.split(":").map((group) => hexOf(parseInt(group, 16), 4)).join("");
}

function hexOf(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}
