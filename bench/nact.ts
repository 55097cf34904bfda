/**
 * npm `nact`, as another peer of the process core.
 *
 * @module
 */

import { denoVariant, type Peer, type Variant } from "./noun.ts";

/** Actors in JavaScript, on one thread as a rusm runtime. */
export const NACT: Peer = {
  name: "nact",
  install: "deno cache bench/otp/nact.ts",
  async prepare() {
    try {
      const type = "json";
      const manifest = await import("nact/package.json", { with: { type } });
      return manifest.default.version;
    } catch (thrown) {
      // Not installed is an answer, not a failure. Deno fetches it if it can.
      if (thrown instanceof TypeError) return null;
      throw thrown;
    }
  },
};

/** A variant of {@linkcode denoVariant} that needs nact. */
export function nactVariant(file: string, id: string): Variant {
  return { ...denoVariant(file, id, "nact"), peer: NACT };
}
