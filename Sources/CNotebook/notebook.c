#include "CNotebook.h"

// Every file of the notebook's environment that is Cordon's own, as part of the executable: no file has to be found when
// it runs. Clang reads #embed in every C standard, and says that it is C23's.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const char requirements[] = {
#embed "requirements.txt"
};
static const char package_init[] = {
#embed "python/__init__.py"
};
static const char package_main[] = {
#embed "python/__main__.py"
};
static const char contents[] = {
#embed "python/contents.py"
};
static const char doors[] = {
#embed "python/doors.py"
};
static const char keeping[] = {
#embed "python/keeping.py"
};
static const char kernel[] = {
#embed "python/kernel.py"
};
static const char server[] = {
#embed "python/server.py"
};
static const char kernel_spec[] = {
#embed "lab/kernel.json"
};
static const char overrides[] = {
#embed "lab/overrides.json"
};
static const char extension[] = {
#embed "lab/package.json"
};
static const char page[] = {
#embed "lab/page_config.json"
};
static const char status[] = {
#embed "lab/status.js"
};

#define FILE(path, bytes) {path, bytes, sizeof bytes}

static const struct cordon_notebook_file files[] = {
    FILE("requirements.txt", requirements),
    FILE("PACKAGES/cordon_notebook/__init__.py", package_init),
    FILE("PACKAGES/cordon_notebook/__main__.py", package_main),
    FILE("PACKAGES/cordon_notebook/contents.py", contents),
    FILE("PACKAGES/cordon_notebook/doors.py", doors),
    FILE("PACKAGES/cordon_notebook/keeping.py", keeping),
    FILE("PACKAGES/cordon_notebook/kernel.py", kernel),
    FILE("PACKAGES/cordon_notebook/server.py", server),
    FILE("share/jupyter/kernels/python3/kernel.json", kernel_spec),
    FILE("share/jupyter/lab/settings/overrides.json", overrides),
    FILE("share/jupyter/labextensions/cordon-notebook/package.json", extension),
    FILE("share/jupyter/labextensions/cordon-notebook/static/status.js", status),
    FILE("etc/jupyter/labconfig/page_config.json", page),
};

const size_t cordon_notebook_file_count = sizeof files / sizeof files[0];

const struct cordon_notebook_file *cordon_notebook_file(size_t index) {
  return index < cordon_notebook_file_count ? &files[index] : &files[0];
}
