// A thread as a browser has it: no setImmediate. Answers with the order in
// which its macrotasks ran.
Object.defineProperty(globalThis, "setImmediate", { value: undefined });
const { systemHost } = await import("../host.ts");

const { macrotask } = systemHost();
const order: string[] = [];
for (let index = 0; index < 40; index++) {
  macrotask(() => order.push(String(index)));
}
macrotask(() => postMessage(order));
queueMicrotask(() => order.push("microtask"));
