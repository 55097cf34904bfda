// rusm:values/counters: a resource of the component's own. What stands for one
// is its place in a table.

#include "values.h"

#define NAME(name) FUNCTION("counters", name)
#define OURS(name) IMPORT("[export]" VALUES("counters"), name)
#define COUNTERS_MAX 1024

OURS("[resource-new]counter") uint32_t give(uint32_t place);
OURS("[resource-rep]counter") uint32_t place_of(uint32_t handle);
OURS("[resource-drop]counter") void drop(uint32_t handle);

static struct {
  bool is_used;
  uint32_t count;
} counters[COUNTERS_MAX];
static uint32_t alive_count, dropped_count;

static uint32_t made(uint32_t start) {
  uint32_t place = 0;
  while (place < COUNTERS_MAX && counters[place].is_used) place++;
  if (place == COUNTERS_MAX) __builtin_trap();
  counters[place].is_used = true;
  counters[place].count = start;
  alive_count++;
  return give(place);
}

NAME("[constructor]counter") uint32_t construct(uint32_t start) { return made(start); }

NAME("[dtor]counter") void destroy(uint32_t place) {
  counters[place].is_used = false;
  alive_count--, dropped_count++;
}

NAME("[method]counter.next") uint32_t next_count(uint32_t place) {
  return counters[place].count++;
}

NAME("[method]counter.absorb") void absorb(uint32_t place, uint32_t other) {
  counters[place].count += counters[place_of(other)].count;
  drop(other);
}

NAME("[method]counter.is-ahead") bool is_ahead(uint32_t place, uint32_t other) {
  return counters[place].count > counters[other].count;
}

typedef struct {
  uint32_t one, other;
} pair;

NAME("[static]counter.pair") pair *pair_of(uint32_t start) {
  RETURN(pair, {made(start), made(start + 1)});
}
POST("counters", "[static]counter.pair", pair)

NAME("same") uint32_t same_counter(uint32_t handle) { return handle; }

NAME("same-list") list *same_list(void *at, uint32_t count) {
  RETURN(list, {at, count});
}
POST("counters", "same-list", same_list)

NAME("least") uint32_t least(const uint32_t *places, uint32_t count) {
  uint32_t lowest = UINT32_MAX;
  for (uint32_t nth = 0; nth < count; nth++) {
    uint32_t each = counters[places[nth]].count;
    if (each < lowest) lowest = each;
  }
  release(0);
  return lowest;
}

NAME("alive") uint32_t alive(void) { return alive_count; }
NAME("dropped") uint32_t dropped(void) { return dropped_count; }
