#include "CActions.h"

// The list is data, not code: it is kept as text that a diff can show, and becomes part of the executable so that no
// file has to be found when it runs.
// Clang reads #embed in every C standard, and says that it is C23's.
#pragma clang diagnostic ignored "-Wc23-extensions"
static const char text[] = {
#embed "actions.txt"
};

const char *cordon_actions_start(void) { return text; }

const size_t cordon_actions_length = sizeof text;
