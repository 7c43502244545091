/*
 * Parses one part of a query result with cJSON and prints its records. Fetches nothing; the caller
 * follows sf_rest_records_next.
 */
#include "rest_records.h"

#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "text.h"

#include "banned.h"

#define SF_REST_RECORDS_TOTAL_MAX 1e15 /* an integer that a double holds */

/* list and next are borrowed from root. total is 0 if the server sent none. */
struct sf_rest_records {
	cJSON *root;
	cJSON *list; /* within root, as next is */
	uint64_t total;
	const char *next;
};

struct sf_rest_records *sf_rest_records_free(struct sf_rest_records *records)
{
	if (records)
		cJSON_Delete(records->root);
	free(records);
	return NULL;
}

void sf_rest_records_freep(struct sf_rest_records **records)
{
	*records = sf_rest_records_free(*records);
}

/* Remove "attributes" from the records in the array or object, and from those they contain. */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as cJSON reads, which has a limit */
static void drop_attributes(cJSON *value)
{
	if (cJSON_IsObject(value))
		cJSON_DeleteItemFromObjectCaseSensitive(value, "attributes");
	for (cJSON *child = value->child; child != NULL; child = child->next)
		drop_attributes(child);
}

/*
 * Read nextRecordsUrl. The token is sent to that path, so only a path of the REST API is accepted:
 * no other host, no "/.." that leaves the folder.
 */
static enum sf_err parse_next(struct sf_rest_records *records, struct sf_error *e)
{
	static const char api[] = "/services/data/v";
	const cJSON *next = cJSON_GetObjectItemCaseSensitive(records->root, "nextRecordsUrl");

	if (!next || cJSON_IsNull(next))
		return SF_OK;
	if (!cJSON_IsString(next) || !sf_text_starts(next->valuestring, api) ||
	    strlen(next->valuestring) >= SF_URL_MAX || !sf_text_is_printable(next->valuestring) ||
	    strchr(next->valuestring, ' ') || strstr(next->valuestring, "/.."))
		return SF_FAIL(e, SF_E_ANSWER, 0, "nextRecordsUrl is not a path of the API");
	records->next = next->valuestring;
	return SF_OK;
}

/*
 * Read totalSize, if the server sent one. JSON has no integers: what is negative, not a number or
 * beyond the integers of a double is refused.
 */
static enum sf_err parse_total(struct sf_rest_records *records, struct sf_error *e)
{
	const cJSON *total = cJSON_GetObjectItemCaseSensitive(records->root, "totalSize");

	if (!total)
		return SF_OK;
	if (!cJSON_IsNumber(total) || !(total->valuedouble >= 0) ||
	    total->valuedouble > SF_REST_RECORDS_TOTAL_MAX)
		return SF_FAIL(e, SF_E_ANSWER, 0, "totalSize is not a number of records");
	records->total = (uint64_t)total->valuedouble;
	return SF_OK;
}

static struct sf_rest_records *records_new(void)
{
	return calloc(1, sizeof(struct sf_rest_records));
}

enum sf_err sf_rest_records_parse(
    const char *text, size_t len, struct sf_rest_records **ret_records, struct sf_error *e)
{
	SF_CLEANUP(sf_rest_records_freep) struct sf_rest_records *records = records_new();
	const char *end = NULL;
	enum sf_err r;

	if (!records)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for records");
	/* cJSON would stop at a NUL and accept the text before it. */
	if (!memchr(text, '\0', len))
		records->root = cJSON_ParseWithLengthOpts(text, len, &end, /* needs NUL= */ 0);
	/* Only white space may follow the value. */
	if (!records->root || strspn(end, " \t\r\n") != len - (size_t)(end - text))
		return SF_FAIL(e, SF_E_ANSWER, 0, "the query result is not JSON");
	records->list = cJSON_GetObjectItemCaseSensitive(records->root, "records");
	if (!cJSON_IsArray(records->list))
		return SF_FAIL(e, SF_E_ANSWER, 0, "the query result has no records");
	for (const cJSON *row = records->list->child; row != NULL; row = row->next) {
		if (!cJSON_IsObject(row))
			return SF_FAIL(e, SF_E_ANSWER, 0, "a record is not an object");
	}
	drop_attributes(records->list);
	r = parse_total(records, e);
	if (r == SF_OK)
		r = parse_next(records, e);
	if (r != SF_OK)
		return r;
	*ret_records = SF_TAKE(records);
	return SF_OK;
}

uint64_t sf_rest_records_total(const struct sf_rest_records *records)
{
	return records->total;
}

size_t sf_rest_records_count(const struct sf_rest_records *records)
{
	return (size_t)cJSON_GetArraySize(records->list);
}

const char *sf_rest_records_next(const struct sf_rest_records *records)
{
	return records->next;
}

const char *sf_rest_records_text(
    const struct sf_rest_records *records, size_t index, const char *name)
{
	const cJSON *row = cJSON_GetArrayItem(records->list, (int)index);

	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(row, name));
}

enum sf_err sf_rest_records_print(const struct sf_rest_records *records, struct sf_error *e)
{
	for (const cJSON *row = records->list->child; row != NULL; row = row->next) {
		char *line = cJSON_PrintUnformatted(row);
		enum sf_err r = SF_OK;

		if (!line)
			return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a record");
		r = sf_json_out_line(line, e);
		cJSON_free(line);
		if (r != SF_OK)
			return r;
	}
	return SF_OK;
}

void sf_rest_records_move(struct sf_rest_records *records, struct sf_json_out *out, const char *key)
{
	while (records->list->child) {
		cJSON *row = cJSON_DetachItemViaPointer(records->list, records->list->child);

		/* struct sf_json_out is an opaque name for cJSON (json_out.c). */
		sf_json_out_append(out, key, (struct sf_json_out *)row);
	}
}
