/**
 * Templates, and the code that they are given while the node runs.
 *
 * @module
 */

import type { Host } from "@rusm/otp";
import type { Capability } from "../capability.ts";
import { digestOf } from "../core/module_cache.ts";
import { LoadFailed } from "../errors.ts";
import type { Named } from "../node/component_names.ts";
import type { Store } from "../node/store.ts";
import { type DynamicCode, hintOf, NoCommand, readCode } from "./code.ts";
import { fetchCode } from "./fetch_code.ts";
import { Kept } from "./kept.ts";
import {
  CODE_BYTES_MAX,
  COMPONENTS_MAX,
  DYNAMIC_TTL_MS,
  FETCHES_MAX,
  SOURCE_LENGTH_MAX,
  SOURCES_MAX,
  WHY_MAX,
} from "./limits.ts";
import {
  type CodeSource,
  parseSource,
  sourceDenial,
  urlDenial,
} from "./source.ts";
import { checkTemplate, type Template } from "./template.ts";

/** What templates are made with. */
export interface TemplatesParts<Component> {
  /** The clock. */
  readonly host: Pick<Host, "now" | "timer">;
  /** Where `kv:` sources are; nowhere when undefined. */
  readonly store: Store | undefined;
  /** How long it is believed what is at a source, and code is kept that nobody uses, in milliseconds. */
  readonly ttlMs?: number | undefined;
  /** How many components are loaded at once; {@linkcode COMPONENTS_MAX} when absent. */
  readonly countMax?: number;
  /** Makes a component of code that was looked at. */
  load(template: Template, code: DynamicCode): Promise<Component>;
  /** Forgets a component. Returns false when a process of it lives. */
  unload(component: Component): boolean;
}

/** Code, and what tells it from all other. */
interface Found {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly digest: string;
}

/** What is known of a source. */
interface Known {
  readonly digest: string;
  readonly untilMs: number;
}

/** A template, and what tells it from those that had its name before. */
interface Declared {
  readonly template: Template;
  readonly number: number;
}

/**
 * Gives code from elsewhere to templates.
 *
 * What a source holds is looked up again when it was known for `ttlMs`; code is
 * loaded once for each template, whatever sources it comes from, and dropped
 * when it was not used for that long and no process of it is left. What failed
 * is not kept.
 *
 * Invariant: whether a process may use a source is asked each time, before
 * anything is looked up. What is known of an address is known for those with
 * equal grants of network only, since it may lie behind a redirect.
 */
export class Templates<Component> {
  readonly #parts: TemplatesParts<Component>;
  readonly #ttlMs: number;
  readonly #declared = new Map<string, Declared>();
  readonly #kept: Kept<Named<Component>>;
  // The oldest first.
  readonly #known = new Map<string, Known>();
  readonly #finding = new Map<string, Promise<Found>>();
  readonly #closing = new AbortController();
  #count = 0;

  /**
   * There are no templates yet.
   *
   * @throws {RangeError} `ttlMs` is no time.
   */
  constructor(parts: TemplatesParts<Component>) {
    this.#parts = parts;
    const { host, countMax = COMPONENTS_MAX, ttlMs = DYNAMIC_TTL_MS } = parts;
    if (!(ttlMs >= 1 && ttlMs <= 2 ** 31 - 1)) {
      throw new RangeError(
        `Cannot keep dynamic code for a time outside of 1 to ${
          2 ** 31 - 1
        } ms: ${ttlMs}`,
      );
    }
    this.#ttlMs = ttlMs;
    this.#kept = new Kept({
      ...{ host, countMax, idleMs: ttlMs },
      discard: ({ component }) => parts.unload(component),
    });
  }

  /** Whether `name` is that of a template. */
  has(name: string): boolean {
    return this.#declared.has(name);
  }

  /** How many components are loaded, or being loaded. */
  get loadedCount(): number {
    return this.#kept.count;
  }

  /**
   * Adds a template, in place of the one that had its name before.
   *
   * @throws {RangeError} It is none; see {@linkcode checkTemplate}.
   */
  declare(template: Template): void {
    checkTemplate(template);
    this.#declared.set(template.name, { template, number: this.#count++ });
  }

  /** Removes a template: its name is given to something else. */
  remove(name: string): void {
    this.#declared.delete(name);
  }

  /**
   * Calls `spawn` with what the template `name` makes of the code at `source`.
   *
   * @param capability Of whoever asks: it must grant what the source needs.
   * @throws {Error} It cannot be done: a sentence for a guest says why.
   */
  async spawn<Result>(
    name: string,
    source: string,
    capability: Capability,
    spawn: (named: Named<Component>) => Result,
  ): Promise<Result> {
    const declared = this.#declared.get(name);
    if (declared === undefined) throw new Error(`unknown template \`${name}\``);
    const from = sourceOrFail(source);
    const denial = sourceDenial(capability, from);
    if (denial !== undefined) throw new Error(denial);
    const key = keyOf(from, capability);
    const kept = this.#keptOf(declared, key);
    if (kept !== undefined) return spawn(kept.value);
    const found = await this.#find(from, key, capability);
    const { bytes, digest } = found;
    const load = () => this.#load(declared.template, bytes);
    const result = await this.#kept.use(
      `${declared.number} ${digest}`,
      load,
      spawn,
    );
    if (key !== undefined) this.#learn(key, digest);
    return result;
  }

  #keptOf({ number }: Declared, key: string | undefined) {
    const known = key === undefined ? undefined : this.#known.get(key);
    if (known === undefined) return undefined;
    if (this.#parts.host.now() < known.untilMs) {
      return this.#kept.peek(`${number} ${known.digest}`);
    }
    this.#known.delete(key!);
    return undefined;
  }

  #learn(key: string, digest: string): void {
    const untilMs = this.#parts.host.now() + this.#ttlMs;
    this.#known.delete(key);
    this.#known.set(key, { digest, untilMs });
    const [oldest] = this.#known.keys();
    if (this.#known.size > SOURCES_MAX) this.#known.delete(oldest!);
  }

  async #find(
    source: CodeSource,
    key: string | undefined,
    capability: Capability,
  ): Promise<Found> {
    if (source.type === "inline" || key === undefined) {
      return await foundIn(await this.#read(source, capability));
    }
    let finding = this.#finding.get(key);
    if (finding === undefined) {
      if (this.#finding.size >= FETCHES_MAX) {
        throw new Error("spawn-from denied: too much code is being fetched");
      }
      finding = this.#read(source, capability).then(foundIn);
      this.#finding.set(key, finding);
      const forget = () => this.#finding.delete(key);
      finding.then(forget, forget);
    }
    return await finding;
  }

  async #read(
    source: CodeSource,
    capability: Capability,
  ): Promise<Uint8Array<ArrayBuffer>> {
    switch (source.type) {
      case "inline":
        return new TextEncoder().encode(source.code);
      case "kv":
        return await this.#readStore(source);
      case "url":
        return await fetchCode(source.url, {
          denial: (url) => urlDenial(capability, url),
          signal: this.#closing.signal,
        });
    }
  }

  async #readStore(
    { bucket, key }: Extract<CodeSource, { type: "kv" }>,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { store } = this.#parts;
    if (store === undefined) {
      throw new Error("kv unavailable: no store configured on this node");
    }
    const value = await store.get(bucket, key);
    if (value !== undefined) return new Uint8Array(value);
    throw new Error(`bundle not found at kv:${bucket}/${key}`);
  }

  async #load(
    template: Template,
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<Named<Component>> {
    try {
      const code = await readCode(template, bytes);
      const entry = code.type === "wasm" ? code.entry : "run";
      return { component: await this.#loadCode(template, code), entry };
    } catch (error) {
      // The guest brought the code, and is told what is wrong with it.
      const why = error instanceof Error ? error.message : String(error);
      if (error instanceof NoCommand) throw error;
      throw new Error(
        `compiling dynamic code of \`${template.name}\`: ${
          why.slice(0, WHY_MAX)
        }`,
      );
    }
  }

  async #loadCode(template: Template, code: DynamicCode): Promise<Component> {
    try {
      return await this.#parts.load(template, code);
    } catch (error) {
      // What a script is not is worth a word more.
      if (!(error instanceof LoadFailed) || code.type === "wasm") throw error;
      throw new Error(error.message + hintOf(code.bundle, error.message));
    }
  }

  /** Ends what is fetched. What is loaded is left to its engine. Idempotent. */
  close(): void {
    this.#closing.abort(new Error("the node is closing"));
    this.#kept.close();
  }
}

function sourceOrFail(source: string): CodeSource {
  const from = parseSource(source);
  if (typeof from === "string") throw new Error(from);
  if (from.type !== "inline" && source.length > SOURCE_LENGTH_MAX) {
    throw new Error(
      `spawn-from denied: a source of more than ${SOURCE_LENGTH_MAX} characters`,
    );
  }
  return from;
}

// By what is known of it; nothing needs to be of what holds its code itself.
function keyOf(
  source: CodeSource,
  { network }: Capability,
): string | undefined {
  switch (source.type) {
    case "inline":
      return undefined;
    case "kv":
      return JSON.stringify(["kv", source.bucket, source.key]);
    case "url":
      return JSON.stringify(["url", source.url.href, network]);
  }
}

async function foundIn(bytes: Uint8Array<ArrayBuffer>): Promise<Found> {
  if (bytes.length <= CODE_BYTES_MAX) {
    return { bytes, digest: await digestOf(bytes) };
  }
  throw new Error(
    `spawn-from denied: code of more than ${CODE_BYTES_MAX} bytes`,
  );
}
