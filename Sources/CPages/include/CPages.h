#ifndef CORDON_PAGES_H
#define CORDON_PAGES_H

#include <stddef.h>

/// The first byte of the portal's file of that name; nil where there is none.
const char *_Nullable cordon_page_start(const char *_Nonnull name);
/// Its length in bytes; 0 where there is none.
size_t cordon_page_length(const char *_Nonnull name);

#endif
