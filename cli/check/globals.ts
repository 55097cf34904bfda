/**
 * The globals of components, for the type checker.
 *
 * @module
 */

/**
 * A declaration file. As text, so that this program does not take it for its own.
 * Its `any` are those of TypeScript's own libraries, so that what is right there
 * is right here: a callback with parameters, and what `structuredClone` infers.
 */
export const GLOBALS =
  `// The globals that components have beside the Web APIs of Deno's own libraries,
// of which these leave out what is not there, such as Deno, window and document.

declare var console: Console;
declare var performance: { now(): number; readonly timeOrigin: number };
declare var crypto: Crypto;
declare var navigator: { readonly userAgent: string };

declare function setTimeout(
  callback: (...args: any[]) => void,
  delay?: number,
  ...args: any[]
): number;
declare function setInterval(
  callback: (...args: any[]) => void,
  delay?: number,
  ...args: any[]
): number;
declare function clearTimeout(id?: number): void;
declare function clearInterval(id?: number): void;
declare function queueMicrotask(callback: () => void): void;
declare function structuredClone<T = any>(
  value: T,
  options?: StructuredSerializeOptions,
): T;

declare var process: {
  readonly env: Readonly<Record<string, string | undefined>>;
};

declare var files: {
  read(path: string): Promise<Uint8Array>;
  readText(path: string): Promise<string>;
  write(path: string, data: string | ArrayBufferLike | ArrayBufferView): Promise<void>;
};

// What components that were written for RUSM know without an import.
declare const Process: typeof import("./guest.d.ts").Process;
declare const spawn: typeof import("./guest.d.ts").spawn;
declare const connect: typeof import("./guest.d.ts").connect;
declare const callTimeout: typeof import("./guest.d.ts").callTimeout;
declare const supervise: typeof import("./guest.d.ts").supervise;
declare const pubsub: typeof import("./guest.d.ts").pubsub;
declare const kv: typeof import("./guest.d.ts").kv;
declare const websocket: typeof import("./guest.d.ts").websocket;
declare const sse: typeof import("./guest.d.ts").sse;
`;
