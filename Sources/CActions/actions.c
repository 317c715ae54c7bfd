#define _GNU_SOURCE
#include "CActions.h"

#include <string.h>

// The list is data, not code: it is kept as text that a diff can show, and becomes part of the executable so that no
// file has to be found when it runs.
// Clang reads #embed in every C standard, and says that it is C23's.
#pragma clang diagnostic ignored "-Wc23-extensions"
static const char text[] = {
#embed "actions.txt"
};

const char *cordon_actions_start(void) { return text; }

const size_t cordon_actions_length = sizeof text;

static const char mark[] = "\nservice ";
static const size_t mark_length = sizeof mark - 1;

size_t cordon_actions_next_service(size_t from) {
  if (from >= sizeof text) return sizeof text;
  const char *found = memmem(text + from, sizeof text - from, mark, mark_length);
  return found ? (size_t)(found - text) + mark_length : sizeof text;
}

// The services stand in the order of their bytes, so half of the text is left out at every step.
size_t cordon_actions_service(const char *name, size_t length) {
  size_t low = 0, high = sizeof text;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    size_t at = cordon_actions_next_service(middle);
    // A service stands where its mark begins: the middle may fall into the mark of the very one that is looked for.
    if (at >= sizeof text || at - mark_length >= high) {
      high = middle;
      continue;
    }
    const char *end = memchr(text + at, '\n', sizeof text - at);
    size_t own = end ? (size_t)(end - (text + at)) : sizeof text - at;
    int order = memcmp(text + at, name, own < length ? own : length);
    if (order == 0 && own == length) return at;
    if (order < 0 || (order == 0 && own < length))
      low = at;
    else
      high = middle;
  }
  return sizeof text;
}
