/**
 * `authentication`: a process that says who may make requests.
 *
 * @module
 */

/** A request, as far as it is decided by. */
export interface AuthenticationRequest {
  /** Such as `GET`. */
  readonly method: string;
  /** Path of the URL, with its leading slash. */
  readonly path: string;
  /** Query of the URL, without the question mark. */
  readonly query: string;
  /** Names in lower case, in the order of the request. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The client: an IP address, which may have a port. */
  readonly remoteAddr: string;
  /** The first value of a header, whose name is taken in any case; null when there is none. */
  header(name: string): string | null;
}

/** What is decided: to let a request go on, with what is known of who made it. Anything else denies. */
export interface Allowance {
  /** Claims, such as a tenant: a few short texts. Hosts see them, and no guest. */
  readonly allow: Readonly<Record<string, string>>;
}

/** Decides over a request. Who throws, or returns nothing, denies. */
export type Authenticate = (
  request: AuthenticationRequest,
) => Allowance | null | undefined | Promise<Allowance | null | undefined>;

let hookIn: (value: object) => Authenticate | undefined;

/** What `authentication` makes, for a component to export as its default. */
export class AuthenticationHook {
  readonly #authenticate: Authenticate;

  static {
    hookIn = (value) =>
      #authenticate in value ? value.#authenticate : undefined;
  }

  /** For `authentication`. */
  constructor(authenticate: Authenticate) {
    this.#authenticate = authenticate;
  }
}

/** The function of a default export that is a hook; `undefined` for any other. */
export function hookOf(value: unknown): Authenticate | undefined {
  return value instanceof Object ? hookIn(value) : undefined;
}

/**
 * Makes what a component exports as its default to be asked who may make
 * requests. Requests do not wait for each other.
 *
 * @throws {TypeError} `authenticate` is no function.
 */
export function authentication(authenticate: Authenticate): AuthenticationHook {
  if (typeof authenticate !== "function") {
    throw new TypeError("Cannot authenticate without a function");
  }
  return new AuthenticationHook(authenticate);
}
