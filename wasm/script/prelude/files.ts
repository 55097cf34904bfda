/**
 * `files`: whole files in the directories that the capability grants.
 *
 * @module
 */

import { OPS } from "../ops.ts";
import { dataBytes, decodeText } from "./encoding.ts";
import { startOperation } from "./operations.ts";

/** Files by their paths in the guest. */
export const files = {
  /**
   * Reads a file.
   *
   * @throws {Error} NotFound; NotCapable: the capability denies it.
   */
  async read(path: string): Promise<Uint8Array> {
    const { bytes } = await startOperation(OPS.fileRead, `${path}`).settled;
    return bytes as Uint8Array;
  },

  /** Reads a file of UTF-8. Throws as `read` does. */
  async readText(path: string): Promise<string> {
    return decodeText(await files.read(path));
  },

  /**
   * Writes a file: a new one, or in the place of another.
   *
   * @throws {Error} NotCapable: the capability denies it.
   * @throws {TypeError} `data` is neither text nor bytes.
   */
  async write(path: string, data: unknown): Promise<void> {
    await startOperation(OPS.fileWrite, `${path}`, dataBytes(data)).settled;
  },
};
