/* One value of application/x-www-form-urlencoded, as forms and queries have it. */
#pragma once

#include <stddef.h>

enum sf_form_value {
	SF_FORM_VALUE_WHOLE,
	SF_FORM_VALUE_CUT,    /* longer than size - 1: ret has the beginning */
	SF_FORM_VALUE_BROKEN, /* a malformed escape or a NUL: ret has what comes before it */
};
/* Decode one value into ret, which gets a NUL at the end: + is a space, %XX a byte. */
enum sf_form_value sf_form_value_decode(const char *bytes, size_t len, char *ret, size_t size);
