/**
 * The admin listener of a node.
 *
 * @module
 */

import { AppError } from "../errors.ts";
import { type Address, formatAddress } from "../manifest/address.ts";
import type { Manifest } from "../manifest.ts";
import { answerAdmin, type Observed } from "./admin.ts";

/** A listener that accepts connections. */
export interface AdminServer {
  /** Where it listens, with the port that the system chose. */
  readonly url: string;
  /** Closes it, and all its connections. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Listens where `manifest` says.
 *
 * @throws {AppError} The address is in use, or cannot be listened on.
 */
export function listenAdmin(
  { admin, path }: Pick<Manifest, "admin" | "path">,
  node: Observed,
): AdminServer {
  const address = formatAddress(admin!);
  try {
    return serve(admin!, node);
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

function serve(address: Address, node: Observed): AdminServer {
  const server = Deno.serve(
    { ...address, onListen() {} },
    (request) => answerAdmin(node, request),
  );
  const url = `http://${formatAddress(server.addr)}`;
  return { url, stop: () => server.shutdown() };
}
