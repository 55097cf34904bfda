/**
 * The globals of components, for the type checker.
 *
 * @module
 */

/** A declaration file. As text, so that this program does not take it for its own. */
export const GLOBALS =
  `// The globals that components have beside the Web APIs of Deno's own libraries,
// of which these leave out what is not there, such as Deno, window and document.

declare var console: Console;
declare var performance: { now(): number; readonly timeOrigin: number };
declare var self: typeof globalThis;
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
`;
