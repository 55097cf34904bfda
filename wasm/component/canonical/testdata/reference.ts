/**
 * The canonical ABI, slowly: its definitions as the specification has them,
 * function by function, under their names. It shares no code with the codecs,
 * which must agree with it byte for byte.
 *
 * @see Canonical ABI, "Despecialization" to "Lifting and Lowering Values".
 *
 * @module
 */

import type { ValueType } from "../../value_type.ts";

// deno-lint-ignore no-explicit-any -- values of every type, as in the definitions
type Any = any;

/** What the definitions look at. */
export interface Cx {
  memory(): Uint8Array;
  realloc(old: number, oldSize: number, align: number, size: number): number;
  encoding: "utf8" | "utf16" | "latin1+utf16";
}

export class Trap extends Error {}

function trap_if(condition: boolean): void {
  if (condition) throw new Trap();
}

type Core = "i32" | "i64" | "f32" | "f64";

/** A core value; integers are without sign. */
export interface Value {
  t: Core;
  v: number | bigint;
}

interface Labelled {
  label: string;
  t: ValueType | undefined;
}

type Plain =
  | { k: "int"; bits: number; signed: boolean }
  | { k: "bool" | "f32" | "f64" | "char" | "string" }
  | { k: "list"; t: ValueType; n: number | undefined }
  | { k: "record"; fields: { label: string; t: ValueType }[] }
  | { k: "variant"; cases: Labelled[] }
  | { k: "flags"; labels: readonly string[] };

function int(bits: number, signed: boolean): Plain {
  return { k: "int", bits, signed };
}

function despecialize(t: ValueType): Plain {
  switch (t.kind) {
    case "u8":
      return int(8, false);
    case "u16":
      return int(16, false);
    case "u32":
      return int(32, false);
    case "u64":
      return int(64, false);
    case "s8":
      return int(8, true);
    case "s16":
      return int(16, true);
    case "s32":
      return int(32, true);
    case "s64":
      return int(64, true);
    case "bool":
    case "f32":
    case "f64":
    case "char":
    case "string":
      return { k: t.kind };
    case "list":
      return { k: "list", t: t.element, n: t.length };
    case "record":
      return {
        k: "record",
        fields: t.fields.map((f) => ({ label: f.name, t: f.type })),
      };
    case "tuple":
      return {
        k: "record",
        fields: t.types.map((t, i) => ({ label: String(i), t })),
      };
    case "variant":
      return {
        k: "variant",
        cases: t.cases.map((c) => ({ label: c.name, t: c.type })),
      };
    case "enum":
      return {
        k: "variant",
        cases: t.names.map((label) => ({ label, t: undefined })),
      };
    case "option":
      return {
        k: "variant",
        cases: [{ label: "none", t: undefined }, { label: "some", t: t.type }],
      };
    case "result":
      return {
        k: "variant",
        cases: [{ label: "ok", t: t.ok }, { label: "error", t: t.error }],
      };
    case "flags":
      return { k: "flags", labels: t.names };
    default:
      throw new Error("The reference has no handles");
  }
}

export function alignment(type: ValueType): number {
  const t = despecialize(type);
  switch (t.k) {
    case "bool":
      return 1;
    case "int":
      return t.bits / 8;
    case "f32":
    case "char":
    case "string":
      return 4;
    case "f64":
      return 8;
    case "list":
      return t.n === undefined ? 4 : alignment(t.t);
    case "record":
      return alignment_record(t.fields);
    case "variant":
      return Math.max(
        discriminant_size(t.cases),
        max_case_alignment(t.cases),
      );
    case "flags":
      return t.labels.length <= 8 ? 1 : t.labels.length <= 16 ? 2 : 4;
  }
}

function alignment_record(fields: { t: ValueType }[]): number {
  let a = 1;
  for (const f of fields) a = Math.max(a, alignment(f.t));
  return a;
}

function discriminant_size(cases: Labelled[]): number {
  switch (Math.ceil(Math.log2(cases.length) / 8)) {
    case 0:
    case 1:
      return 1;
    case 2:
      return 2;
    default:
      return 4;
  }
}

function max_case_alignment(cases: Labelled[]): number {
  let a = 1;
  for (const c of cases) if (c.t !== undefined) a = Math.max(a, alignment(c.t));
  return a;
}

function align_to(ptr: number, align: number): number {
  return Math.ceil(ptr / align) * align;
}

export function elem_size(type: ValueType): number {
  const t = despecialize(type);
  switch (t.k) {
    case "bool":
      return 1;
    case "int":
      return t.bits / 8;
    case "f32":
    case "char":
      return 4;
    case "f64":
    case "string":
      return 8;
    case "list":
      return t.n === undefined ? 8 : t.n * elem_size(t.t);
    case "record":
      return elem_size_record(t.fields);
    case "variant":
      return elem_size_variant(type, t.cases);
    case "flags":
      return alignment(type);
  }
}

function elem_size_record(fields: { t: ValueType }[]): number {
  let s = 0;
  for (const f of fields) {
    s = align_to(s, alignment(f.t));
    s += elem_size(f.t);
  }
  return align_to(s, alignment_record(fields));
}

function elem_size_variant(type: ValueType, cases: Labelled[]): number {
  let s = discriminant_size(cases);
  s = align_to(s, max_case_alignment(cases));
  let cs = 0;
  for (const c of cases) {
    if (c.t !== undefined) cs = Math.max(cs, elem_size(c.t));
  }
  s += cs;
  return align_to(s, alignment(type));
}

// Loading.

function load_int(cx: Cx, ptr: number, nbytes: number, signed = false): bigint {
  let i = 0n;
  for (let b = nbytes - 1; b >= 0; b--) {
    i = i * 256n + BigInt(cx.memory()[ptr + b]!);
  }
  return signed ? BigInt.asIntN(nbytes * 8, i) : i;
}

function load_u32(cx: Cx, ptr: number): number {
  return Number(load_int(cx, ptr, 4));
}

function of_int(bits: number, i: bigint): number | bigint {
  return bits === 64 ? i : Number(i);
}

export function load(cx: Cx, ptr: number, type: ValueType): Any {
  const t = despecialize(type);
  switch (t.k) {
    case "bool":
      return load_int(cx, ptr, 1) !== 0n;
    case "int":
      return of_int(t.bits, load_int(cx, ptr, t.bits / 8, t.signed));
    case "f32":
      return decode_i32_as_float(load_u32(cx, ptr));
    case "f64":
      return decode_i64_as_float(load_int(cx, ptr, 8));
    case "char":
      return convert_i32_to_char(load_u32(cx, ptr));
    case "string":
      return load_string_from_range(
        cx,
        load_u32(cx, ptr),
        load_u32(cx, ptr + 4),
      );
    case "list":
      if (t.n !== undefined) {
        return load_list_from_valid_range(cx, ptr, t.n, t.t);
      }
      return load_list_from_range(
        cx,
        load_u32(cx, ptr),
        load_u32(cx, ptr + 4),
        t.t,
      );
    case "record": {
      const record: Any = {};
      for (const f of t.fields) {
        ptr = align_to(ptr, alignment(f.t));
        record[f.label] = load(cx, ptr, f.t);
        ptr += elem_size(f.t);
      }
      return record;
    }
    case "variant": {
      const disc_size = discriminant_size(t.cases);
      const case_index = Number(load_int(cx, ptr, disc_size));
      ptr += disc_size;
      trap_if(case_index >= t.cases.length);
      const c = t.cases[case_index]!;
      ptr = align_to(ptr, max_case_alignment(t.cases));
      return { [c.label]: c.t === undefined ? null : load(cx, ptr, c.t) };
    }
    case "flags":
      return unpack_flags_from_int(
        load_int(cx, ptr, elem_size(type)),
        t.labels,
      );
  }
}

function decode_i32_as_float(i: number): number {
  const f = new DataView(new Uint32Array([i]).buffer).getFloat32(0, true);
  return Number.isNaN(f) ? NaN : f;
}

function decode_i64_as_float(i: bigint): number {
  const f = new DataView(new BigUint64Array([i]).buffer).getFloat64(0, true);
  return Number.isNaN(f) ? NaN : f;
}

function convert_i32_to_char(i: number): string {
  trap_if(i >= 0x110000);
  trap_if(0xd800 <= i && i <= 0xdfff);
  return String.fromCodePoint(i);
}

const UTF16_TAG = 2 ** 31;
const MAX_STRING_BYTE_LENGTH = 2 ** 31 - 1;

function load_string_from_range(cx: Cx, ptr: number, tagged: number): string {
  let align = 2;
  let byte_length = 0;
  let encoding = "";
  switch (cx.encoding) {
    case "utf8":
      align = 1;
      byte_length = tagged;
      encoding = "utf8";
      break;
    case "utf16":
      byte_length = 2 * tagged;
      encoding = "utf16";
      break;
    case "latin1+utf16":
      if (tagged >= UTF16_TAG) {
        byte_length = 2 * (tagged - UTF16_TAG);
        encoding = "utf16";
      } else {
        byte_length = tagged;
        encoding = "latin1";
      }
  }
  trap_if(ptr !== align_to(ptr, align));
  trap_if(ptr + byte_length > cx.memory().length);
  return decode([...cx.memory().slice(ptr, ptr + byte_length)], encoding);
}

function decode(bytes: number[], encoding: string): string {
  if (encoding === "latin1") {
    return bytes.map((b) => String.fromCharCode(b)).join("");
  }
  if (encoding === "utf8") return decode_utf8(bytes);
  let s = "";
  for (let i = 0; i < bytes.length; i += 2) {
    s += String.fromCharCode(bytes[i]! + 256 * bytes[i + 1]!);
  }
  trap_if(!s.isWellFormed());
  return s;
}

// Unicode, table 3-7, as arithmetic.
function decode_utf8(bytes: number[]): string {
  let s = "";
  for (let i = 0; i < bytes.length;) {
    const b = bytes[i++]!;
    const more = b < 0x80 ? 0 : b < 0xe0 ? 1 : b < 0xf0 ? 2 : 3;
    trap_if(b >= 0x80 && b < 0xc0 || b >= 0xf8);
    let code = more === 0 ? b : b & (0x3f >> more);
    for (let j = 0; j < more; j++) {
      const c = bytes[i++] ?? 0;
      trap_if((c & 0xc0) !== 0x80);
      code = code * 64 + (c & 0x3f);
    }
    trap_if(code < [0, 0x80, 0x800, 0x10000][more]!);
    s += convert_i32_to_char(code);
  }
  return s;
}

function encode(s: string, encoding: string): number[] {
  if (encoding === "utf8") return [...s].flatMap(encode_utf8);
  const bytes: number[] = [];
  for (let i = 0; i < s.length; i++) {
    bytes.push(s.charCodeAt(i) % 256, Math.floor(s.charCodeAt(i) / 256));
  }
  return bytes;
}

function encode_utf8(char: string): number[] {
  const code = char.codePointAt(0)!;
  if (code < 0x80) return [code];
  const last = 0x80 + code % 64;
  if (code < 0x800) return [0xc0 + (code >> 6), last];
  const third = 0x80 + (code >> 6) % 64;
  if (code < 0x10000) return [0xe0 + (code >> 12), third, last];
  return [0xf0 + (code >> 18), 0x80 + (code >> 12) % 64, third, last];
}

function load_list_from_range(
  cx: Cx,
  ptr: number,
  length: number,
  t: ValueType,
): Any[] {
  trap_if(ptr !== align_to(ptr, alignment(t)));
  trap_if(ptr + length * elem_size(t) > cx.memory().length);
  return load_list_from_valid_range(cx, ptr, length, t);
}

function load_list_from_valid_range(
  cx: Cx,
  ptr: number,
  length: number,
  t: ValueType,
): Any[] {
  const a: Any[] = [];
  for (let i = 0; i < length; i++) a.push(load(cx, ptr + i * elem_size(t), t));
  return a;
}

function unpack_flags_from_int(i: bigint, labels: readonly string[]): Any {
  const record: Any = {};
  for (const l of labels) {
    record[l] = (i & 1n) === 1n;
    i >>= 1n;
  }
  return record;
}

// Storing.

function store_int(
  cx: Cx,
  v: bigint | number,
  ptr: number,
  nbytes: number,
): void {
  let i = BigInt.asUintN(nbytes * 8, BigInt(v));
  for (let b = 0; b < nbytes; b++) {
    cx.memory()[ptr + b] = Number(i % 256n);
    i /= 256n;
  }
}

export function store(cx: Cx, v: Any, type: ValueType, ptr: number): void {
  const t = despecialize(type);
  switch (t.k) {
    case "bool":
      return store_int(cx, v ? 1 : 0, ptr, 1);
    case "int":
      return store_int(cx, v, ptr, t.bits / 8);
    case "f32":
      return store_int(cx, encode_float_as_i32(v), ptr, 4);
    case "f64":
      return store_int(cx, encode_float_as_i64(v), ptr, 8);
    case "char":
      return store_int(cx, v.codePointAt(0), ptr, 4);
    case "string": {
      const [begin, tagged] = store_string_into_range(cx, v);
      store_int(cx, begin, ptr, 4);
      return store_int(cx, tagged, ptr + 4, 4);
    }
    case "list": {
      if (t.n !== undefined) {
        return store_list_into_valid_range(cx, v, ptr, t.t);
      }
      const [begin, length] = store_list_into_range(cx, v, t.t);
      store_int(cx, begin, ptr, 4);
      return store_int(cx, length, ptr + 4, 4);
    }
    case "record":
      for (const f of t.fields) {
        ptr = align_to(ptr, alignment(f.t));
        store(cx, v[f.label], f.t, ptr);
        ptr += elem_size(f.t);
      }
      return;
    case "variant": {
      const [case_index, case_value] = match_case(v, t.cases);
      const disc_size = discriminant_size(t.cases);
      store_int(cx, case_index, ptr, disc_size);
      ptr += disc_size;
      ptr = align_to(ptr, max_case_alignment(t.cases));
      const c = t.cases[case_index]!;
      if (c.t !== undefined) store(cx, case_value, c.t, ptr);
      return;
    }
    case "flags":
      return store_int(
        cx,
        pack_flags_into_int(v, t.labels),
        ptr,
        elem_size(type),
      );
  }
}

function encode_float_as_i32(f: number): number {
  if (Number.isNaN(f)) return 0x7fc00000;
  return new Uint32Array(new Float32Array([f]).buffer)[0]!;
}

function encode_float_as_i64(f: number): bigint {
  if (Number.isNaN(f)) return 0x7ff8000000000000n;
  return new BigUint64Array(new Float64Array([f]).buffer)[0]!;
}

function store_string_into_range(cx: Cx, src: string): [number, number] {
  switch (cx.encoding) {
    case "utf8":
      return store_string_to_utf8(cx, src, src.length, src.length * 3);
    case "utf16":
      return store_string_copy(cx, src, src.length);
    case "latin1+utf16":
      return store_string_to_latin1_or_utf16(cx, src, src.length);
  }
}

function set(cx: Cx, ptr: number, bytes: number[]): void {
  cx.memory().set(bytes, ptr);
}

function store_string_copy(
  cx: Cx,
  src: string,
  src_code_units: number,
): [number, number] {
  const dst_byte_length = 2 * src_code_units;
  trap_if(dst_byte_length > MAX_STRING_BYTE_LENGTH);
  const ptr = cx.realloc(0, 0, 2, dst_byte_length);
  trap_if(ptr !== align_to(ptr, 2));
  trap_if(ptr + dst_byte_length > cx.memory().length);
  set(cx, ptr, encode(src, "utf16"));
  return [ptr, src_code_units];
}

function store_string_to_utf8(
  cx: Cx,
  src: string,
  src_code_units: number,
  worst_case_size: number,
): [number, number] {
  let ptr = cx.realloc(0, 0, 1, src_code_units);
  trap_if(ptr + src_code_units > cx.memory().length);
  const encoded = encode(src, "utf8");
  set(cx, ptr, encoded.slice(0, src_code_units));
  if (src_code_units < encoded.length) {
    trap_if(worst_case_size > MAX_STRING_BYTE_LENGTH);
    ptr = cx.realloc(ptr, src_code_units, 1, worst_case_size);
    trap_if(ptr + worst_case_size > cx.memory().length);
    set(cx, ptr + src_code_units, encoded.slice(src_code_units));
    if (worst_case_size > encoded.length) {
      ptr = cx.realloc(ptr, worst_case_size, 1, encoded.length);
      trap_if(ptr + encoded.length > cx.memory().length);
    }
  }
  return [ptr, encoded.length];
}

function store_string_to_latin1_or_utf16(
  cx: Cx,
  src: string,
  src_code_units: number,
): [number, number] {
  let ptr = cx.realloc(0, 0, 2, src_code_units);
  trap_if(ptr !== align_to(ptr, 2));
  trap_if(ptr + src_code_units > cx.memory().length);
  let dst_byte_length = 0;
  for (const usv of src) {
    const ord = usv.codePointAt(0)!;
    if (ord < 256) {
      cx.memory()[ptr + dst_byte_length] = ord;
      dst_byte_length += 1;
    } else {
      const worst_case_size = 2 * src_code_units;
      trap_if(worst_case_size > MAX_STRING_BYTE_LENGTH);
      ptr = cx.realloc(ptr, src_code_units, 2, worst_case_size);
      trap_if(ptr !== align_to(ptr, 2));
      trap_if(ptr + worst_case_size > cx.memory().length);
      for (let j = dst_byte_length - 1; j >= 0; j--) {
        cx.memory()[ptr + 2 * j] = cx.memory()[ptr + j]!;
        cx.memory()[ptr + 2 * j + 1] = 0;
      }
      const encoded = encode(src, "utf16");
      set(cx, ptr + 2 * dst_byte_length, encoded.slice(2 * dst_byte_length));
      if (worst_case_size > encoded.length) {
        ptr = cx.realloc(ptr, worst_case_size, 2, encoded.length);
        trap_if(ptr !== align_to(ptr, 2));
        trap_if(ptr + encoded.length > cx.memory().length);
      }
      return [ptr, encoded.length / 2 + UTF16_TAG];
    }
  }
  if (dst_byte_length < src_code_units) {
    ptr = cx.realloc(ptr, src_code_units, 2, dst_byte_length);
    trap_if(ptr !== align_to(ptr, 2));
    trap_if(ptr + dst_byte_length > cx.memory().length);
  }
  return [ptr, dst_byte_length];
}

function store_list_into_range(
  cx: Cx,
  v: Any[],
  t: ValueType,
): [number, number] {
  const byte_length = v.length * elem_size(t);
  trap_if(byte_length >= 2 ** 32);
  const ptr = cx.realloc(0, 0, alignment(t), byte_length);
  trap_if(ptr !== align_to(ptr, alignment(t)));
  trap_if(ptr + byte_length > cx.memory().length);
  store_list_into_valid_range(cx, v, ptr, t);
  return [ptr, v.length];
}

function store_list_into_valid_range(
  cx: Cx,
  v: Any[],
  ptr: number,
  t: ValueType,
): void {
  v.forEach((e, i) => store(cx, e, t, ptr + i * elem_size(t)));
}

function match_case(v: Any, cases: Labelled[]): [number, Any] {
  const [key] = Object.keys(v);
  return [cases.findIndex((c) => c.label === key), v[key!]];
}

function pack_flags_into_int(v: Any, labels: readonly string[]): number {
  let i = 0;
  let shift = 0;
  for (const l of labels) {
    i += (v[l] ? 1 : 0) * 2 ** shift;
    shift += 1;
  }
  return i;
}

// Flattening.

const MAX_FLAT_PARAMS = 16;
const MAX_FLAT_RESULTS = 1;

export function flatten_functype(
  params: ValueType[],
  result: ValueType[],
  context: "lift" | "lower",
): { params: Core[]; results: Core[] } {
  let flat_params = params.flatMap(flatten_type);
  if (flat_params.length > MAX_FLAT_PARAMS) flat_params = ["i32"];
  let flat_results = result.flatMap(flatten_type);
  if (flat_results.length > MAX_FLAT_RESULTS) {
    if (context === "lift") {
      flat_results = ["i32"];
    } else {
      flat_params = [...flat_params, "i32"];
      flat_results = [];
    }
  }
  return { params: flat_params, results: flat_results };
}

function flatten_type(type: ValueType): Core[] {
  const t = despecialize(type);
  switch (t.k) {
    case "int":
      return [t.bits === 64 ? "i64" : "i32"];
    case "bool":
    case "char":
    case "flags":
      return ["i32"];
    case "f32":
    case "f64":
      return [t.k];
    case "string":
      return ["i32", "i32"];
    case "list":
      if (t.n === undefined) return ["i32", "i32"];
      return Array.from({ length: t.n }, () => flatten_type(t.t)).flat();
    case "record":
      return t.fields.flatMap((f) => flatten_type(f.t));
    case "variant":
      return flatten_variant(t.cases);
  }
}

function flatten_variant(cases: Labelled[]): Core[] {
  const flat: Core[] = [];
  for (const c of cases) {
    if (c.t === undefined) continue;
    flatten_type(c.t).forEach((ft, i) => {
      if (i < flat.length) flat[i] = join(flat[i]!, ft);
      else flat.push(ft);
    });
  }
  return ["i32", ...flat];
}

function join(a: Core, b: Core): Core {
  if (a === b) return a;
  if ((a === "i32" && b === "f32") || (a === "f32" && b === "i32")) {
    return "i32";
  }
  return "i64";
}

// Flat lifting.

interface ValueIter {
  next(t: Core): number | bigint;
}

function iterOf(values: Value[]): ValueIter {
  let i = 0;
  return {
    next(t) {
      const v = values[i++]!;
      if (v.t !== t) throw new Error(`${v.t} is not ${t}`);
      return v.v;
    },
  };
}

function lift_flat(cx: Cx, vi: ValueIter, type: ValueType): Any {
  const t = despecialize(type);
  switch (t.k) {
    case "bool":
      return vi.next("i32") !== 0;
    case "int": {
      const i = BigInt(vi.next(t.bits === 64 ? "i64" : "i32"));
      return of_int(
        t.bits,
        (t.signed ? BigInt.asIntN : BigInt.asUintN)(t.bits, i),
      );
    }
    case "f32":
    case "f64":
      return vi.next(t.k);
    case "char":
      return convert_i32_to_char(Number(vi.next("i32")));
    case "string": {
      const ptr = Number(vi.next("i32"));
      return load_string_from_range(cx, ptr, Number(vi.next("i32")));
    }
    case "list": {
      if (t.n !== undefined) {
        return Array.from({ length: t.n }, () => lift_flat(cx, vi, t.t));
      }
      const ptr = Number(vi.next("i32"));
      return load_list_from_range(cx, ptr, Number(vi.next("i32")), t.t);
    }
    case "record": {
      const record: Any = {};
      for (const f of t.fields) record[f.label] = lift_flat(cx, vi, f.t);
      return record;
    }
    case "variant":
      return lift_flat_variant(cx, vi, t.cases);
    case "flags":
      return unpack_flags_from_int(BigInt(vi.next("i32")), t.labels);
  }
}

function lift_flat_variant(cx: Cx, vi: ValueIter, cases: Labelled[]): Any {
  const flat_types = flatten_variant(cases);
  flat_types.shift();
  const case_index = Number(vi.next("i32"));
  trap_if(case_index >= cases.length);
  const coerced: ValueIter = {
    next(want) {
      const have = flat_types.shift()!;
      const x = vi.next(have);
      switch (`${have} ${want}`) {
        case "i32 f32":
          return decode_i32_as_float(Number(x));
        case "i64 i32":
          return Number(BigInt(x) % 2n ** 32n);
        case "i64 f32":
          return decode_i32_as_float(Number(BigInt(x) % 2n ** 32n));
        case "i64 f64":
          return decode_i64_as_float(BigInt(x));
        default:
          return x;
      }
    },
  };
  const c = cases[case_index]!;
  const v = c.t === undefined ? null : lift_flat(cx, coerced, c.t);
  for (const have of flat_types) vi.next(have);
  return { [c.label]: v };
}

// Flat lowering.

function lower_flat(cx: Cx, v: Any, type: ValueType): Value[] {
  const t = despecialize(type);
  switch (t.k) {
    case "bool":
      return [{ t: "i32", v: v ? 1 : 0 }];
    case "int":
      if (t.bits === 64) return [{ t: "i64", v: BigInt.asUintN(64, v) }];
      return [{ t: "i32", v: v < 0 ? v + 2 ** 32 : v }];
    case "f32":
    case "f64":
      return [{ t: t.k, v }];
    case "char":
      return [{ t: "i32", v: v.codePointAt(0) }];
    case "string":
      return store_string_into_range(cx, v).map((v) => ({ t: "i32", v }));
    case "list":
      if (t.n !== undefined) {
        return v.flatMap((e: Any) => lower_flat(cx, e, t.t));
      }
      return store_list_into_range(cx, v, t.t).map((v) => ({ t: "i32", v }));
    case "record":
      return t.fields.flatMap((f) => lower_flat(cx, v[f.label], f.t));
    case "variant":
      return lower_flat_variant(cx, v, t.cases);
    case "flags":
      return [{ t: "i32", v: pack_flags_into_int(v, t.labels) }];
  }
}

function lower_flat_variant(cx: Cx, v: Any, cases: Labelled[]): Value[] {
  const [case_index, case_value] = match_case(v, cases);
  const flat_types = flatten_variant(cases);
  flat_types.shift();
  const c = cases[case_index]!;
  const payload = c.t === undefined ? [] : lower_flat(cx, case_value, c.t);
  payload.forEach((have, i) => {
    const want = flat_types.shift()!;
    payload[i] = { t: want, v: coerce(have, want) };
  });
  for (const want of flat_types) {
    payload.push({ t: want, v: want === "i64" ? 0n : 0 });
  }
  return [{ t: "i32", v: case_index }, ...payload];
}

function coerce(have: Value, want: Core): number | bigint {
  switch (`${have.t} ${want}`) {
    case "f32 i32":
      return encode_float_as_i32(Number(have.v));
    case "i32 i64":
      return BigInt(have.v);
    case "f32 i64":
      return BigInt(encode_float_as_i32(Number(have.v)));
    case "f64 i64":
      return encode_float_as_i64(Number(have.v));
    default:
      return have.v;
  }
}

// Lifting and lowering values.

export function lift_flat_values(
  cx: Cx,
  max_flat: number,
  values: Value[],
  ts: ValueType[],
): Any[] {
  const vi = iterOf(values);
  if (ts.flatMap(flatten_type).length <= max_flat) {
    return ts.map((t) => lift_flat(cx, vi, t));
  }
  const ptr = Number(vi.next("i32"));
  const tuple: ValueType = { kind: "tuple", types: ts };
  trap_if(ptr !== align_to(ptr, alignment(tuple)));
  trap_if(ptr + elem_size(tuple) > cx.memory().length);
  return Object.values(load(cx, ptr, tuple));
}

export function lower_flat_values(
  cx: Cx,
  max_flat: number,
  vs: Any[],
  ts: ValueType[],
  out_param?: number,
): Value[] {
  if (ts.flatMap(flatten_type).length <= max_flat) {
    return ts.flatMap((t, i) => lower_flat(cx, vs[i], t));
  }
  const tuple: ValueType = { kind: "tuple", types: ts };
  const ptr = out_param ??
    cx.realloc(0, 0, alignment(tuple), elem_size(tuple));
  trap_if(ptr !== align_to(ptr, alignment(tuple)));
  trap_if(ptr + elem_size(tuple) > cx.memory().length);
  store(cx, { ...vs }, tuple, ptr);
  return out_param === undefined ? [{ t: "i32", v: ptr }] : [];
}
