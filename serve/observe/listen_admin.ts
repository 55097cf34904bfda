/**
 * The admin listener of a node.
 *
 * @module
 */

import type { Host } from "@rusm/otp";
import { AppError } from "../errors.ts";
import {
  ADMIN_CONNECTIONS_MAX,
  HEADER_TIMEOUT_MS,
  IDLE_TIMEOUT_MS,
  WRITE_TIMEOUT_MS,
} from "../limits.ts";
import { createDeadlines, serveRequests } from "../listen/serving.ts";
import type { Log } from "../log.ts";
import { type Address, formatAddress } from "../manifest/address.ts";
import type { Manifest } from "../manifest.ts";
import { answerAdmin, type Observed } from "./admin.ts";

/** A listener that accepts connections. */
export interface AdminServer {
  /** Where it listens, with the port that the system chose. */
  readonly url: string;
  /** Closes it, when what is asked is answered. Idempotent. */
  stop(): Promise<void>;
}

/** Where it listens, and with what. */
export interface AdminOptions
  extends Pick<Manifest, "admin" | "path" | "directory"> {
  /** The clock. */
  readonly host: Host;
  /** Told what goes wrong. */
  readonly log: Log;
}

/**
 * Listens where the manifest says.
 *
 * @throws {AppError} The address is in use, or cannot be listened on.
 */
export function listenAdmin(
  options: AdminOptions,
  node: Observed,
): AdminServer {
  const { admin, path } = options;
  const address = formatAddress(admin!);
  try {
    return serve(admin!, options, node);
  } catch (error) {
    // The address is the user's to change.
    if (error instanceof Deno.errors.AddrInUse) {
      const message = "Cannot listen, the address is in use";
      throw new AppError("addressInUse", `${path}: ${message}: ${address}`);
    }
    const why = error instanceof Error ? error.message : String(error);
    const message = `${path}: Cannot listen on ${address}: ${why}`;
    throw new AppError("cannotListen", message);
  }
}

const ADMISSION = {
  connectionsMax: ADMIN_CONNECTIONS_MAX,
  connectionsPerClientMax: ADMIN_CONNECTIONS_MAX,
  trustedProxies: [],
  headerTimeoutMs: HEADER_TIMEOUT_MS,
  idleTimeoutMs: IDLE_TIMEOUT_MS,
  writeTimeoutMs: WRITE_TIMEOUT_MS,
};

function serve(
  { hostname, port }: Address,
  { host, log, directory }: AdminOptions,
  node: Observed,
): AdminServer {
  const { headerTimeoutMs, idleTimeoutMs, writeTimeoutMs } = ADMISSION;
  const spansMs = [headerTimeoutMs, idleTimeoutMs, writeTimeoutMs];
  return serveRequests({
    ...{ host, log, directory },
    deadlines: createDeadlines(host, spansMs),
    listener: { hostname, port, admission: ADMISSION, tls: undefined },
    answer: (request) => Promise.resolve(answerAdmin(node, request)),
  });
}
