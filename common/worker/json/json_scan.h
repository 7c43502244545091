/*
 * What cJSON would take and must not reach it. cJSON refuses what is left: a bracket, comma, colon,
 * quote or word out of place, an escape that is none of JSON's, a lone surrogate.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Text ends with its NUL. False: it has a control character other than white space outside strings,
 * or any in a string; bytes that are not UTF-8; a \u without four hex digits, or \u0000; a number
 * that is none of RFC 8259's; more than SF_JSON_DEPTH_MAX levels or SF_JSON_VALUES_MAX values.
 * *ret_rule (static) then says what is broken and *ret_at at which byte.
 */
bool sf_json_scan(const char *text, const char **ret_rule, size_t *ret_at);
