/**
 * Many nodes. So far only how they are named: the protocol is not there yet.
 *
 * @module
 */

export {
  NODE_NAME_CHARS_MAX,
  type NodeName,
  parseNodeName,
} from "./node_name.ts";
