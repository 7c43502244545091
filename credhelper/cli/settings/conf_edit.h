/*
 * Change one key in the text of a configuration file. Comments, order and other sections stay as
 * they are. sf_conf_edit_set is pure; the caller checks its result with config.h, then writes it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "err.h"

struct sf_conf_edit {
	const char *section; /* as between the brackets: "org acme", "pam" */
	const char *key;
	const char *value; /* NULL: remove the key */
};

/*
 * *ret_text is the new text; the caller frees it. The first line of the key is replaced, further
 * ones are removed. Without such a line, one is added at the end of the section; without the
 * section, a new one at the end of the text. False: no memory.
 */
SF_CHECKED bool sf_conf_edit_set(
    const char *text, const struct sf_conf_edit *edit, char **ret_text);

/*
 * Write text to a file atomically: to a temporary file beside it, which then replaces it. Missing
 * directories are created. Fails with SYSTEM (which file, errno).
 */
struct sf_conf_edit_file {
	const char *path; /* absolute */
	unsigned mode;    /* of the file: 0600, or 0644 for the system's */
};
SF_CHECKED enum sf_err sf_conf_edit_write(
    const struct sf_conf_edit_file *file, const char *text, struct sf_error *e);
