/*
 * Strict JSON on top of cJSON: json_scan checks bytes and limits first, cJSON parses, and then a
 * check refuses repeated names. Only this file includes cJSON.
 */
#include "json.h"

#include <errno.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "alloc.h"
#include "json_scan.h"
#include "text.h"

#include "banned.h"

/*
 * Does an object contain a name twice? Another parser might use the other value. Names are compared
 * after decoding, so that \u0061 and a are the same name.
 */
/* NOLINTNEXTLINE(misc-no-recursion): json_scan.c limits the depth to SF_JSON_DEPTH_MAX */
static bool has_duplicate(const cJSON *value)
{
	const cJSON *child = NULL;

	cJSON_ArrayForEach(child, value)
	{
		if (cJSON_IsObject(value))
			for (const cJSON *other = child->next; other; other = other->next)
				if (strcmp(child->string, other->string) == 0)
					return true;
		if (has_duplicate(child))
			return true;
	}
	return false;
}

void sf_json_start(void)
{
	cJSON_Hooks hooks = {.malloc_fn = sf_alloc_malloc, .free_fn = sf_alloc_free};

	cJSON_InitHooks(&hooks);
}

enum sf_err sf_json_parse(
    const struct sf_secret *body, struct sf_json **ret_json, struct sf_error *e)
{
	const char *text = sf_secret_reveal(body), *rule = "a part is missing or out of place";
	size_t len = sf_secret_len(body), at = strlen(text);

	if (at < len)
		return SF_FAIL(e, SF_E_ANSWER, 0, "not usable as JSON at byte %zu: a NUL", at);
	if (!sf_json_scan(text, &rule, &at))
		return SF_FAIL(e, SF_E_ANSWER, 0, "not usable as JSON at byte %zu: %s", at, rule);

	/*
	 * The length includes the NUL after the body: cJSON then requires it right after the value,
	 * and cJSON 1.7.15 reads one byte too far without it.
	 */
	const char *end = text;

	errno = 0;

	SF_CLEANUP(sf_json_freep)
	struct sf_json *json =
	    (struct sf_json *)cJSON_ParseWithLengthOpts(text, len + 1, &end, /* require NUL= */ 1);

	if (!json && errno == ENOMEM)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a JSON body of %zu bytes", len);
	if (!json)
		return SF_FAIL(e, SF_E_ANSWER, 0, "not usable as JSON at byte %zu: %s",
		    (size_t)(end - text), rule);
	if (has_duplicate((const cJSON *)json))
		return SF_FAIL(e, SF_E_ANSWER, 0, "a name occurs twice in one JSON object");
	*ret_json = SF_TAKE(json);
	return SF_OK;
}

struct sf_json *sf_json_free(struct sf_json *json)
{
	cJSON_Delete((cJSON *)json);
	return NULL;
}

void sf_json_freep(struct sf_json **json)
{
	*json = sf_json_free(*json);
}

bool sf_json_is_object(const struct sf_json *json)
{
	return cJSON_IsObject((const cJSON *)json);
}

const struct sf_json *sf_json_first(const struct sf_json *json)
{
	const cJSON *array = (const cJSON *)json;

	return cJSON_IsArray(array) ? (const struct sf_json *)array->child : NULL;
}

/* The member of this name. NULL: it is absent or null. */
static const cJSON *member(const struct sf_json *object, const char *key)
{
	const cJSON *found = cJSON_GetObjectItemCaseSensitive((const cJSON *)object, key);

	return cJSON_IsNull(found) ? NULL : found;
}

enum sf_err sf_json_text(
    const struct sf_json *object, const char *key, char *ret, size_t size, struct sf_error *e)
{
	const cJSON *found = member(object, key);
	const char *text = found ? cJSON_GetStringValue(found) : "";

	if (!text || !sf_text_is_clean(text, strlen(text)) || strlen(text) >= size)
		return SF_FAIL(e, SF_E_ANSWER, 0, "%s is not a clean string of at most %zu bytes",
		    key, size - 1);
	memcpy(ret, text, strlen(text) + 1);
	return SF_OK;
}

enum sf_err sf_json_secret(const struct sf_json *object, const char *key, size_t max,
    struct sf_secret **ret_secret, struct sf_error *e)
{
	const cJSON *found = member(object, key);
	const char *text = found ? cJSON_GetStringValue(found) : NULL;

	if (!found) {
		*ret_secret = NULL;
		return SF_OK;
	}
	if (!text || strlen(text) > max || !sf_text_is_printable(text) || strchr(text, ' '))
		return SF_FAIL(e, SF_E_ANSWER, 0,
		    "%s is not a string of 1 to %zu printable characters", key, max);

	struct sf_secret *secret = sf_secret_from(text, strlen(text));

	if (!secret)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for %s", key);
	*ret_secret = secret;
	return SF_OK;
}

enum sf_err sf_json_flag(
    const struct sf_json *object, const char *key, enum sf_given *ret, struct sf_error *e)
{
	const cJSON *found = member(object, key);

	if (found && !cJSON_IsBool(found))
		return SF_FAIL(e, SF_E_ANSWER, 0, "%s is neither true nor false", key);
	*ret = !found ? SF_GIVEN_ABSENT : cJSON_IsTrue(found) ? SF_GIVEN_TRUE : SF_GIVEN_FALSE;
	return SF_OK;
}

enum sf_err sf_json_number(const struct sf_json *object, const char *key,
    struct sf_json_range range, uint64_t *ret, struct sf_error *e)
{
	const cJSON *found = member(object, key);
	uint64_t number = 0;

	if (!found)
		return SF_OK;
	if (cJSON_IsString(found)) {
		if (sf_text_u64(found->valuestring, range.min, range.max, ret))
			return SF_OK;
	} else if (cJSON_IsNumber(found) && found->valuedouble >= (double)range.min &&
		   found->valuedouble <= (double)range.max) {
		number = (uint64_t)found->valuedouble;
		/* The conversion back is equal only if the number has no fraction. */
		if (!((double)number < found->valuedouble)) {
			*ret = number;
			return SF_OK;
		}
	}
	return SF_FAIL(e, SF_E_ANSWER, 0, "%s is not an integer of %llu to %llu", key,
	    (unsigned long long)range.min, (unsigned long long)range.max);
}

enum sf_err sf_json_object(const struct sf_json *object, const char *key,
    const struct sf_json **ret_child, struct sf_error *e)
{
	const cJSON *found = member(object, key);

	if (found && !cJSON_IsObject(found))
		return SF_FAIL(e, SF_E_ANSWER, 0, "%s is not an object", key);
	*ret_child = (const struct sf_json *)found;
	return SF_OK;
}

const char *sf_json_true_key(const struct sf_json *object, size_t index)
{
	const cJSON *child = NULL;

	cJSON_ArrayForEach(child, (const cJSON *)object)
	{
		if (cJSON_IsTrue(child) && index-- == 0)
			return child->string;
	}
	return NULL;
}
