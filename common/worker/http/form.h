/*
 * Forms: application/x-www-form-urlencoded, in a secret, because they carry codes and tokens.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "secret.h"

#define SF_FORM_MAX (32 * 1024)

/*
 * Append key=value, the value percent-encoded, to a form made by sf_secret_new(SF_FORM_MAX). False
 * if it does not fit; the form is of no use then.
 */
SF_CHECKED bool sf_form_add(struct sf_secret *form, const char *key, const char *value);
SF_CHECKED bool sf_form_add_secret(
    struct sf_secret *form, const char *key, const struct sf_secret *value);
