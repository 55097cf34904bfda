/**
 * What is wrong with an app while it is worked on.
 *
 * @module
 */

/** What can be wrong: a component, by its name, or a part of all. */
export type Subject =
  | `component ${string}`
  | "manifest"
  | "app"
  | "files"
  | "residents"
  | "types"
  | "watch";

/** What is wrong now. Says each thing once, and when it is mended. */
export class Complaints {
  readonly #texts = new Map<Subject, string>();
  readonly #say: (text: string) => void;
  readonly #mended: (subject: Subject, isLast: boolean) => void;

  /**
   * Nothing is wrong.
   *
   * @param say Takes what is wrong, as it comes up.
   * @param mended Told what is mended, and whether nothing else is wrong.
   */
  constructor(
    say: (text: string) => void,
    mended: (subject: Subject, isLast: boolean) => void,
  ) {
    this.#say = say;
    this.#mended = mended;
  }

  /** What something is wrong with. */
  get subjects(): readonly Subject[] {
    return [...this.#texts.keys()];
  }

  /**
   * Notes what is wrong with `subject`, and says it, unless that is what was said
   * of it last.
   *
   * @param text `undefined` when nothing is wrong with it.
   * @param isAsked Whether somebody waits for an answer: then it is said again.
   */
  note(subject: Subject, text: string | undefined, isAsked = false): void {
    const before = this.#texts.get(subject);
    if (text === undefined) this.#texts.delete(subject);
    else this.#texts.set(subject, text);
    if (text !== undefined && (isAsked || text !== before)) this.#say(text);
    if (text === undefined && before !== undefined) {
      this.#mended(subject, this.#texts.size === 0);
    }
  }
}
