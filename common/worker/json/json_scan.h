/*
 * The grammar of RFC 8259, checked before the bytes reach cJSON. cJSON takes more: control
 * characters as white space, odd numbers, any bytes in strings, and \u0000 as the end of a string.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Is this one JSON text within the limits of json.h, in valid UTF-8, without NULs and lone
 * surrogates? False: *ret_rule (static) says what is broken and *ret_at at which byte.
 */
bool sf_json_scan(const char *bytes, size_t len, const char **ret_rule, size_t *ret_at);
