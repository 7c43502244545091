/*
 * Forms (application/x-www-form-urlencoded). A form is a secret, because it has codes and tokens.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "secret.h"
#include "text.h"

#define SF_FORM_MAX (32 * 1024) /* bytes */

/*
 * Append key=value, the value percent-encoded, to a form made by sf_secret_new(SF_FORM_MAX). False:
 * it does not fit, or there is no memory; then discard the form. The value must not contain NUL.
 */
SF_CHECKED bool sf_form_add(struct sf_secret *form, const char *key, const char *value);
SF_CHECKED bool sf_form_add_secret(
    struct sf_secret *form, const char *key, const struct sf_secret *value);

/*
 * Append &key=value to a URL, the value percent-encoded. False: it does not fit (text->overflow is
 * set), or there is no memory.
 */
SF_CHECKED bool sf_form_add_query(struct sf_text *text, const char *key, const char *value);
