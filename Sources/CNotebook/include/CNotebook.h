#ifndef CORDON_NOTEBOOK_H
#define CORDON_NOTEBOOK_H

#include <stddef.h>

/// A file of the notebook's environment. `PACKAGES` in a path is where Python looks for packages.
struct cordon_notebook_file {
  const char *_Nonnull path;
  const char *_Nonnull bytes;
  size_t length;
};

/// How many there are.
extern const size_t cordon_notebook_file_count;
/// One of them, by its place in the list.
const struct cordon_notebook_file *_Nonnull cordon_notebook_file(size_t index);

#endif
