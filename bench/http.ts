/**
 * What does a fresh sandbox for every request cost?
 *
 * @module
 */

import { loadServer, WARMUP_SECONDS } from "./load.ts";
import { denoVariant, type Noun, playVariant, type Variant } from "./noun.ts";
import { type Measure, withRaw, withStarter } from "./served.ts";

const CONNECTIONS = 64;
const SECONDS = 5;

/** The `hello` starter, by requests. */
export const RUSM: Variant = denoVariant(import.meta.filename!, "rusm", "rusm");
/** A bare `Deno.serve`, by requests. */
export const RAW: Variant = denoVariant(
  import.meta.filename!,
  "raw",
  "Deno.serve",
);

/** The load that all of these servers have. */
export const LOAD: string =
  `${CONNECTIONS} connections on loopback, the next request when the last is answered, ${SECONDS} s after ${WARMUP_SECONDS} s of warm-up. Server and generator are processes of their own and share the cores.`;

/** Rows of the `hello` starter against a bare `Deno.serve`. */
export const http: Noun = {
  name: "http",
  question: "What does a fresh sandboxed instance per request cost?",
  rows: [
    {
      name: "requests",
      what:
        `Good answers of the hello starter, each from a fresh sandboxed instance; logging errors only. ${LOAD}`,
      unit: "requests/s",
      figure: "requestsPerSecond",
      variant: RUSM,
      against: RAW,
      bar: 0.35,
    },
    {
      name: "latencyP99",
      what:
        "What 99 of 100 of these answers did not exceed, from the first byte sent to the last received. Less is better.",
      unit: "ms",
      figure: "p99Ms",
      variant: RUSM,
      against: RAW,
      bar: null,
    },
  ],
};

/** Measures requests for `path` of a server. Wants the same body each time, so from a fresh instance. */
export function requestsFor(path: string): Measure {
  return async ({ url }, signal) => {
    const { perSecond, latency } = await loadServer({
      kind: "http",
      url: new URL(path, url).href,
      connections: CONNECTIONS,
      warmupSeconds: WARMUP_SECONDS,
      seconds: SECONDS,
      options: ["--same-body"],
    }, signal);
    return { requestsPerSecond: perSecond, p99Ms: latency!.p99Ms };
  };
}

if (import.meta.main) {
  await playVariant(Deno.args, {
    rusm: () => withStarter(requestsFor("/")),
    raw: () => withRaw(requestsFor("/")),
  });
}
