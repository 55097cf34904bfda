import { testSame } from "../../testdata/same.ts";

testSame("AbortController", {
  "abort() aborts once": () => {
    const controller = new AbortController();
    const { signal } = controller;
    const calls: unknown[] = [];
    signal.addEventListener(
      "abort",
      (event) => calls.push([event.type, event.target === signal]),
    );
    const before = [signal.aborted, signal.reason];
    controller.abort("first");
    controller.abort("second");
    return [
      before,
      calls,
      signal.aborted,
      signal.reason,
      signal === controller.signal,
    ];
  },
  "abort() has a default reason": () => {
    const controller = new AbortController();
    controller.abort();
    const { name, code } = controller.signal.reason;
    return [name, code, controller.signal.reason instanceof DOMException];
  },
  "abort() takes null for a reason": () => {
    const controller = new AbortController();
    controller.abort(null);
    return controller.signal.reason;
  },
});

testSame("AbortSignal", {
  "constructor is refused": () =>
    new (AbortSignal as never as new () => unknown)(),
  "is an event target": () =>
    new AbortController().signal instanceof EventTarget,
  "onabort is called, and can be replaced": () => {
    const controller = new AbortController();
    const calls: unknown[] = [];
    const { signal } = controller;
    signal.onabort = () => calls.push("first");
    signal.onabort = function (this: unknown, event) {
      calls.push(["second", this === signal, event.type]);
    };
    controller.abort();
    return [calls, typeof signal.onabort];
  },
  "onabort takes null": () => {
    const controller = new AbortController();
    let count = 0;
    controller.signal.onabort = () => count++;
    controller.signal.onabort = null;
    controller.abort();
    return [count, controller.signal.onabort];
  },
  "throwIfAborted() throws the reason": () => {
    new AbortController().signal.throwIfAborted();
    AbortSignal.abort("why").throwIfAborted();
  },
  "abort() gives one that is aborted": () => {
    const { aborted, reason } = AbortSignal.abort();
    return [aborted, reason.name];
  },
  "any() follows the first": () => {
    const [a, b] = [new AbortController(), new AbortController()];
    const signal = AbortSignal.any([a.signal, b.signal]);
    const calls: string[] = [];
    signal.addEventListener("abort", () => calls.push("abort"));
    b.abort("b");
    a.abort("a");
    return [signal.aborted, signal.reason, calls];
  },
  "any() of an aborted one is aborted": () => {
    const signal = AbortSignal.any([
      new AbortController().signal,
      AbortSignal.abort("x"),
    ]);
    return [signal.aborted, signal.reason];
  },
  "any() of nothing is never aborted": () => AbortSignal.any([]).aborted,
  "any() of signals that follow": () => {
    const controller = new AbortController();
    const signal = AbortSignal.any([AbortSignal.any([controller.signal])]);
    controller.abort(1);
    return [signal.aborted, signal.reason];
  },
  "any() refuses what is no signal": () => AbortSignal.any([{} as never]),
  "followers are aborted before anyone hears of it": () => {
    const controller = new AbortController();
    const follower = AbortSignal.any([controller.signal]);
    const calls: unknown[] = [];
    follower.addEventListener("abort", () => calls.push("follower"));
    controller.signal.addEventListener(
      "abort",
      () => calls.push(["first", follower.aborted]),
    );
    controller.abort();
    return calls;
  },
  "timeout() aborts with a TimeoutError": async () => {
    const signal = AbortSignal.timeout(2);
    // Deno's own timer does not keep its event loop alive.
    const timer = setTimeout(() => {}, 10_000);
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    clearTimeout(timer);
    return [signal.aborted, signal.reason.name, signal.reason.code];
  },
  "timeout() refuses a negative time": () => AbortSignal.timeout(-1),
  "timeout() refuses what is no number": () =>
    AbortSignal.timeout("x" as never),
  "is tagged": () => String(new AbortController().signal),
});
