// Writes a million characters.
import { processIo } from "../process_io.ts";

processIo().stdout.write("x".repeat(1_000_000));
