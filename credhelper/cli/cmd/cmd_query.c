/*
 * sfoauth query: run a SOQL query and print its records, part by part. Streams a line a record;
 * with --json it prints one object at the end, with --format rows and columns.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd.h"
#include "rest.h"
#include "json_out.h"
#include "query_table.h"
#include "rest_records.h"
#include "wrap.h"

#include "banned.h"

#define SF_QUERY_MAX     (64U << 20) /* bytes of all parts together; the limit of one api call */
#define SF_PROGRESS_SIZE 160

/* For SF_CLEANUP. */
static void free_text(char **text)
{
	free(*text);
}

/* How the records are printed. */
struct output {
	struct sf_json_out *out; /* NULL: as they come */
	bool is_table, is_csv, is_count;
	size_t count;   /* records that have come */
	uint64_t total; /* records of the query, says Salesforce */
};

static void output_clear(struct output *output)
{
	sf_json_out_freep(&output->out);
}

/*
 * Choose by the options. Rows and columns need all records before the first line is printed,
 * because a later record may have a column that the first lacks; so they are collected, as for
 * JSON.
 */
static enum sf_err choose_output(
    const struct sf_options *o, struct output *ret_output, struct sf_error *e)
{
	const bool is_json = o->is_json;

	if (o->format &&
	    (is_json || (strcmp(o->format, "csv") != 0 && strcmp(o->format, "table") != 0)))
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_QUERY_FORMATS, NULL);
	*ret_output = (struct output){.is_table = o->format != NULL};
	if (!is_json && !o->format)
		return SF_OK;
	ret_output->is_csv = o->format && strcmp(o->format, "csv") == 0;
	ret_output->out = is_json ? sf_json_out_reply() : sf_json_out_new();
	return ret_output->out ? SF_OK : SF_FAIL(e, SF_E_NOMEM, 0, "no memory for records");
}

/* Show how many records have come, on a line that the next call overwrites; 0 blanks it. */
static void show_progress(const struct sf_cmd *cmd, size_t count, uint64_t total)
{
	char buf[SF_PROGRESS_SIZE];
	struct sf_text text = SF_TEXT(buf);

	if (!cmd->tty.counts_down || !isatty(STDERR_FILENO) || total == 0)
		return;
	(void)!sf_message_add(&text, SF_MESSAGE_QUERY_PROGRESS,
	    SF_WITH({"count", SF_NUMBER(count)}, {"total", SF_NUMBER(total)}));
	if (count == 0)
		memset(buf, ' ', text.len);
	(void)fprintf(stderr, "\r%s%s", buf, count == 0 ? "\r" : "");
}

/* The columns of the terminal that standard output is; 0: it is none. */
static size_t terminal_columns(void)
{
	struct winsize size = {0};

	if (!isatty(STDOUT_FILENO))
		return 0;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col
									       : SF_WRAP_COLUMNS;
}

/*
 * Fetch the part at path next, then print its records or move them to output->out. Writes the path
 * of the following part to next, or "" after the last. *left: bytes still allowed.
 */
static enum sf_err fetch_part(struct sf_rest *rest, struct output *output, size_t *left,
    char next[static SF_URL_MAX], struct sf_error *e)
{
	SF_CLEANUP(free_text) char *text = NULL;
	SF_CLEANUP(sf_rest_records_freep) struct sf_rest_records *records = NULL;
	const bool is_first = *left == SF_QUERY_MAX;
	const struct sf_worker_jobs_request request = {.path = next};
	size_t len = 0;
	enum sf_err r = sf_rest_text(rest, &request, *left, &text, &len, e);

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
	output->count += sf_rest_records_count(records);
	output->total = sf_rest_records_total(records);
	/* SELECT COUNT() returns a total and no records. */
	output->is_count = is_first && next[0] == '\0' && output->count == 0 && output->total > 0;
	if (!output->out)
		return sf_rest_records_print(records, e);
	if (is_first && !output->is_table)
		sf_json_out_number(output->out, "total_size", output->total);
	sf_rest_records_move(records, output->out, "records");
	return SF_OK;
}

/* Print rows and columns; a count has one of each. */
static enum sf_err print_table(
    const struct sf_cmd *cmd, const struct output *output, struct sf_error *e)
{
	const struct sf_query_table table = {
	    .out = output->out,
	    .key = "records",
	    .is_csv = output->is_csv,
	    .is_terminal = isatty(STDOUT_FILENO),
	    .columns = output->is_csv ? 0 : terminal_columns(),
	};
	size_t hidden = 0;
	enum sf_err r = sf_query_table_print(&table, &hidden, e);

	if (r == SF_OK && hidden > 0)
		sf_cmd_tell(cmd, SF_MESSAGE_QUERY_HIDDEN, SF_WITH({"n", SF_NUMBER(hidden)}));
	return r;
}

/* Print what was collected, and a count, which is in no record. */
static enum sf_err finish(const struct sf_cmd *cmd, const struct output *output, struct sf_error *e)
{
	const unsigned long long total = output->total;

	if (output->out && !output->is_table) {
		sf_json_out_text(output->out, "status", "ok");
		return sf_json_out_print(output->out, e);
	}
	if (!output->is_count)
		return output->is_table ? print_table(cmd, output, e) : SF_OK;
	if (output->is_csv)
		(void)printf("total_size\r\n%llu\r\n", total);
	else
		(void)printf(output->is_table ? "%llu\n" : "{\"total_size\":%llu}\n", total);
	return SF_OK;
}

/*
 * Salesforce returns up to 2,000 records a part, and a path for the next. What was printed before a
 * failure stays: the exit status says that the rest is missing.
 */
enum sf_err sf_cmd_query(struct sf_cmd *cmd, struct sf_error *e)
{
	SF_CLEANUP(output_clear) struct output output = {.out = NULL};
	SF_CLEANUP(sf_rest_clear) struct sf_rest rest = {0};
	char next[SF_URL_MAX];
	size_t left = SF_QUERY_MAX;
	enum sf_err r = choose_output(cmd->options, &output, e);

	if (r == SF_OK)
		r = sf_cmd_begin(cmd, NULL, e);
	if (r == SF_OK)
		r = sf_rest_query(cmd, cmd->options->argument, next, sizeof(next), e);
	if (r == SF_OK)
		r = sf_rest_begin(cmd, &rest, e);
	if (r != SF_OK)
		return r;
	/* A line of progress must not come between records on the same terminal. */
	const bool shows = output.out || !isatty(STDOUT_FILENO);

	sf_json_out_list(output.out, "records");
	while (r == SF_OK && next[0] != '\0') {
		r = fetch_part(&rest, &output, &left, next, e);
		if (shows && r == SF_OK && next[0] != '\0')
			show_progress(cmd, output.count, output.total);
	}
	if (shows)
		show_progress(cmd, 0, output.total);
	sf_cmd_say_kept(cmd, rest.token);
	return r == SF_OK ? finish(cmd, &output, e) : r;
}
