// What TypeScript's own libraries do not have yet.

interface ErrorConstructor {
  stackTraceLimit: number;
}

interface Uint8ArrayConstructor {
  fromHex(text: string): Uint8Array<ArrayBuffer>;
}

interface Uint8Array {
  toHex(): string;
}
