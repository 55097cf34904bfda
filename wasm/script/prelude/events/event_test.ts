import { deepStrictEqual } from "node:assert";

import { Guest } from "../../testdata/guest.ts";
import { testSame } from "../../testdata/same.ts";

testSame("Event", {
  "constructor sets what it is given": () => {
    const { type, cancelable, target, currentTarget, defaultPrevented } =
      new Event("a", { cancelable: true });
    return { type, cancelable, target, currentTarget, defaultPrevented };
  },
  "timeStamp is a time": () => new Event("a").timeStamp <= performance.now(),
  "preventDefault() needs a cancelable event": () =>
    [true, false].map((cancelable) => {
      const event = new Event("a", { cancelable });
      event.preventDefault();
      return event.defaultPrevented;
    }),
  "is tagged": () => String(new Event("a")),
});

testSame("EventTarget", {
  "dispatchEvent() calls in order": () => {
    const target = new EventTarget();
    const calls: unknown[] = [];
    target.addEventListener("a", function (this: unknown, event) {
      calls.push([
        "first",
        this === target,
        event.target === target,
        event.currentTarget === target,
      ]);
    });
    target.addEventListener("b", () => calls.push("never"));
    target.addEventListener("a", {
      handleEvent: (event) => calls.push(["second", event.type]),
    });
    const event = new Event("a");
    const result = target.dispatchEvent(event);
    return [result, calls, event.currentTarget];
  },
  "dispatchEvent() tells whether the default was prevented": () => {
    const target = new EventTarget();
    target.addEventListener("a", (event) => event.preventDefault());
    return [
      target.dispatchEvent(new Event("a", { cancelable: true })),
      target.dispatchEvent(new Event("a")),
    ];
  },
  "dispatchEvent() refuses an event under way": () => {
    const target = new EventTarget();
    let name = "";
    target.addEventListener("a", (event) => {
      try {
        target.dispatchEvent(event);
      } catch (error) {
        name = (error as Error).name;
      }
    });
    target.dispatchEvent(new Event("a"));
    return name;
  },
  "dispatchEvent() takes an event again": () => {
    const target = new EventTarget();
    let count = 0;
    target.addEventListener("a", () => count++);
    const event = new Event("a");
    target.dispatchEvent(event);
    target.dispatchEvent(event);
    return count;
  },
  "dispatchEvent() stops when told": () => {
    const target = new EventTarget();
    const calls: string[] = [];
    target.addEventListener("a", (event) => event.stopPropagation());
    target.addEventListener("a", (event) => {
      calls.push("second");
      event.stopImmediatePropagation();
    });
    target.addEventListener("a", () => calls.push("third"));
    target.dispatchEvent(new Event("a"));
    return calls;
  },
  "dispatchEvent() forgets that an event was stopped": () => {
    const target = new EventTarget();
    const calls: string[] = [];
    const stop = (event: Event) => event.stopImmediatePropagation();
    target.addEventListener("a", stop, { once: true });
    target.addEventListener("a", () => calls.push("second"));
    const event = new Event("a");
    target.dispatchEvent(event);
    target.dispatchEvent(event);
    return calls;
  },
  "addEventListener() adds once": () => {
    const target = new EventTarget();
    let count = 0;
    const listener = () => count++;
    target.addEventListener("a", listener);
    target.addEventListener("a", listener, { once: true });
    target.addEventListener("a", listener, true);
    target.dispatchEvent(new Event("a"));
    return count;
  },
  "addEventListener() takes null": () => {
    const target = new EventTarget();
    target.addEventListener("a", null);
    return target.dispatchEvent(new Event("a"));
  },
  "addEventListener() once": () => {
    const target = new EventTarget();
    let count = 0;
    target.addEventListener("a", () => count++, { once: true });
    target.dispatchEvent(new Event("a"));
    target.dispatchEvent(new Event("a"));
    return count;
  },
  "addEventListener() with a signal": () => {
    const target = new EventTarget();
    const controller = new AbortController();
    let count = 0;
    target.addEventListener("a", () => count++, { signal: controller.signal });
    target.dispatchEvent(new Event("a"));
    controller.abort();
    target.dispatchEvent(new Event("a"));
    target.addEventListener("a", () => count++, { signal: controller.signal });
    target.dispatchEvent(new Event("a"));
    return count;
  },
  "addEventListener() while dispatching waits for the next": () => {
    const target = new EventTarget();
    const calls: string[] = [];
    target.addEventListener("a", () => {
      calls.push("first");
      target.addEventListener("a", () => calls.push("second"));
    }, { once: true });
    target.dispatchEvent(new Event("a"));
    target.dispatchEvent(new Event("a"));
    return calls;
  },
  "removeEventListener() while dispatching works at once": () => {
    const target = new EventTarget();
    const calls: string[] = [];
    const second = () => calls.push("second");
    target.addEventListener("a", () => target.removeEventListener("a", second));
    target.addEventListener("a", second);
    target.dispatchEvent(new Event("a"));
    return calls;
  },
  "removeEventListener() needs the same capture": () => {
    const target = new EventTarget();
    let count = 0;
    const listener = () => count++;
    target.addEventListener("a", listener, { capture: true });
    target.removeEventListener("a", listener);
    target.dispatchEvent(new Event("a"));
    target.removeEventListener("a", listener, true);
    target.dispatchEvent(new Event("a"));
    return count;
  },
  "can be subclassed": () => {
    class Bus extends EventTarget {
      count = 0;
      start() {
        this.addEventListener("a", () => this.count++);
        return this;
      }
    }
    const bus = new Bus().start();
    bus.dispatchEvent(new Event("a"));
    return bus.count;
  },
});

Deno.test("EventTarget dispatchEvent() fails the process and goes on when a listener throws", async () => {
  using guest = await Guest.create();
  guest.evaluate(`
    const target = new EventTarget();
    const calls = [];
    target.addEventListener("a", () => { throw new RangeError("no") });
    target.addEventListener("a", () => calls.push("second"));
    target.dispatchEvent(new Event("a"));`);
  deepStrictEqual(guest.evaluate("calls"), ["second"]);
  deepStrictEqual(guest.failures.map(([name, message]) => [name, message]), [[
    "RangeError",
    "no",
  ]]);
});
