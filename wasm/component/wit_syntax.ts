/**
 * The body of an interface in WIT, as it is written.
 *
 * Only what declarations of host interfaces hold: no packages or worlds.
 *
 * @see Component Model, "WIT format".
 *
 * @module
 */

/** The body of an interface. All maps are in the order of the text. */
export interface WitBody {
  /** What it uses of other interfaces, by the name it has here. */
  readonly uses: ReadonlyMap<string, WitUse>;
  /** The types that it defines. */
  readonly types: ReadonlyMap<string, WitDefinition>;
  /** Its functions, those of resources under names such as `[method]file.read`. */
  readonly functions: ReadonlyMap<string, WitFunction>;
}

/** Something of another interface. */
export interface WitUse {
  /** Which interface: `poll`, or `wasi:io/poll` and perhaps a version. */
  readonly from: string;
  /** What it is called there. */
  readonly name: string;
}

/** What a name of a type stands for. */
export type WitDefinition =
  | { readonly kind: "alias"; readonly type: WitType }
  | { readonly kind: "record"; readonly fields: readonly WitField[] }
  | {
    readonly kind: "variant";
    readonly cases: readonly {
      readonly name: string;
      readonly type: WitType | undefined;
    }[];
  }
  | { readonly kind: "enum" | "flags"; readonly names: readonly string[] }
  | { readonly kind: "resource" };

/** A name, and the type of what has it. */
export interface WitField {
  /** The name. */
  readonly name: string;
  /** The type. */
  readonly type: WitType;
}

/** A type where one is used: a name, and what is in the angle brackets. */
export interface WitType {
  /** `u32`, `list`, or the name of a definition. */
  readonly name: string;
  /** Undefined stands for `_`. */
  readonly parts: readonly (WitType | undefined)[];
  /** Of a list: how many elements. */
  readonly length: number | undefined;
}

/** The type of a function. */
export interface WitFunction {
  /** In order; the first of a method is `self`. */
  readonly params: readonly WitField[];
  /** Undefined when it has none. */
  readonly result: WitType | undefined;
  /** Whether it is an `async func`. */
  readonly isAsync: boolean;
}

/**
 * Reads the body of an interface.
 *
 * @throws {SyntaxError} It is not WIT, or holds what is not known here.
 */
export function parseWit(text: string): WitBody {
  return new WitReader(text).read();
}

const SPACE = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/|@[a-z]+\([^)]*\))*/y;
const NAME = /%?([a-zA-Z][0-9a-zA-Z]*(?:-[0-9a-zA-Z]+)*)/y;
const PLACE = /((?:[a-z][-0-9a-z:/]*)(?:@[0-9][-+0-9A-Za-z.]*?)?)(?=\.\{)/y;
const LENGTH = /([0-9]+)/y;

const SHOWN_LENGTH = 40;

class WitReader {
  readonly #text: string;
  #at = 0;
  readonly #uses = new Map<string, WitUse>();
  readonly #types = new Map<string, WitDefinition>();
  readonly #functions = new Map<string, WitFunction>();

  constructor(text: string) {
    this.#text = text;
  }

  read(): WitBody {
    for (this.#skipSpace(); this.#at < this.#text.length;) this.#item();
    return {
      uses: this.#uses,
      types: this.#types,
      functions: this.#functions,
    };
  }

  #item(): void {
    const word = this.#name();
    switch (word) {
      case "use":
        return this.#use();
      case "type":
        return this.#alias(this.#name());
      case "record":
        return this.#define(this.#name(), {
          kind: word,
          fields: this.#list("{", "}", () => this.#field()),
        });
      case "variant":
        return this.#define(this.#name(), {
          kind: word,
          cases: this.#list("{", "}", () => this.#case()),
        });
      case "enum":
      case "flags":
        return this.#define(this.#name(), {
          kind: word,
          names: this.#list("{", "}", () => this.#name()),
        });
      case "resource":
        return this.#resource(this.#name());
      default:
        this.#expect(":");
        return this.#function(word, []);
    }
  }

  #define(name: string, definition: WitDefinition): void {
    if (this.#types.has(name) || this.#uses.has(name)) this.#refuse();
    this.#types.set(name, definition);
  }

  #use(): void {
    const from = this.#match(PLACE);
    if (from === undefined) this.#refuse();
    this.#expect(".");
    this.#list("{", "}", () => {
      const name = this.#name();
      const known = this.#take("as") ? this.#name() : name;
      this.#uses.set(known, { from, name });
    });
    this.#expect(";");
  }

  #alias(name: string): void {
    this.#expect("=");
    this.#define(name, { kind: "alias", type: this.#type() });
    this.#expect(";");
  }

  #field(): WitField {
    const name = this.#name();
    this.#expect(":");
    return { name, type: this.#type() };
  }

  #case(): { name: string; type: WitType | undefined } {
    const name = this.#name();
    if (!this.#take("(")) return { name, type: undefined };
    const type = this.#type();
    this.#expect(")");
    return { name, type };
  }

  #resource(resource: string): void {
    this.#define(resource, { kind: "resource" });
    if (this.#take(";")) return;
    this.#expect("{");
    while (!this.#take("}")) this.#member(resource);
  }

  #member(resource: string): void {
    const name = this.#name();
    const own = typeNamed(resource);
    if (name === "constructor") {
      const params = this.#params();
      const result = this.#take("->") ? this.#type() : own;
      this.#add(`[constructor]${resource}`, { params, result, isAsync: false });
      return this.#expect(";");
    }
    this.#expect(":");
    if (this.#take("static")) {
      return this.#function(`[static]${resource}.${name}`, []);
    }
    const self = {
      name: "self",
      type: { ...typeNamed("borrow"), parts: [own] },
    };
    this.#function(`[method]${resource}.${name}`, [self]);
  }

  #function(name: string, first: readonly WitField[]): void {
    const word = this.#name();
    const isAsync = word === "async";
    if ((isAsync ? this.#name() : word) !== "func") this.#refuse();
    const params = [...first, ...this.#params()];
    const result = this.#take("->") ? this.#type() : undefined;
    this.#add(name, { params, result, isAsync });
    this.#expect(";");
  }

  #add(name: string, type: WitFunction): void {
    if (this.#functions.has(name)) this.#refuse();
    this.#functions.set(name, type);
  }

  #params(): readonly WitField[] {
    return this.#list("(", ")", () => this.#field());
  }

  #type(): WitType {
    const name = this.#name();
    if (!this.#take("<")) return typeNamed(name);
    const parts = [this.#part()];
    let length: number | undefined;
    while (this.#take(",")) {
      const digits = this.#match(LENGTH);
      if (digits === undefined) parts.push(this.#part());
      else length = Number(digits);
    }
    this.#expect(">");
    return { name, parts, length };
  }

  #part(): WitType | undefined {
    return this.#take("_") ? undefined : this.#type();
  }

  /** Items with commas between them, and perhaps one behind the last. */
  #list<Item>(begin: string, end: string, read: () => Item): readonly Item[] {
    const items: Item[] = [];
    this.#expect(begin);
    while (!this.#take(end)) {
      items.push(read());
      if (this.#take(",")) continue;
      this.#expect(end);
      break;
    }
    return items;
  }

  #name(): string {
    return this.#match(NAME) ?? this.#refuse();
  }

  #match(form: RegExp): string | undefined {
    form.lastIndex = this.#at;
    const match = form.exec(this.#text);
    if (match === null) return undefined;
    this.#at = form.lastIndex;
    this.#skipSpace();
    return match[1];
  }

  #skipSpace(): void {
    SPACE.lastIndex = this.#at;
    SPACE.exec(this.#text);
    this.#at = SPACE.lastIndex;
  }

  #expect(token: string): void {
    if (!this.#take(token)) this.#refuse();
  }

  #take(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    this.#skipSpace();
    return true;
  }

  #refuse(): never {
    const rest = this.#text.slice(this.#at, this.#at + SHOWN_LENGTH);
    throw new SyntaxError(`Cannot read as WIT: ${JSON.stringify(rest)}`);
  }
}

function typeNamed(name: string): WitType {
  return { name, parts: [], length: undefined };
}
