/**
 * The errors of this member, and the form in which a file's problems are told.
 *
 * @module
 */

/** A place in a text file. */
export interface Position {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units, as editors count. */
  readonly column: number;
}

/** One thing that is wrong with a file. */
export interface Problem {
  /** Where it is; `undefined` when it is the file as a whole. */
  readonly at: Position | undefined;
  /** What was found. */
  readonly message: string;
  /** What to do about it, or the offending value. */
  readonly hint: string;
}

/**
 * A manifest that cannot be used.
 *
 * The message holds one line for each problem, in file order:
 * `rusm.toml:12:3: Unknown key "listn" in [[serve]]: did you mean "listen"?`
 *
 * Invariant: `problems` is not empty.
 */
export class ManifestError extends Error {
  /** The name of the class. */
  override readonly name: string = "ManifestError";
  /** Path of the manifest, as the user gave it. */
  readonly path: string;
  /** Everything that is wrong, in file order. */
  readonly problems: readonly Problem[];

  /** Takes `problems` in file order; at least one. */
  constructor(path: string, problems: readonly Problem[]) {
    super(describeProblems(path, problems));
    this.path = path;
    this.problems = problems;
  }

  /** Line of the first problem, 1-based; `undefined` when it is the whole file. */
  get line(): number | undefined {
    return this.problems[0]?.at?.line;
  }

  /** Column of the first problem, 1-based; `undefined` when it is the whole file. */
  get column(): number | undefined {
    return this.problems[0]?.at?.column;
  }

  /** What to do about the first problem. */
  get hint(): string | undefined {
    return this.problems[0]?.hint;
  }
}

/**
 * A `.env` file that cannot be used. No variable of it was set.
 *
 * The message has the form of {@linkcode ManifestError}'s.
 *
 * Invariant: `problems` is not empty.
 */
export class EnvFileError extends Error {
  /** The name of the class. */
  override readonly name: string = "EnvFileError";
  /** Path of the file. */
  readonly path: string;
  /** Everything that is wrong, in file order. */
  readonly problems: readonly Problem[];

  /** Takes `problems` in file order; at least one. */
  constructor(path: string, problems: readonly Problem[]) {
    super(describeProblems(path, problems));
    this.path = path;
    this.problems = problems;
  }
}

/** A place as compilers print it: `rusm.toml:12:3`. */
export function formatPlace(path: string, at: Position | undefined): string {
  return at === undefined ? path : `${path}:${at.line}:${at.column}`;
}

function describeProblems(path: string, problems: readonly Problem[]): string {
  return problems
    .map(({ at, message, hint }) =>
      `${formatPlace(path, at)}: ${message}: ${hint}`
    )
    .join("\n");
}

/** What kept an app from starting, or from going on. */
export type AppErrorCode =
  /** A component was not built. */
  | "missingArtifact"
  /** The code of a component is not at its source, or cannot be fetched from there. */
  | "noSource"
  /** A component threw while it was loaded, or is no valid WebAssembly. */
  | "loadFailed"
  /** A component does not have the function that it is to begin with. */
  | "noEntry"
  /** A profile grants what the node itself was not given. */
  | "notGrantable"
  /** The store cannot be opened. */
  | "noStore"
  /** Someone else listens there. */
  | "addressInUse"
  /** The address cannot be listened on at all. */
  | "cannotListen"
  /** A resident or a command cannot be started again. */
  | "cannotStart"
  /** The manifest has changed in what only another start can take up. */
  | "needsRestart"
  /** The app stops. */
  | "stopping"
  /** A certificate or its key cannot be read, or the two do not belong together. */
  | "badCertificate"
  /** Residents ended too often, so that none is started again. */
  | "gaveUp";

/** An app that cannot start, or go on. The message says why, and where in the manifest. */
export class AppError extends Error {
  /** The name of the class. */
  override readonly name: string = "AppError";
  /** What kept it from starting, or going on. */
  readonly code: AppErrorCode;

  /** Takes a whole sentence. */
  constructor(code: AppErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** What went wrong with a store. */
export type StoreErrorCode =
  /** The file cannot be opened, or is not that of a store. */
  | "open"
  /** The file cannot be read or written. */
  | "failed"
  /** The disk is full, or the file as large as it may be. What is removed makes room. */
  | "full"
  /** The file is damaged. */
  | "corrupt"
  /** A name or a number makes no sense. */
  | "invalid"
  /** A value, a batch or an answer is too large. */
  | "tooLarge"
  /** Too much waits, or another OS process keeps the file for itself. */
  | "busy"
  /** The store was closed. */
  | "closed";

/** A store that does not do what it was asked. */
export class StoreError extends Error {
  /** The name of the class. */
  override readonly name: string = "StoreError";
  /** What went wrong. */
  readonly code: StoreErrorCode;

  /** An error with a sentence for people. */
  constructor(code: StoreErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
