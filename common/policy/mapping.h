/*
 * Rule 6 (DESIGN.md, "Who is let in"): which Salesforce user belongs to a local account. Either
 * the user_map has the id of the user, or username_template makes the username; never both.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "config_fields.h"
#include "err.h"
#include "local_account.h"
#include "sfid.h"

/* Whether the policy names a Salesforce user for this account. */
bool sf_mapping_has(const struct sf_pam *policy, const struct sf_account *account);

/*
 * Whether that user is the one who signed in: by user_id (18 characters) with a user_map, otherwise
 * by username, where A-Z equal a-z.
 */
bool sf_mapping_fits(const struct sf_pam *policy, const struct sf_account *account,
    const char *user_id, const char *username);

/*
 * Read a user_map line by line: `linux-name 005...`. Between name and id stand blanks, or one of
 * = : , ; with or without blanks. Lines may end in CR LF, the file may begin with a byte order
 * mark, and # begins a comment. A line that cannot be read is refused alone; the others count.
 */
#define SF_MAPPING_NAME_SIZE 65 /* an account name of 64 bytes and a NUL */
#define SF_MAPPING_WORD_SIZE 81 /* the longest word that a flaw quotes, and a NUL */
#define SF_MAPPING_FLAW_SIZE (SF_MAPPING_WORD_SIZE + 79)
struct sf_mapping_line {
	unsigned line_no;                /* from 1 */
	char name[SF_MAPPING_NAME_SIZE]; /* "": it cannot be read */
	char id[SF_SFID_SIZE];           /* normalised to 18 characters; "": refused */
	char flaw[SF_MAPPING_FLAW_SIZE]; /* why the line is refused; "": it is not */
};
struct sf_mapping_reader {
	const char *text; /* borrowed; may hold anything */
	size_t len, at;
	unsigned line_no;
};
/* The next line that is neither blank nor a comment. False: there is none. */
bool sf_mapping_next(struct sf_mapping_reader *reader, struct sf_mapping_line *ret_line);

/*
 * The user id of name in the text of a user_map. False: it has none, or its own line is refused, or
 * two of its lines have different ids; then ret_flaw has CONFIG and says which line, otherwise
 * SF_OK. Lines of other names do not matter.
 */
SF_CHECKED bool sf_mapping_find(const char *text, size_t len, const char *name,
    char ret_id[static SF_SFID_SIZE], struct sf_error *ret_flaw);

/*
 * Replace {user} in template_text by name, which gives the Salesforce username. False: it is too
 * long for size, there is no {user}, or name is not printable ASCII.
 */
SF_CHECKED bool sf_mapping_expand(
    const char *template_text, const char *name, char *ret, size_t size);
