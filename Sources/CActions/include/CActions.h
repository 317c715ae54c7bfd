#ifndef CORDON_ACTIONS_H
#define CORDON_ACTIONS_H

#include <stddef.h>

/// The first byte of the list of AWS actions: UTF-8 text, not terminated.
const char *_Nonnull cordon_actions_start(void);
/// Its length in bytes.
extern const size_t cordon_actions_length;
/// Where the name of the first service behind `from` begins; the list's length where there is none.
size_t cordon_actions_next_service(size_t from);
/// Where the service called `name` begins, at its name; the list's length where it is not listed.
size_t cordon_actions_service(const char *_Nonnull name, size_t length);

#endif
