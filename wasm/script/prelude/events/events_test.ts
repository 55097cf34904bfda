import { testDifferent, testSame } from "../../testdata/same.ts";

testSame("Event", {
  "has its defaults": () => {
    const event = new Event("x");
    return [
      ...[event.type, event.bubbles, event.cancelable, event.composed],
      ...[event.eventPhase, event.isTrusted, event.target, event.srcElement],
      ...[event.returnValue, event.cancelBubble, event.composedPath()],
    ];
  },
  "tells where it is while it is dispatched": () => {
    const target = new EventTarget();
    const seen: unknown[] = [];
    target.addEventListener("x", (event) => {
      seen.push(event.eventPhase, event.composedPath().length);
      seen.push(event.currentTarget === target, event.target === target);
    });
    const event = new Event("x");
    target.dispatchEvent(event);
    return [
      ...seen,
      event.eventPhase,
      event.currentTarget,
      event.target === target,
    ];
  },
  "returnValue prevents": () => {
    const event = new Event("x", { cancelable: true });
    event.returnValue = false;
    return [event.defaultPrevented, event.returnValue];
  },
  "a passive listener prevents nothing": () => {
    const target = new EventTarget();
    target.addEventListener("x", (event) => event.preventDefault(), {
      passive: true,
    });
    return target.dispatchEvent(new Event("x", { cancelable: true }));
  },
  "needs a type": () => new (Event as unknown as new () => Event)(),
  "has its constants": () => [
    Event.NONE,
    Event.AT_TARGET,
    Event.prototype.BUBBLING_PHASE,
    Event.CAPTURING_PHASE,
  ],
  "handleEvent is looked up late": () => {
    const target = new EventTarget();
    const seen: string[] = [];
    const listener = { handleEvent: () => void seen.push("old") };
    target.addEventListener("x", listener);
    listener.handleEvent = () => void seen.push("new");
    target.dispatchEvent(new Event("x"));
    return seen;
  },
});

testSame("events", {
  "CustomEvent has its detail": () => {
    const event = new CustomEvent("x", { detail: [1], cancelable: true });
    return [
      ...[event.detail, event.cancelable, event instanceof Event],
      ...[String(event)],
    ];
  },
  "MessageEvent has its data": () => {
    const event = new MessageEvent("message", { data: { a: 1 }, origin: "o" });
    return [event.data, event.origin, event.lastEventId, event.ports];
  },
  "ErrorEvent has its error": () => {
    const event = new ErrorEvent("error", { message: "m", lineno: 3 });
    return [event.message, event.filename, event.lineno, event.colno];
  },
  "CloseEvent has its code": () => {
    const event = new CloseEvent("close", { code: 1000, wasClean: true });
    return [event.code, event.reason, event.wasClean];
  },
  "ProgressEvent has its numbers": () => {
    const event = new ProgressEvent("progress", { loaded: 2, total: 4 });
    return [event.loaded, event.total, event.lengthComputable];
  },
  "getters refuse other objects": () =>
    Object.getOwnPropertyDescriptor(CustomEvent.prototype, "detail")!.get!
      .call({}),
});

testDifferent("Event", {
  "initEvent() sets it up anew": {
    run: () => {
      const event = new Event("x");
      event.initEvent("y", true, true);
      return [event.type, event.bubbles, event.cancelable];
    },
    guest: ["y", true, true],
    why: "as the DOM Standard says; Deno has none",
  },
  "those that capture come first": {
    run: () => {
      const target = new EventTarget();
      const seen: string[] = [];
      target.addEventListener("x", () => seen.push("bubble"));
      target.addEventListener("x", () => seen.push("capture"), true);
      target.dispatchEvent(new Event("x"));
      return seen;
    },
    guest: ["capture", "bubble"],
    why: "as the DOM Standard says, at the target too",
  },
});

testDifferent("events", {
  "CustomEvent has no detail": {
    run: () => new CustomEvent("y").detail,
    guest: null,
    why: "as the DOM Standard says",
  },
  "PromiseRejectionEvent needs a promise": {
    run: () => {
      const make = PromiseRejectionEvent as unknown as new (t: string) => Event;
      return Promise.try(() => new make("x")).catch((error) => error.name);
    },
    guest: "TypeError",
    why: "as the HTML Standard says",
  },
});
