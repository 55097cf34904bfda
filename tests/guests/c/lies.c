// rusm:values/lies: what no honest guest returns.

#include "values.h"

#define NAME(name) FUNCTION("lies", name)
#define BITS(name, symbol) \
  NAME("as-" name) uint32_t as_##symbol(uint32_t bits) { return bits; }

BITS("bool", bool)
BITS("u8", u8)
BITS("s8", s8)
BITS("u16", u16)
BITS("s16", s16)
BITS("char", char)
BITS("flags9", flags9)
BITS("colour", colour)

#define PLACE(name, symbol)                                   \
  NAME("as-" name) list *as_##symbol(void *at, uint32_t size) { \
    RETURN(list, {at, size});                                 \
  }                                                           \
  POST("lies", "as-" name, as_##symbol)

PLACE("string", string)
PLACE("bytes", bytes)
PLACE("numbers", numbers)

NAME("as-byte") text *as_byte(uint32_t byte) {
  char *at = allocate(1, 1);
  *at = (char)byte;
  RETURN(text, {at, 1});
}
POST("lies", "as-byte", as_byte)

NAME("as-pair") void *as_pair(void *at) { return at; }
POST("lies", "as-pair", as_pair)
