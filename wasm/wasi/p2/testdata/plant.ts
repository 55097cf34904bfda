/**
 * A directory that tests begin with.
 *
 * @module
 */

/** Links are followed. */
export const FOLLOW = { symlinkFollow: true };
/** Links are not followed. */
export const STAY = { symlinkFollow: false };
/** Nothing but opening. */
export const PLAIN = {
  create: false,
  directory: false,
  exclusive: false,
  truncate: false,
};
/** What is not there is made. */
export const CREATE = { ...PLAIN, create: true };
/** To read. */
export const READ = { read: true };
/** To read and write. */
export const READ_WRITE = { read: true, write: true };

/** A file, a directory with one, and links: to the file, to a path of the host, to itself. */
export function plant(host: string): void {
  Deno.writeTextFileSync(`${host}/f`, "content");
  Deno.mkdirSync(`${host}/d`);
  Deno.writeTextFileSync(`${host}/d/inner`, "");
  Deno.symlinkSync("f", `${host}/l`);
  Deno.symlinkSync("/etc/passwd", `${host}/out`);
  Deno.symlinkSync("loop", `${host}/loop`);
}
