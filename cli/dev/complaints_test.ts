import { deepStrictEqual } from "node:assert";
import { Complaints } from "./complaints.ts";

Deno.test("Complaints says each thing once, or when asked, and what is mended", () => {
  const said: string[] = [];
  const complaints = new Complaints(
    (text) => void said.push(text),
    (subject, isLast) => void said.push(`${subject} ${isLast}`),
  );
  complaints.note("types", undefined);
  complaints.note("types", "a");
  complaints.note("types", "a");
  complaints.note("types", "a", true);
  complaints.note("component api", "b");
  complaints.note("types", "c");
  complaints.note("types", undefined);
  deepStrictEqual(complaints.subjects, ["component api"]);
  complaints.note("component api", undefined);
  complaints.note("component api", undefined);
  deepStrictEqual(said, [
    ...["a", "a", "b", "c", "types false", "component api true"],
  ]);
});
