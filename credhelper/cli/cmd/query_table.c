/*
 * Flattens records into columns and prints them. The column names are collected in a cJSON object
 * that has the shape of all records together: an object in it is a related record, any other value
 * is a column.
 */
#include "query_table.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "text.h"

#include "banned.h"

#define SF_CELL_MIN    8 /* columns that a cell keeps when a table is cut */
#define SF_GAP         2 /* blanks between two columns of a table */
#define SF_DOTS        "..."
#define SF_TITLE_SIZE  1024
#define SF_NUMBER_SIZE 40
#define SF_INTEGER_MAX 9e15 /* a double has every integer below */

/* What is done with the cells of a row, in their order. */
struct walk {
	const struct sf_query_table *table;
	size_t *widths; /* of a table, one for each column; grown while measuring */
	size_t count;   /* columns */
	size_t shown;   /* columns that fit */
	size_t at;      /* the column that comes next */
	bool (*cell)(struct walk *walk, const char *text); /* false: no memory, or cannot write */
};

/* For SF_CLEANUP. */
static void json_freep(cJSON **json)
{
	cJSON_Delete(*json);
	*json = NULL;
}

static void free_widths(size_t **widths)
{
	free(*widths);
}

/* A related record or an address: its fields are columns. The result of a sub-query is a list. */
static bool is_record(const cJSON *value)
{
	return cJSON_IsObject(value) &&
	       !cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(value, "records"));
}

/*
 * Add the fields of a record to the shape. False: no memory. A field that is null in one record may
 * be a relation in another, so a column becomes an object as soon as any record has one there.
 */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as cJSON reads, which has a limit */
static bool add_shape(cJSON *shape, const cJSON *record)
{
	for (const cJSON *field = record->child; field; field = field->next) {
		cJSON *known = cJSON_GetObjectItemCaseSensitive(shape, field->string);
		cJSON *fresh = !known || (is_record(field) && !cJSON_IsObject(known))
				   ? (is_record(field) ? cJSON_CreateObject() : cJSON_CreateNull())
				   : NULL;

		/* A relation that was null in the records before keeps its place. */
		if (fresh && known) {
			if (!cJSON_ReplaceItemInObjectCaseSensitive(shape, field->string, fresh))
				return false;
		} else if (fresh && !cJSON_AddItemToObject(shape, field->string, fresh)) {
			return false;
		}
		if (!known || fresh)
			known = fresh;
		if (!known || (is_record(field) && !add_shape(known, field)))
			return false;
	}
	return true;
}

/* Hand each name to walk->cell: "Account.Name" for a field of a related record. */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as the shape */
static bool walk_titles(struct walk *walk, const cJSON *shape, const char *before)
{
	for (const cJSON *column = shape->child; column; column = column->next) {
		char title[SF_TITLE_SIZE];
		struct sf_text text = SF_TEXT(title);

		(void)sf_text_addf(&text, "%s%s%s", before, before[0] ? "." : "", column->string);
		if (cJSON_IsObject(column) ? !walk_titles(walk, column, title)
					   : !walk->cell(walk, title))
			return false;
	}
	return true;
}

/* Hand a number to walk->cell, with all digits that a double has; cJSON prints 15 of them. */
static bool walk_number(struct walk *walk, double number)
{
	char digits[SF_NUMBER_SIZE];
	const double size = number < 0 ? -number : number;

	if (size < SF_INTEGER_MAX && (double)(int64_t)number == number)
		(void)snprintf(digits, sizeof(digits), "%" PRId64, (int64_t)number);
	else
		(void)snprintf(digits, sizeof(digits), "%.15g", number);
	if (strtod(digits, NULL) != number)
		(void)snprintf(digits, sizeof(digits), "%.17g", number);
	return walk->cell(walk, digits);
}

/* Hand the text of a value to walk->cell. NULL and null are empty. */
static bool walk_value(struct walk *walk, const cJSON *value)
{
	const cJSON *list =
	    cJSON_IsObject(value) ? cJSON_GetObjectItemCaseSensitive(value, "records") : value;
	char *printed;
	bool is_fine;

	if (!value || cJSON_IsNull(value))
		return walk->cell(walk, "");
	if (cJSON_IsString(value))
		return walk->cell(walk, value->valuestring);
	if (cJSON_IsNumber(value))
		return walk_number(walk, value->valuedouble);
	printed = cJSON_PrintUnformatted(list);
	is_fine = printed && walk->cell(walk, printed);
	cJSON_free(printed);
	return is_fine;
}

/* Hand each cell of a record to walk->cell. record is NULL for a relation that is null. */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as the shape */
static bool walk_record(struct walk *walk, const cJSON *shape, const cJSON *record)
{
	for (const cJSON *column = shape->child; column; column = column->next) {
		const cJSON *value = cJSON_GetObjectItemCaseSensitive(record, column->string);

		if (cJSON_IsObject(column)
			? !walk_record(walk, column, is_record(value) ? value : NULL)
			: !walk_value(walk, value))
			return false;
	}
	return true;
}

/* Print len bytes, at most max columns; on a terminal, what could control it becomes "?". */
static bool put_text(const struct walk *walk, const char *text, size_t len, size_t max)
{
	bool is_fine = true;

	for (size_t at = 0, columns = 0; is_fine && at < len && columns < max; columns++) {
		uint32_t code = 0;
		const size_t count = sf_text_char(text + at, len - at, &code);
		const bool is_clean = count > 0 && sf_text_is_clean(text + at, count);
		const bool is_end = walk->table->is_csv && (text[at] == '\n' || text[at] == '\r');

		if (walk->table->is_terminal && !is_clean && !is_end)
			is_fine = putchar('?') >= 0;
		else
			is_fine = fwrite(text + at, 1, count > 0 ? count : 1, stdout) > 0;
		at += count > 0 ? count : 1;
	}
	return is_fine;
}

/* The first walk: how many columns there are. */
static bool count_cell(struct walk *walk, const char *text)
{
	(void)text;
	walk->count++;
	return true;
}

/* --- CSV --- */

/* RFC 4180: a field with a comma, a quote or a line end is quoted, and its quotes are doubled. */
static bool put_csv(struct walk *walk, const char *text)
{
	/* One empty field alone would be an empty line, which many programs skip. */
	const bool is_quoted =
	    strpbrk(text, ",\"\r\n") != NULL || (text[0] == '\0' && walk->count == 1);
	bool is_fine = (walk->at == 0 || putchar(',') >= 0) && (!is_quoted || putchar('"') >= 0);

	walk->at++;
	for (const char *quote; is_fine && (quote = strchr(text, '"')) != NULL; text = quote + 1) {
		is_fine = put_text(walk, text, (size_t)(quote - text), SIZE_MAX) &&
			  fputs("\"\"", stdout) >= 0;
	}
	return is_fine && put_text(walk, text, strlen(text), SIZE_MAX) &&
	       (!is_quoted || putchar('"') >= 0);
}

/* RFC 4180 ends lines with CR LF, on every system. */
static bool end_csv(struct walk *walk)
{
	walk->at = 0;
	return fputs("\r\n", stdout) >= 0;
}

/* One line for each record, however long; a program reads it, so nothing is cut or aligned. */
static bool print_csv(struct walk *walk, const cJSON *shape, const cJSON *list)
{
	bool is_fine = true;

	walk->cell = put_csv;
	is_fine = walk_titles(walk, shape, "") && end_csv(walk);
	for (const cJSON *row = list->child; is_fine && row; row = row->next)
		is_fine = walk_record(walk, shape, row) && end_csv(walk);
	return is_fine;
}

/* --- a table --- */

/* The second walk of a table: titles and cells alike may be the widest of a column. */
static bool measure_cell(struct walk *walk, const char *text)
{
	const size_t columns = sf_text_columns(text, strlen(text));

	if (columns > walk->widths[walk->at])
		walk->widths[walk->at] = columns;
	walk->at = (walk->at + 1) % walk->count;
	return true;
}

/* Narrow the widest columns until the table fits; then leave out the last ones. */
static void fit_widths(struct walk *walk)
{
	const size_t limit = walk->table->columns;
	size_t total = 0;

	walk->shown = walk->count;
	if (limit == 0)
		return;
	for (size_t i = 0; i < walk->count; i++) {
		if (walk->widths[i] > limit)
			walk->widths[i] = limit;
		total += walk->widths[i] + SF_GAP;
	}
	for (size_t widest = 0; total > limit + SF_GAP; total--) {
		for (size_t i = 0; i < walk->count; i++)
			if (walk->widths[i] > walk->widths[widest])
				widest = i;
		if (walk->widths[widest] <= SF_CELL_MIN)
			break;
		walk->widths[widest]--;
	}
	for (; walk->shown > 1 && total > limit + SF_GAP; walk->shown--)
		total -= walk->widths[walk->shown - 1] + SF_GAP;
}

/* Print a cell and the blanks behind it; what is cut ends with dots. */
static bool put_cell(struct walk *walk, const char *text)
{
	const size_t at = walk->at, width = at < walk->count ? walk->widths[at] : 0;
	const size_t columns = sf_text_columns(text, strlen(text));
	const bool is_cut = columns > width, is_last = at + 1 == walk->shown;

	walk->at = (at + 1) % walk->count;
	if (at >= walk->shown)
		return true;
	if (!put_text(walk, text, strlen(text), is_cut ? width - strlen(SF_DOTS) : width) ||
	    (is_cut && fputs(SF_DOTS, stdout) < 0))
		return false;
	if (is_last)
		return putchar('\n') >= 0;
	return printf("%*s", (int)((is_cut ? 0 : width - columns) + SF_GAP), "") >= 0;
}

/* The line of dashes below the titles; the last column has no blanks behind it. */
static bool put_rule(const struct walk *walk)
{
	bool is_fine = true;

	for (size_t i = 0; is_fine && i < walk->shown; i++) {
		for (size_t j = 0; is_fine && j < walk->widths[i]; j++)
			is_fine = putchar('-') >= 0;
		is_fine = is_fine && fputs(i + 1 < walk->shown ? "  " : "\n", stdout) >= 0;
	}
	return is_fine;
}

/*
 * Twice over all records: first to measure, then to print. In memory they are anyway, and a width
 * that is guessed from the first ones would break the lines of later ones.
 */
static bool print_table(struct walk *walk, const cJSON *shape, const cJSON *list)
{
	SF_CLEANUP(free_widths) size_t *widths = NULL;
	bool is_fine = true;

	walk->widths = widths = calloc(walk->count, sizeof(*widths));
	if (!widths)
		return false;
	walk->cell = measure_cell;
	is_fine = walk_titles(walk, shape, "");
	for (const cJSON *row = list->child; is_fine && row; row = row->next)
		is_fine = walk_record(walk, shape, row);
	fit_widths(walk);
	walk->cell = put_cell;
	is_fine = is_fine && walk_titles(walk, shape, "") && put_rule(walk);
	for (const cJSON *row = list->child; is_fine && row; row = row->next)
		is_fine = walk_record(walk, shape, row);
	return is_fine;
}

enum sf_err sf_query_table_print(
    const struct sf_query_table *table, size_t *ret_hidden, struct sf_error *e)
{
	SF_CLEANUP(json_freep) cJSON *shape = cJSON_CreateObject();
	struct walk walk = {.table = table};
	/* struct sf_json_out is an opaque name for cJSON (json_out.c). */
	const cJSON *list =
	    cJSON_GetObjectItemCaseSensitive((const cJSON *)(const void *)table->out, table->key);
	bool is_fine = shape && list;

	*ret_hidden = 0;
	for (const cJSON *row = is_fine ? list->child : NULL; is_fine && row; row = row->next)
		is_fine = add_shape(shape, row);
	if (!is_fine)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for the columns of a query");
	if (!list->child)
		return SF_OK;
	errno = 0;
	walk.cell = count_cell;
	if (!walk_titles(&walk, shape, "") || walk.count == 0)
		return SF_OK;
	is_fine = table->is_csv ? print_csv(&walk, shape, list) : print_table(&walk, shape, list);
	if (!is_fine && !ferror(stdout))
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for the records of a query");
	if (!is_fine || fflush(stdout) != 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot write to standard output");
	*ret_hidden = table->is_csv ? 0 : walk.count - walk.shown;
	return SF_OK;
}
