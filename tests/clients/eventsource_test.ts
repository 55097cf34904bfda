import { EventSource } from "eventsource";
import { askForEvents, type EventSourceClass } from "./event_source_suite.ts";
import { withSite } from "./site.ts";

Deno.test("eventsource: gets events", (t) =>
  withSite(async (site) => {
    await askForEvents(t, EventSource as EventSourceClass, site);
    await site.idle();
  }));
