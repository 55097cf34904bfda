/**
 * A request as it is put to a hook.
 *
 * @module
 */

/** As much of a request as a hook decides by. */
export interface AuthenticationRequest {
  /** Such as `GET`, as the client wrote it. */
  readonly method: string;
  /** Path of the URL, with its leading slash, as the client wrote it. */
  readonly path: string;
  /** Query of the URL, without the question mark, as the client wrote it. */
  readonly query: string;
  /** Names in lower case. A name can be there more than once. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The client: an IP address, which may have a port. */
  readonly remoteAddr: string;
}

/** Splits what stands behind the host of a URL. */
export function splitTarget(
  target: string,
): Pick<AuthenticationRequest, "path" | "query"> {
  const [path = ""] = target.split("?", 1);
  return { path, query: target.slice(path.length + 1) };
}
