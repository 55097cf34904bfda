/**
 * The function that the processes of a component begin with.
 *
 * @module
 */

import {
  type ComponentAbilities,
  componentEntries,
  hasEntry,
} from "@rusm/wasm";
import type { Artifact } from "./artifact.ts";

/** Where processes begin, or why they cannot. */
export type Beginning =
  | {
    /** The tag. */
    readonly type: "found";
    /** What an engine calls it. */
    readonly entry: string;
    /** Whether the artifact is a program, which runs once and ends. */
    readonly isCommand: boolean;
  }
  | {
    /** The tag. */
    readonly type: "missing";
    /** What is there instead, behind a colon. */
    readonly why: string;
  };

/** What processes begin with when nothing is said. */
const RUN = "run";

/** What a program for WASI preview 1 begins with. */
const START = "_start";

/** What a module that is called for each message exports, and what an engine calls it. */
const SERVICE_EXPORT = "rusm_message";
const SERVICE = "service";

/** What a program for WASI 0.2 or 0.3 exports; an engine calls it `run`, too. */
const COMMAND = "wasi:cli/run#run";

/** Names that a message lists. */
const LISTED_MAX = 20;

/** An artifact that is no script. */
type WasmArtifact = Exclude<Artifact, { readonly kind: "script" }>;

/**
 * Finds where processes of `artifact` begin: with `wanted`. When that is absent,
 * a module begins with its `_start`, else its `run`, else as a service, by its
 * `rusm_message`; a component with its `run`, else that of `wasi:cli/run`.
 *
 * @param artifact Valid: an engine has loaded it.
 * @param wanted The `entry` of the manifest.
 */
export async function findBeginning(
  artifact: WasmArtifact,
  wanted: string | undefined,
): Promise<Beginning> {
  const exported = artifact.kind === "module"
    ? await functionsOf(artifact.bytes)
    : componentEntries(artifact.bytes);
  return (wanted === undefined
    ? usualOf(exported, artifact.kind)
    : namedOf(exported, wanted, artifact.kind)) ?? missingFrom(exported);
}

/**
 * Finds where processes of a script begin: what it exports says what they do.
 *
 * @param wanted The `entry` of the manifest.
 */
export function beginningOfScript(
  { runs }: ComponentAbilities,
  wanted: string = RUN,
): Beginning {
  if (wanted !== RUN) {
    return { type: "missing", why: "TypeScript begins with what it exports" };
  }
  return runs === null ? missingFrom([]) : found(RUN);
}

async function functionsOf(bytes: Uint8Array<ArrayBuffer>): Promise<string[]> {
  const module = await WebAssembly.compile(bytes);
  return WebAssembly.Module.exports(module)
    .filter(({ kind }) => kind === "function")
    .map(({ name }) => name);
}

function usualOf(
  exported: readonly string[],
  kind: WasmArtifact["kind"],
): Beginning | undefined {
  if (kind === "module" && exported.includes(START)) return found(START, true);
  if (exported.includes(RUN)) return found(RUN);
  if (kind === "module") return namedOf(exported, SERVICE_EXPORT, kind);
  return hasEntry(exported, COMMAND) ? found(RUN, true) : undefined;
}

function namedOf(
  exported: readonly string[],
  wanted: string,
  kind: WasmArtifact["kind"],
): Beginning | undefined {
  if (!hasEntry(exported, wanted)) return undefined;
  const isService = kind === "module" && wanted === SERVICE_EXPORT;
  return found(isService ? SERVICE : wanted);
}

function found(entry: string, isCommand = false): Beginning {
  return { type: "found", entry, isCommand };
}

function missingFrom(exported: readonly string[]): Beginning {
  if (exported.length === 0) {
    return { type: "missing", why: "it exports no function" };
  }
  const listed = exported.slice(0, LISTED_MAX).map((name) =>
    JSON.stringify(name)
  );
  const left = exported.length - listed.length;
  const more = left > 0 ? ` and ${left} more` : "";
  return { type: "missing", why: `it exports ${listed.join(", ")}${more}` };
}
