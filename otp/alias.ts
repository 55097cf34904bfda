/**
 * Aliases: pids of a process that it can take back.
 *
 * @module
 */

/** What an active alias does with a message. */
export interface Alias {
  /** Whether the first message that arrives takes it back. */
  readonly once: boolean;
  /** Whether priority messages may come by it. */
  readonly priority?: boolean;
  /** Takes the message in place of the mailbox. Must not throw. */
  readonly take?: (message: unknown) => void;
}
