// rusm:values/texts, in the encoding that is defined: UTF16, LATIN1 (or UTF-16,
// each string as it likes) or else UTF-8.

#include "values.h"

#define NAME(name) FUNCTION("texts", name)

#if defined(LATIN1)
// The highest bit of a length says that it counts units of UTF-16.
#define WIDE 0x80000000u
#elif defined(UTF16)
#define WIDE 0u
#endif

#ifdef WIDE
static bool is_wide(uint32_t size) { return WIDE == 0 || (size & WIDE); }

static uint32_t units_of(uint32_t size) { return size & ~WIDE; }

static uint16_t unit_at(text of, uint32_t nth) {
  return is_wide(of.size) ? ((const uint16_t *)of.at)[nth] : (uint8_t)of.at[nth];
}

static text joined(text one, text other) {
  uint32_t first = units_of(one.size), size = first + units_of(other.size);
  if (!is_wide(one.size) && !is_wide(other.size)) {
    char *at = allocate(size, 2);
    memcpy(at, one.at, first);
    memcpy(at + first, other.at, size - first);
    return (text){at, size};
  }
  uint16_t *at = allocate(2 * size, 2);
  for (uint32_t nth = 0; nth < size; nth++)
    at[nth] = nth < first ? unit_at(one, nth) : unit_at(other, nth - first);
  return (text){(const char *)at, size | WIDE};
}
#else
static uint32_t units_of(uint32_t size) { return size; }

static text joined(text one, text other) { return join(one, other); }
#endif

NAME("same") text *same_text(BYTES(x)) { RETURN(text, {x, x_size}); }
POST("texts", "same", same)

NAME("join") text *join_both(BYTES(x), BYTES(y)) {
  text both = joined((text){x, x_size}, (text){y, y_size});
  RETURN(text, {PASS(both)});
}
POST("texts", "join", join)

NAME("units") uint32_t units(BYTES(x)) {
  (void)x, release(0);
  return units_of(x_size);
}

NAME("twice") list *twice(const text *at, uint32_t count) {
  text *all = allocate(2 * count * sizeof *all, alignof(text));
  for (uint32_t nth = 0; nth < 2 * count; nth++) all[nth] = at[nth / 2];
  RETURN(list, {all, 2 * count});
}
POST("texts", "twice", twice)
