/*
 * The records of a query as rows and columns: CSV by RFC 4180, or a table for people. A column is a
 * field, or a field of a related record: Account.Name. Columns have the order in which the records
 * name them. null is empty; a list, such as the records of a sub-query, is JSON in its cell.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "err.h"
#include "json_out.h"

struct sf_query_table {
	const struct sf_json_out *out; /* has the records in an array */
	const char *key;               /* of that array */
	bool is_csv;
	bool is_terminal; /* replace what could control a terminal */
	size_t columns;   /* of the terminal, to which a table is cut; 0: no limit */
};

/*
 * Print header and records on standard output; without records, nothing. *ret_hidden: the columns
 * of a table for which the terminal is too narrow. Fails with NOMEM or SYSTEM.
 */
SF_CHECKED enum sf_err sf_query_table_print(
    const struct sf_query_table *table, size_t *ret_hidden, struct sf_error *e);
