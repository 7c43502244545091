/*
 * Refuses input that cJSON would accept but RFC 8259 or sfoauth's limits forbid. cJSON itself
 * refuses the rest: a misplaced bracket, comma, colon, quote or word, an unknown escape, a lone
 * surrogate.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Check a text that ends with NUL. Returns false for: a control character in a string, or outside
 * strings one that is not white space; bytes that are not UTF-8; \u without four hex digits, or
 * \u0000; a number that does not follow RFC 8259; more than SF_JSON_DEPTH_MAX levels or
 * SF_JSON_VALUES_MAX values. Then *ret_rule (static) is the broken rule and *ret_at the byte.
 */
bool sf_json_scan(const char *text, const char **ret_rule, size_t *ret_at);
