/**
 * Which lines of which files a test run went through.
 *
 * @module
 */

/** The lines of one file that could have been run. */
export interface FileLines {
  /** The file's path. */
  readonly path: string;
  /** How many lines could have been run. */
  readonly count: number;
  /** The 1-based numbers of those that were not, ascending. */
  readonly missed: readonly number[];
}

/**
 * Reads a report in the format of `lcov`, with paths as they stand there.
 *
 * @see `geninfo(1)`, FILES: `SF:` opens the record of a file, and `DA:` is a line
 * and how often it was run.
 */
export function parseLcov(report: string): FileLines[] {
  return report.split("end_of_record\n").flatMap((record) => {
    const path = /^SF:(.*)$/m.exec(record)?.[1];
    if (path === undefined) return [];
    const lines = [...record.matchAll(/^DA:(\d+),(\d+)/gm)];
    const missed = lines.filter(([, , times]) => Number(times) === 0)
      .map(([, line]) => Number(line));
    return [{ path, count: lines.length, missed }];
  });
}

/** The lines of a file that nothing loaded, which are all missed: those that hold more than comments. */
export function unloadedLines(path: string, javascript: string): FileLines {
  const code = javascript.replaceAll(
    COMMENT,
    (comment) => comment.replaceAll(/./g, ""),
  );
  const missed = code.split("\n").flatMap((line, index) =>
    line.trim() === "" ? [] : [index + 1]
  );
  return { path, count: missed.length, missed };
}

// A string that looks like one is a line of code all the same: it has quotes.
const COMMENT = /\/\*[^]*?\*\/|\/\/.*/g;

/** Per cent of the lines that were run; 100 of a file without any. */
export function percentOf({ count, missed }: FileLines): number {
  return count === 0 ? 100 : 100 * (count - missed.length) / count;
}

/** A file, how much of it was run, and which lines were not, on one line. */
export function formatLines(file: FileLines): string {
  const percent = percentOf(file).toFixed(1);
  const missed = formatRanges(file.missed);
  return `${file.path}: ${percent} % of ${file.count} lines, but not ${missed}`;
}

function formatRanges(numbers: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const number of numbers) {
    const range = ranges.at(-1);
    if (range?.[1] === number - 1) range[1] = number;
    else ranges.push([number, number]);
  }
  return ranges
    .map(([first, last]) => first === last ? first : `${first}-${last}`)
    .join(", ");
}
