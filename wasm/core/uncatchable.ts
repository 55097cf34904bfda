/**
 * Errors of the host that a guest cannot catch.
 *
 * @module
 */

// (module (func (export "trap") unreachable))
// deno-fmt-ignore
const TRAPPING = Uint8Array.of(
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
  0x01, 0x04, 0x01, 0x60, 0x00, 0x00,
  0x03, 0x02, 0x01, 0x00,
  0x07, 0x08, 0x01, 0x04, 0x74, 0x72, 0x61, 0x70, 0x00, 0x00,
  0x0a, 0x05, 0x01, 0x03, 0x00, 0x00, 0x0b,
);

const { exports } = new WebAssembly.Instance(new WebAssembly.Module(TRAPPING));
const trap = exports["trap"] as () => void;

/**
 * A trap that stands for `thrown`. A guest can catch whatever else a host
 * function throws, by `catch_all`; that would let it go on after its end.
 */
export function uncatchable(thrown: unknown): Error {
  try {
    trap();
  } catch (trapped) {
    // The engine alone can make an error that Wasm lets pass.
    (trapped as Error).cause = thrown;
    return trapped as Error;
  }
  throw new TypeError("Cannot go on: a module without effect did not trap");
}

/** What `trapped` stands for; itself, when it is a trap of the guest's own. */
export function causeOf(trapped: unknown): unknown {
  const isOurs = trapped instanceof WebAssembly.RuntimeError &&
    trapped.cause !== undefined;
  return isOurs ? trapped.cause : trapped;
}
