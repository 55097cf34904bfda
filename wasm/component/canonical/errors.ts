/**
 * Errors of the canonical ABI.
 *
 * @module
 */

/** The guest broke a rule of the canonical ABI. Its instance cannot be entered again. */
export class CanonicalTrap extends Error {
  /** Names what was found. */
  constructor(message: string) {
    super(message);
    this.name = "CanonicalTrap";
  }
}

/** Ends the call because the guest broke a rule. */
export function trap(message: string): never {
  throw new CanonicalTrap(message);
}

/**
 * The error of a function whose type says `result<_, E>`.
 *
 * A host function throws it to return an error; a lifted export throws it when
 * it returned one.
 */
export class ComponentError extends Error {
  /** The value of type `E`; undefined when the type has none. */
  readonly payload: unknown;

  /** Carries `payload`. */
  constructor(payload: unknown) {
    super(
      typeof payload === "string"
        ? `Cannot go on, since the component answered with an error: ${payload}`
        : "Cannot go on, since the component answered with an error",
    );
    this.name = "ComponentError";
    this.payload = payload;
  }
}

/** JavaScript passed what does not have the type that the function declares. */
export class TypeMismatch extends TypeError {
  /** Names the type, in words, and what was passed. */
  constructor(type: string, value: unknown) {
    super(`Cannot lower what is not ${type}: ${nameOf(value)}`);
    this.name = "TypeMismatch";
  }
}

const NAME_LENGTH_MAX = 40;

// Objects stand for themselves by their type: their toString is not ours.
function nameOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "object" || typeof value === "function") {
    return typeof value;
  }
  return String(value).slice(0, NAME_LENGTH_MAX);
}
