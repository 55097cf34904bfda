/**
 * Connections through TLS.
 *
 * @module
 */

import { connect, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { connect as connectTls, type TLSSocket } from "node:tls";

/** Whom to connect to. */
export interface TlsPeer {
  /** Name or address, without brackets. The certificate must be for it. */
  readonly host: string;
  /** Port. */
  readonly port: number;
}

/**
 * A connection to `peer`.
 *
 * Not as `node:https` makes it: that looks for more certificates, by permissions
 * that no Worker has, when `NODE_EXTRA_CA_CERTS` names some. Those, and what
 * `DENO_CERT` and `DENO_TLS_CA_STORE` say, are trusted all the same.
 *
 * What TLS reads goes through a gate, which is shut while the socket is paused:
 * TLS of Deno's reads on by itself, and keeps without a bound what nobody takes.
 */
export function openTls({ host, port }: TlsPeer): TLSSocket {
  const raw = connect({ host, port });
  const gate: Gate = { isWanted: false, isShut: false };
  const wire = wireOf(raw, gate);
  const secure = connectTls({ socket: wire, servername: serverNameOf(host) });
  secure.on("pause", () => gate.isShut = true);
  secure.on("resume", () => {
    gate.isShut = false;
    pull(raw, wire, gate);
  });
  return secure;
}

// RFC 6066: addresses are no names.
function serverNameOf(host: string): string {
  return /^[\d.]+$|:/.test(host) ? "" : host;
}

/** Whether bytes pass: when they are wanted, and it is not shut. */
interface Gate {
  isWanted: boolean;
  isShut: boolean;
}

// A stream of the bytes of `raw`, which ends with it, and ends it.
function wireOf(raw: Socket, gate: Gate): Duplex {
  const wire = new Duplex({
    read() {
      gate.isWanted = true;
      pull(raw, wire, gate);
    },
    write(bytes, _encoding, done) {
      raw.write(bytes, done);
    },
    final(done) {
      raw.end(done);
    },
    destroy(error, done) {
      raw.destroy();
      done(error);
    },
  });
  raw.on("readable", () => pull(raw, wire, gate));
  raw.on("end", () => wire.push(null));
  raw.on("error", (error) => wire.destroy(error));
  return wire;
}

function pull(raw: Socket, wire: Duplex, gate: Gate): void {
  while (gate.isWanted && !gate.isShut) {
    const piece = raw.read();
    if (piece === null) return;
    gate.isWanted = wire.push(piece);
  }
}
