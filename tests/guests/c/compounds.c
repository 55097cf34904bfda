// rusm:values/compounds.

#include "values.h"

#define NAME(name) FUNCTION("compounds", name)
#define DONE(name, symbol) POST("compounds", name, symbol)

typedef struct {
  int32_t x, y;
} point;

typedef struct {
  uint8_t tag;
  point value;
} point_option;

typedef struct {
  text name;
  uint8_t age;
  point_option home;
  texts tags;
} person;

NAME("turn") point *turn(int32_t x, int32_t y) { RETURN(point, {y, x}); }
DONE("turn", turn)

NAME("birthday")
person *birthday(BYTES(name), uint8_t age, uint32_t has_home, int32_t x,
                 int32_t y, const text *tags, uint32_t tag_count) {
  RETURN(person, {{name, name_size},
                  age + 1,
                  {(uint8_t)has_home, {x, y}},
                  {tags, tag_count}});
}
DONE("birthday", birthday)

NAME("birthdays") list *birthdays(person *at, uint32_t count) {
  for (uint32_t nth = 0; nth < count; nth++) at[nth].age++;
  RETURN(list, {at, count});
}
DONE("birthdays", birthdays)

NAME("next") uint32_t next_colour(uint32_t colour) { return (colour + 1) % 3; }

enum { NOTHING, CIRCLE, BOX, LABEL };

typedef struct {
  uint8_t tag;
  union {
    double circle;
    point box;
    text label;
  };
} shape;

static shape grown(shape of) {
  if (of.tag == CIRCLE) of.circle *= 2;
  if (of.tag == BOX) of.box = (point){2 * of.box.y, 2 * of.box.x};
  if (of.tag == LABEL) of.label = join(of.label, of.label);
  return of;
}

// The radius, x and the pointer share the place of `one`, as bits.
NAME("grow") shape *grow(uint32_t tag, uint64_t one, uint32_t two) {
  union {
    uint64_t bits;
    double circle;
  } shared = {one};
  shape given = {.tag = (uint8_t)tag};
  if (tag == CIRCLE) given.circle = shared.circle;
  if (tag == BOX) given.box = (point){(int32_t)one, (int32_t)two};
  if (tag == LABEL) given.label = (text){(const char *)(uint32_t)one, two};
  given = grown(given);
  RETURN(shape, given);
}
DONE("grow", grow)

NAME("shapes") list *shapes(shape *at, uint32_t count) {
  for (uint32_t nth = 0; nth < count; nth++) at[nth] = grown(at[nth]);
  RETURN(list, {at, count});
}
DONE("shapes", shapes)

NAME("exchange") void *exchange(uint32_t x, BYTES(y)) {
  typedef struct {
    text one;
    uint8_t two;
  } pair;
  RETURN(pair, {{y, y_size}, (uint8_t)x});
}
DONE("exchange", exchange)

NAME("invert1") uint32_t invert1(uint32_t x) { return x ^ 1; }
NAME("invert8") uint32_t invert8(uint32_t x) { return x ^ 0xff; }
NAME("invert9") uint32_t invert9(uint32_t x) { return x ^ 0x1ff; }
NAME("invert16") uint32_t invert16(uint32_t x) { return x ^ 0xffff; }
NAME("invert17") uint32_t invert17(uint32_t x) { return x ^ 0x1ffff; }
NAME("invert32") uint32_t invert32(uint32_t x) { return ~x; }

NAME("list-flags9") list *list_flags9(uint16_t *at, uint32_t count) {
  for (uint32_t nth = 0; nth < count; nth++) at[nth] ^= 0x1ff;
  RETURN(list, {at, count});
}
DONE("list-flags9", list_flags9)

typedef struct {
  uint8_t tag;
  uint32_t value;
} number_option;

NAME("option") number_option *option(uint32_t tag, uint32_t x) {
  RETURN(number_option, {(uint8_t)tag, x + 1});
}
DONE("option", option)

NAME("option-string") text_option *option_string(uint32_t tag, BYTES(x)) {
  RETURN(text_option, {(uint8_t)tag, {x, x_size}});
}
DONE("option-string", option_string)

NAME("nested-option")
uint8_t nested_option(uint32_t one, uint32_t two, uint32_t three, uint32_t x) {
  if (!one || !two) return (uint8_t)one;
  return (uint8_t)(three ? x : 2);
}

typedef struct {
  uint8_t outer, inner, value;
} option_option;

NAME("option-none") option_option *option_none(void) {
  RETURN(option_option, {0, 1, 1});
}
DONE("option-none", option_none)

NAME("option-some-none") option_option *option_some_none(void) {
  RETURN(option_option, {1, 0, 1});
}
DONE("option-some-none", option_some_none)

typedef struct {
  uint8_t tag;
  union {
    uint32_t value;
    text error;
  };
} number_or_text;

static number_or_text below_ten(uint32_t x) {
  if (x < 10) return (number_or_text){.value = x};
  return (number_or_text){1, .error = join(TEXT("too many: "), decimal(x))};
}

NAME("result") number_or_text *result_of(uint32_t x) {
  number_or_text of = below_ten(x);
  RETURN(number_or_text, of);
}
DONE("result", result)

NAME("result-no-ok") number_or_text *result_no_ok(uint32_t x) {
  return result_of(x);
}
DONE("result-no-ok", result_no_ok)

NAME("result-no-error") number_option *result_no_error(uint32_t x) {
  RETURN(number_option, {x >= 10, x});
}
DONE("result-no-error", result_no_error)

NAME("result-nothing") uint32_t result_nothing(uint32_t x) { return x >= 10; }

typedef struct {
  uint8_t tag;
  union {
    text value;
    uint8_t error;
  };
} text_or_byte;

NAME("result-turned")
text_or_byte *result_turned(uint32_t tag, uint32_t one, uint32_t two) {
  if (tag) RETURN(text_or_byte, {0, .value = {(const char *)one, two}});
  RETURN(text_or_byte, {1, .error = (uint8_t)one});
}
DONE("result-turned", result_turned)

NAME("result-nested")
uint32_t result_nested(uint32_t tag, uint32_t inner, uint32_t x) {
  return 1000 * tag + 100 * inner + x;
}

NAME("joined") uint64_t joined(uint32_t tag, uint64_t bits) {
  return tag ? bits : (uint32_t)bits;
}
