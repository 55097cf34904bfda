/**
 * Names of nodes.
 *
 * @module
 */

/** Letters that a node's name can have. */
export const NODE_NAME_CHARS_MAX = 63;

/** The name of a node, unique in its cluster. */
export type NodeName = string & { readonly __nodeName: true };

const NODE_NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/**
 * Reads the name of a node: a label as in host names, so that it can stand in
 * an address and in a certificate.
 *
 * @param text Lower-case letters, digits and single hyphens between them; starts
 * with a letter; at most {@linkcode NODE_NAME_CHARS_MAX} long.
 * @throws {SyntaxError} `text` is no such name.
 *
 * @see RFC 1035, section 2.3.1. Differs: lower case only, so that equal names are
 * equal texts; no two hyphens in a row.
 *
 * @example
 * ```ts
 * import { parseNodeName } from "@rusm/cluster";
 * import { throws } from "node:assert";
 *
 * parseNodeName("eu-west-1");
 * throws(() => parseNodeName("EU"), SyntaxError);
 * ```
 */
export function parseNodeName(text: string): NodeName {
  if (!NODE_NAME.test(text) || text.length > NODE_NAME_CHARS_MAX) {
    throw new SyntaxError(
      `Cannot name a node other than with up to ${NODE_NAME_CHARS_MAX} lower-case letters, digits and hyphens: ${
        JSON.stringify(text)
      }`,
    );
  }
  return text as NodeName;
}
