/**
 * The globals of components, for the type checker.
 *
 * @module
 */

/**
 * A declaration file. As text, so that this program does not take it for its own.
 */
export const GLOBALS =
  `// The globals that components have beside the Web APIs of Deno's own libraries,
// of which these leave out what is not there, such as Deno, window and document.

declare var console: Console;
declare var performance: { now(): number; readonly timeOrigin: number };
declare var crypto: Crypto;
declare var navigator: { readonly userAgent: string };

declare function setTimeout(
  // \`any\`, since \`unknown\` would refuse a callback with typed parameters,
  // \`never\` would give one without types nothing to use, and a type parameter
  // would refuse the \`resolve\` of an untyped promise, which wants an argument.
  callback: (...args: any[]) => void,
  delay?: number,
  ...args: unknown[]
): number;
declare function setInterval(
  // \`any\` for the reasons that setTimeout has it.
  callback: (...args: any[]) => void,
  delay?: number,
  ...args: unknown[]
): number;
declare function clearTimeout(id?: number): void;
declare function clearInterval(id?: number): void;
declare function queueMicrotask(callback: () => void): void;
declare function structuredClone<T>(
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
