/**
 * Erlang/OTP for WebAssembly, on Deno: every member in one import.
 *
 * @example One process
 * ```ts
 * import { otp } from "./mod.ts";
 *
 * const runtime = new otp.Runtime();
 * await runtime.spawn(() => {}).join();
 * ```
 *
 * @module
 */

/** Processes, mailboxes, monitors. */
export * as otp from "@rusm/otp";
/** Wasm processes. */
export * as wasm from "@rusm/wasm";
/** Many nodes. */
export * as cluster from "@rusm/cluster";
/** Apps and listeners. */
export * as serve from "@rusm/serve";
/** The `rusm` command. */
export * as cli from "@rusm/cli";
