// rusm:values/numbers and rusm:values/lists.

#include "values.h"

#define NUMBERS(name) FUNCTION("numbers", name)
#define LISTS(name) FUNCTION("lists", name)

#define SAME_LIST(name, symbol)                                            \
  LISTS("same-" name) list *same_list_##symbol(void *at, uint32_t count) { \
    RETURN(list, {at, count});                                             \
  }                                                                        \
  POST("lists", "same-" name, list_##symbol)

#define SAME(name, symbol, type)                                 \
  NUMBERS("same-" name) type same_##symbol(type x) { return x; } \
  SAME_LIST(name, symbol)

#define INTEGER(name, symbol, type) \
  SAME(name, symbol, type)          \
  NUMBERS("next-" name) type next_##symbol(type x) { return (type)(x + 1u); }

SAME("bool", bool, bool)
INTEGER("u8", u8, uint8_t)
INTEGER("s8", s8, int8_t)
INTEGER("u16", u16, uint16_t)
INTEGER("s16", s16, int16_t)
INTEGER("u32", u32, uint32_t)
INTEGER("s32", s32, int32_t)
INTEGER("u64", u64, uint64_t)
INTEGER("s64", s64, int64_t)
SAME("f32", f32, float)
SAME("f64", f64, double)
SAME("char", char, uint32_t)
SAME_LIST("string", string)
SAME_LIST("list", list)
SAME_LIST("tuple", tuple)
SAME_LIST("option", option)
SAME_LIST("result", result)

NUMBERS("not") bool not(bool x) { return !x; }

NUMBERS("next-char") uint32_t next_char(uint32_t x) {
  if (x == 0xd7ff) return 0xe000;
  return x == 0x10ffff ? 0 : x + 1;
}

#define AS(to, from, x) \
  (((union {            \
      from taken;       \
      to given;         \
    }){x})              \
       .given)

NUMBERS("bits-of-f32") uint32_t bits_of_f32(float x) { return AS(uint32_t, float, x); }
NUMBERS("bits-of-f64") uint64_t bits_of_f64(double x) { return AS(uint64_t, double, x); }
NUMBERS("f32-of-bits") float f32_of_bits(uint32_t x) { return AS(float, uint32_t, x); }
NUMBERS("f64-of-bits") double f64_of_bits(uint64_t x) { return AS(double, uint64_t, x); }

typedef struct {
  bool a;
  uint8_t b;
  int8_t c;
  uint16_t d;
  int16_t e;
  uint32_t f;
  int32_t g;
  uint64_t h;
  int64_t i;
  float j;
  double k;
  uint32_t l;
} every;

NUMBERS("all")
every *all(bool a, uint8_t b, int8_t c, uint16_t d, int16_t e, uint32_t f,
           int32_t g, uint64_t h, int64_t i, float j, double k, uint32_t l) {
  RETURN(every, {a, b, c, d, e, f, g, h, i, j, k, l});
}
POST("numbers", "all", all)

typedef struct {
  uint8_t a;
  uint16_t b;
  uint32_t c;
  uint64_t d;
} four;

typedef struct {
  four fours[4];
  uint8_t last;
} seventeen;

NUMBERS("many") uint64_t many(const seventeen *of) {
  uint64_t sum = 17 * of->last;
  for (uint32_t nth = 0; nth < 4; nth++) {
    four each = of->fours[nth];
    uint64_t first = 4 * nth + 1;
    sum += first * each.a + (first + 1) * each.b;
    sum += (first + 2) * each.c + (first + 3) * each.d;
  }
  release(0);
  return sum;
}

LISTS("reversed") list *reversed(uint16_t *at, uint32_t count) {
  for (uint32_t nth = 0; nth < count / 2; nth++) {
    uint16_t kept = at[nth];
    at[nth] = at[count - 1 - nth];
    at[count - 1 - nth] = kept;
  }
  RETURN(list, {at, count});
}
POST("lists", "reversed", reversed)

LISTS("sum") int64_t sum(const int32_t *at, uint32_t count) {
  int64_t total = 0;
  for (uint32_t nth = 0; nth < count; nth++) total += at[nth];
  release(0);
  return total;
}

LISTS("bytes") list *bytes(uint32_t count) {
  uint8_t *at = allocate(count, 1);
  for (uint32_t nth = 0; nth < count; nth++) at[nth] = (uint8_t)nth;
  RETURN(list, {at, count});
}
POST("lists", "bytes", bytes)
