/**
 * Being told to take up what is on the disk.
 *
 * @module
 */

/** The signal that asks for it. Deno knows it on all systems but Windows. */
export const RELOAD_SIGNAL = "SIGUSR2";

/**
 * Calls `listener` at each request to reload. Where there are no such signals it
 * is never called.
 *
 * @returns A function that ends this: then the signal does again what it does by
 * default, which is to end the process.
 */
export function onReloadSignal(listener: () => void): () => void {
  if (Deno.build.os === "windows") return () => {};
  Deno.addSignalListener(RELOAD_SIGNAL, listener);
  return () => Deno.removeSignalListener(RELOAD_SIGNAL, listener);
}
