#include "CPages.h"

#include <string.h>

// The portal's style, scripts and icon are files that a browser's tools can read; they become part of the executable so
// that nothing has to be found when it runs.
// Clang reads #embed in every C standard, and says that it is C23's.
#pragma clang diagnostic ignored "-Wc23-extensions"
static const char portal_css[] = {
#embed "portal.css"
};
static const char session_css[] = {
#embed "session.css"
};
static const char portal_js[] = {
#embed "portal.js"
};
static const char screen_js[] = {
#embed "screen.js"
};
static const char session_js[] = {
#embed "session.js"
};
static const char replay_js[] = {
#embed "replay.js"
};
static const char icon_svg[] = {
#embed "icon.svg"
};

static const struct {
  const char *name;
  const char *start;
  size_t length;
} files[] = {
    {"portal.css", portal_css, sizeof portal_css}, {"session.css", session_css, sizeof session_css},
    {"portal.js", portal_js, sizeof portal_js},    {"screen.js", screen_js, sizeof screen_js},
    {"session.js", session_js, sizeof session_js}, {"replay.js", replay_js, sizeof replay_js},
    {"icon.svg", icon_svg, sizeof icon_svg},
};

static const size_t none = sizeof files / sizeof files[0];

static size_t file(const char *name) {
  for (size_t i = 0; i < none; i++)
    if (strcmp(files[i].name, name) == 0) return i;
  return none;
}

const char *cordon_page_start(const char *name) {
  size_t i = file(name);
  return i == none ? NULL : files[i].start;
}

size_t cordon_page_length(const char *name) {
  size_t i = file(name);
  return i == none ? 0 : files[i].length;
}
