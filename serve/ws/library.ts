/**
 * The one place that names the `ws` package.
 *
 * @module
 */

// @ts-types="@types/ws"
import * as library from "ws";

// @ts-types="@types/ws"
export { type RawData, type WebSocket, WebSocketServer } from "ws";

// The types are behind the package here.
const { PerMessageDeflate: Deflate, Receiver: Reader } =
  library as unknown as Record<"PerMessageDeflate" | "Receiver", Class>;

/** A class that the types do not know. */
export type Class = { readonly prototype: unknown; new (): unknown };

/** Compresses messages. */
export const PerMessageDeflate: Class = Deflate;

/** Reads frames. */
export const Receiver: Class = Reader;
