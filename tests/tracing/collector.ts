/**
 * What takes the spans of a program, as an OpenTelemetry collector does.
 *
 * @module
 */

/** A span that has ended. */
export interface TakenSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first of a trace. */
  readonly parentSpanId: string;
  readonly name: string;
  /** Who made it: `rusm`, or `deno`. */
  readonly scope: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Why it went wrong; undefined when it went well. */
  readonly failure: string | undefined;
}

/** A collector that listens, by OTLP as JSON over HTTP. */
export class Collector {
  readonly #spans: TakenSpan[] = [];
  readonly #server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => this.#take(request),
  );
  #heard = Promise.withResolvers<void>();

  /** Variables of the program whose spans it takes. */
  get variables(): Record<string, string> {
    const { port } = this.#server.addr;
    return {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_BSP_SCHEDULE_DELAY: "50",
    };
  }

  async #take(request: Request): Promise<Response> {
    const text = await request.text();
    if (new URL(request.url).pathname === "/v1/traces") {
      this.#spans.push(...spansIn(JSON.parse(text)));
      this.#heard.resolve();
      this.#heard = Promise.withResolvers();
    }
    return new Response("{}");
  }

  /** Waits until spans have come of which `isWhole` is true. */
  async until(
    isWhole: (spans: readonly TakenSpan[]) => boolean,
  ): Promise<readonly TakenSpan[]> {
    while (!isWhole(this.#spans)) await this.#heard.promise;
    return this.#spans;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

interface Value {
  readonly stringValue?: string;
  readonly doubleValue?: number;
  readonly intValue?: string;
}

interface Exported {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string };
      readonly spans: readonly (
        & Omit<TakenSpan, "scope" | "attributes" | "failure">
        & {
          readonly attributes: readonly {
            readonly key: string;
            readonly value: Value;
          }[];
          readonly status: { readonly code: number; readonly message: string };
        }
      )[];
    }[];
  }[];
}

function spansIn({ resourceSpans }: Exported): TakenSpan[] {
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ scope, spans }) =>
      spans.map(({ attributes, status, ...span }) => ({
        ...span,
        scope: scope.name,
        attributes: Object.fromEntries(
          attributes.map(({ key, value }) => [
            key,
            String(value.stringValue ?? value.intValue ?? value.doubleValue),
          ]),
        ),
        failure: status.code === 2 ? status.message : undefined,
      }))
    );
}
