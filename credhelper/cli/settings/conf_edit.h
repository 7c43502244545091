/*
 * Change one key in the text of a configuration file and leave everything else in it as it is:
 * comments, order, sections of others. Pure: text in, text out; the caller checks the whole with
 * config.h before it is written.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "err.h"

struct sf_conf_edit {
	const char *section; /* as between the brackets: "org acme", "pam" */
	const char *key;
	const char *value; /* NULL: take the key out */
};

/*
 * *ret_text is the new text, the caller's to free. A line of the key is replaced, further ones of
 * the same key go; where there is none, one is added at the end of the section; where there is no
 * section, one at the end of the file. False: no memory.
 */
SF_CHECKED bool sf_conf_edit_set(
    const char *text, const struct sf_conf_edit *edit, char **ret_text);

/*
 * Write text to path: beside it first, then in its place, so that there is never half a file.
 * Directories that are missing are made. Fails with SYSTEM.
 */
struct sf_conf_edit_file {
	const char *path; /* absolute */
	unsigned mode;    /* of the file: 0600, or 0644 for the system's */
};
SF_CHECKED enum sf_err sf_conf_edit_write(
    const struct sf_conf_edit_file *file, const char *text, struct sf_error *e);
