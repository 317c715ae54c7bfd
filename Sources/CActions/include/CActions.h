#ifndef CORDON_ACTIONS_H
#define CORDON_ACTIONS_H

#include <stddef.h>

/// The first byte of the list of AWS actions: UTF-8 text, not terminated.
const char *_Nonnull cordon_actions_start(void);
/// Its length in bytes.
extern const size_t cordon_actions_length;

#endif
