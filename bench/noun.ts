/**
 * What a benchmark is made of: a noun asks one question in several rows, and a
 * row holds one variant against another.
 *
 * @module
 */

/** One benchmark: `bench/<name>.ts`. */
export interface Noun {
  /** What it is called on the command line. */
  readonly name: string;
  /** What it answers, as a question. */
  readonly question: string;
  /** Its answers, in the order they are shown. */
  readonly rows: readonly RowPlan[];
}

/** What one row measures. */
export interface RowPlan {
  /** Unique in its noun. */
  readonly name: string;
  /** What is done and what is timed, in sentences. */
  readonly what: string;
  /**
   * Unit of the value. One that ends in `/s` is a rate: more is better and the
   * bar is a floor. Any other is a cost: less is better and the bar is a ceiling.
   */
  readonly unit: string;
  /** Which figure of both variants it shows. */
  readonly figure: string;
  /** What is measured. */
  readonly variant: Variant;
  /** What it is held against; null when nothing is. */
  readonly against: Variant | OwnFigure | null;
  /** What value ÷ against must reach, or must not pass; null when nothing is promised. */
  readonly bar: number | null;
}

/** One program to measure. Two rows that name the same object share its runs. */
export interface Variant {
  /** Who is measured, such as `Erlang`. */
  readonly name: string;
  /** What must be installed for it; absent when that is Deno alone. */
  readonly peer?: Peer;

  /**
   * The command that runs it once.
   *
   * The last line it prints on stdout is a JSON object of {@linkcode Figures}.
   * It stops by itself.
   *
   * @param directory Where {@linkcode Peer.prepare} left what it made.
   */
  command(directory: string): readonly string[];
}

/** Another figure of the same variant, which measures both in one process. */
export interface OwnFigure {
  /** What it stands for, such as `idle`. */
  readonly name: string;
  /** Which figure, in the unit of the row. */
  readonly figure: string;
}

/** The programs that `plan` runs: one, or two when it is held against another. */
export function variantsOf({ variant, against }: RowPlan): readonly Variant[] {
  return against !== null && isVariant(against)
    ? [variant, against]
    : [variant];
}

/** Whether what a row is held against is a program of its own. */
export function isVariant(against: Variant | OwnFigure): against is Variant {
  return "command" in against;
}

/** What a variant measured, by name. Each is finite and above 0. */
export type Figures = Readonly<Record<string, number>>;

/** A program of others that variants run in. */
export interface Peer {
  /** Its key among the versions. */
  readonly name: string;
  /** The command that installs it. */
  readonly install: string;

  /**
   * Makes ready what its variants need, in `directory`.
   *
   * @returns Its version, or null when it is not installed.
   */
  prepare(directory: string): Promise<string | null>;
}

/**
 * A variant that the module `file` plays with {@linkcode playVariant}, in a
 * process of its own.
 *
 * @param id What it is called there.
 * @param name Who is measured.
 */
export function denoVariant(file: string, id: string, name: string): Variant {
  const command = [Deno.execPath(), "run", "-A", file, "--variant", id];
  return { name, command: () => command };
}

/**
 * Runs the variant that `args` asks for and prints its figures as one line of
 * JSON: the other side of {@linkcode denoVariant}.
 *
 * @param args `--variant` and a key of `variants`.
 * @throws {TypeError} `args` is anything else.
 */
export async function playVariant(
  args: readonly string[],
  variants: Readonly<Record<string, () => Promise<Figures>>>,
): Promise<void> {
  const [flag, id = "", ...others] = args;
  const play = Object.hasOwn(variants, id) ? variants[id] : undefined;
  if (flag !== "--variant" || play === undefined || others.length > 0) {
    const ids = Object.keys(variants).join(", ");
    throw new TypeError(
      `Cannot play anything but --variant ${ids}: ${args.join(" ")}`,
    );
  }
  console.log(JSON.stringify(await play()));
}

/**
 * Reads what a variant printed.
 *
 * @param stdout Its last line counts.
 * @throws {SyntaxError} That line is not JSON, or no object of {@linkcode Figures}.
 */
export function parseFigures(stdout: string): Figures {
  const line = stdout.trimEnd().split("\n").at(-1) ?? "";
  const figures: unknown = JSON.parse(line);
  if (!isFigures(figures)) {
    throw new SyntaxError(`Cannot read figures: ${line}`);
  }
  return figures;
}

function isFigures(value: unknown): value is Figures {
  if (typeof value !== "object" || value === null) return false;
  const figures = Object.values(value);
  return figures.length > 0 && figures.every(isFigure);
}

// A zero is never a measurement: something did not run.
function isFigure(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}
