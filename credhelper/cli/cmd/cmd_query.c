/*
 * sfoauth query: run a SOQL query and print its records, part by part. Streams a line a record;
 * with --json it prints one object at the end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "rest.h"
#include "json_out.h"
#include "rest_records.h"

#include "banned.h"

#define SF_QUERY_MAX (64U << 20) /* bytes of all parts together; the limit of one api call */

static void free_text(char **text)
{
	free(*text);
}

/*
 * Fetch the part at path next, then print its records or move them to out (NULL: print). Writes
 * the path of the following part to next, or "" after the last. *left: bytes still allowed.
 */
static enum sf_err fetch_part(struct sf_rest *rest, struct sf_json_out *out, size_t *left,
    char next[static SF_URL_MAX], struct sf_error *e)
{
	SF_CLEANUP(free_text) char *text = NULL;
	SF_CLEANUP(sf_rest_records_freep) struct sf_rest_records *records = NULL;
	const bool is_first = *left == SF_QUERY_MAX;
	size_t len = 0;
	enum sf_err r = sf_rest_text(
	    rest, &(struct sf_worker_jobs_request){.path = next}, *left, &text, &len, e);

	if (r == SF_OK)
		r = sf_rest_records_parse(text, len, &records, e);
	if (r != SF_OK)
		return r;
	*left -= len;
	next[0] = '\0';
	if (sf_rest_records_next(records) &&
	    !sf_text_copy(next, SF_URL_MAX, sf_rest_records_next(records)))
		return SF_FAIL(e, SF_E_BUG, 0, "the path of the next part does not fit");
	/* *left does not bound empty parts: a server could chain them for ever. */
	if (next[0] != '\0' && sf_rest_records_count(records) == 0)
		return SF_FAIL(e, SF_E_ANSWER, 0, "a part of the query result has no records");
	if (out) {
		if (is_first)
			sf_json_out_number(out, "total_size", sf_rest_records_total(records));
		sf_rest_records_move(records, out, "records");
		return SF_OK;
	}
	/* SELECT COUNT() returns a total and no records. */
	if (sf_rest_records_count(records) == 0 && sf_rest_records_total(records) > 0)
		(void)printf(
		    "{\"total_size\":%llu}\n", (unsigned long long)sf_rest_records_total(records));
	return sf_rest_records_print(records, e);
}

enum sf_err sf_cmd_query(struct sf_cmd *cmd, struct sf_error *e)
{
	SF_CLEANUP(sf_json_out_freep)
	struct sf_json_out *out = cmd->options->is_json ? sf_json_out_reply() : NULL;
	SF_CLEANUP(sf_rest_clear) struct sf_rest rest = {0};
	char next[SF_URL_MAX];
	size_t left = SF_QUERY_MAX;
	enum sf_err r = sf_cmd_begin(cmd, NULL, e);

	if (r == SF_OK)
		r = sf_rest_query(cmd, cmd->options->argument, next, sizeof(next), e);
	if (r == SF_OK)
		r = sf_rest_begin(cmd, &rest, e);
	if (r != SF_OK)
		return r;
	sf_json_out_text(out, "status", "ok");
	sf_json_out_list(out, "records");
	while (r == SF_OK && next[0] != '\0')
		r = fetch_part(&rest, out, &left, next, e);
	sf_cmd_say_kept(cmd, rest.token);
	if (r != SF_OK)
		return r;
	return !out ? SF_OK : sf_json_out_print(out, e);
}
