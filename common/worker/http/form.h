/*
 * Forms: application/x-www-form-urlencoded, in a secret, because they carry codes and tokens.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "secret.h"
#include "text.h"

#define SF_FORM_MAX (32 * 1024)

/*
 * Append key=value, the value percent-encoded, to a form made by sf_secret_new(SF_FORM_MAX). False
 * if it does not fit or there is no memory; the form is of no use then.
 */
SF_CHECKED bool sf_form_add(struct sf_secret *form, const char *key, const char *value);
SF_CHECKED bool sf_form_add_secret(
    struct sf_secret *form, const char *key, const struct sf_secret *value);

/* Append &key=value to an address, encoded likewise. False: overflow, or there is no memory. */
SF_CHECKED bool sf_form_add_query(struct sf_text *text, const char *key, const char *value);

enum sf_form_value {
	SF_FORM_VALUE_WHOLE,
	SF_FORM_VALUE_CUT,    /* more than ret holds */
	SF_FORM_VALUE_BROKEN, /* an escape that is none, or a NUL: ret is what comes before */
};
/* Decode one value, once: + is a space, %XX a byte. */
enum sf_form_value sf_form_decode(const char *bytes, size_t len, char *ret, size_t size);
