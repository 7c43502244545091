/* Tokens and their stored form: one table of lines serves parser and formatter. No store here. */
#include "token.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sfhost.h"
#include "text.h"

#include "banned.h"

#define VERSION_LINE "sfoauth=1\n"
#define VALUE_SIZE   SF_TOKEN_SCOPE_SIZE /* of the longest value that is not a secret */

enum kind { ORIGIN, ALSO, ID, CLEAN, WORDS, NUMBER, HEX, SECRET };

/*
 * The lines of the stored form in their order. Every token has exactly one spelling, so nothing can
 * be hidden in a stored token. A row that is not required is omitted if its value is empty.
 */
static const struct row {
	const char *key;
	enum kind kind;
	bool required;
	size_t offset;
	size_t size;        /* of the array; of a secret its greatest length */
	const char *prefix; /* of an id, otherwise NULL */
} rows[] = {
    {"origin", ORIGIN, true, offsetof(struct sf_token, origin), SF_ORIGIN_SIZE, NULL},
    {"also", ALSO, false, offsetof(struct sf_token, also), SF_ORIGIN_SIZE, NULL},
    {"app", WORDS, false, offsetof(struct sf_token, app), SF_TOKEN_APP_SIZE, NULL},
    {"org_id", ID, false, offsetof(struct sf_token, org_id), SF_SFID_SIZE, "00D"},
    {"user_id", ID, false, offsetof(struct sf_token, user_id), SF_SFID_SIZE, "005"},
    {"username", CLEAN, false, offsetof(struct sf_token, username), SF_TOKEN_USERNAME_SIZE, NULL},
    {"scope", WORDS, false, offsetof(struct sf_token, scope), SF_TOKEN_SCOPE_SIZE, NULL},
    {"issued_at_ms", NUMBER, true, offsetof(struct sf_token, issued_at_ms), 0, NULL},
    {"expires_at", NUMBER, true, offsetof(struct sf_token, expires_at), 0, NULL},
    {"generation", HEX, true, offsetof(struct sf_token, generation), SF_TOKEN_GENERATION_SIZE,
	NULL},
    {"access_token", SECRET, false, offsetof(struct sf_token, access_token), SF_TOKEN_ACCESS_MAX,
	NULL},
    {"refresh_token", SECRET, false, offsetof(struct sf_token, refresh_token), SF_TOKEN_REFRESH_MAX,
	NULL},
};

struct sf_token *sf_token_new(void)
{
	return calloc(1, sizeof(struct sf_token));
}

struct sf_token *sf_token_free(struct sf_token *token)
{
	if (token) {
		sf_secret_free(token->access_token);
		sf_secret_free(token->refresh_token);
		free(token);
	}
	return NULL;
}

void sf_token_freep(struct sf_token **token)
{
	*token = sf_token_free(*token);
}

struct sf_token *sf_token_copy(const struct sf_token *token)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *copy = sf_token_new();

	if (!copy)
		return NULL;
	*copy = *token;
	copy->access_token = sf_secret_copy(token->access_token);
	copy->refresh_token = sf_secret_copy(token->refresh_token);
	if ((token->access_token && !copy->access_token) ||
	    (token->refresh_token && !copy->refresh_token))
		return NULL;
	return SF_TAKE(copy);
}

/* --- which values are valid, in both directions --- */

static bool is_canonical(const char *text)
{
	struct sf_origin origin;
	struct sf_error ignored;

	return sf_origin_parse(text, &origin, &ignored) == SF_OK && strcmp(origin.text, text) == 0;
}

static bool is_id(const char *text, const char *prefix)
{
	char full[SF_SFID_SIZE];

	return sf_sfid_parse(text, prefix, full) && strcmp(full, text) == 0;
}

/* Whether a value that is neither a number nor a secret is valid for its row. False for "". */
static bool is_valid_text(const struct row *row, const char *text)
{
	size_t len = strnlen(text, row->size);

	if (len == 0 || len == row->size)
		return false;
	switch (row->kind) {
	case ORIGIN:
	case ALSO:
		return is_canonical(text);
	case ID:
		return is_id(text, row->prefix);
	case CLEAN:
		return sf_text_is_clean(text, len);
	case WORDS:
		return sf_text_is_printable(text);
	case HEX:
		return sf_text_is_hex(text, SF_TOKEN_GENERATION_SIZE - 1);
	case NUMBER:
	case SECRET:
		break;
	}
	return false;
}

/* Visible ASCII without spaces: a token is sent in HTTP headers and in lines of protocols. */
static bool is_valid_secret(const struct row *row, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] <= ' ' || bytes[i] > '~')
			return false;
	return len > 0 && len <= row->size;
}

/* --- parsing --- */

enum outcome { GOOD, NOT_OURS, NO_MEMORY };

static enum outcome read_number(const char *text, uint64_t *ret)
{
	/* One spelling: no leading zeros. */
	if (text[0] == '0' && text[1] != '\0')
		return NOT_OURS;
	return sf_text_u64(text, 0, UINT64_MAX, ret) ? GOOD : NOT_OURS;
}

/* Read the value of a row into the token. */
static enum outcome read_value(
    struct sf_token *token, const struct row *row, const char *value, size_t len)
{
	char *field = (char *)token + row->offset;
	char text[VALUE_SIZE];

	if (row->kind == SECRET) {
		struct sf_secret **secret = (void *)field;

		if (!is_valid_secret(row, value, len))
			return NOT_OURS;
		*secret = sf_secret_from(value, len);
		return *secret ? GOOD : NO_MEMORY;
	}
	if (len >= sizeof(text) || memchr(value, '\0', len))
		return NOT_OURS;
	memcpy(text, value, len);
	text[len] = '\0';
	if (row->kind == NUMBER)
		return read_number(text, (void *)field);
	if (!is_valid_text(row, text))
		return NOT_OURS;
	if (row->kind == ALSO) {
		size_t before = token->also_count;

		/* The count does not change for a duplicate, which is another spelling. */
		return sf_token_add_also(token, text) && token->also_count > before ? GOOD
										    : NOT_OURS;
	}
	memcpy(field, text, len + 1);
	return GOOD;
}

/*
 * Find the row of a key, at or after `first`: lines come in the order of the rows. NULL: no such
 * row, or a required line before it is missing.
 */
static const struct row *find_row(size_t first, const char *key, size_t len)
{
	for (size_t i = first; i < SF_COUNT(rows); i++) {
		if (strlen(rows[i].key) == len && memcmp(rows[i].key, key, len) == 0)
			return &rows[i];
		if (rows[i].required)
			return NULL;
	}
	return NULL;
}

static enum outcome read_lines(struct sf_token *token, const char *text, size_t len)
{
	size_t next = 0; /* index of the first row that may follow; only `also` repeats */

	for (size_t at = 0; at < len;) {
		const char *line = text + at;
		const char *end = memchr(line, '\n', len - at);
		const char *equals = end ? memchr(line, '=', (size_t)(end - line)) : NULL;
		const struct row *row =
		    equals ? find_row(next, line, (size_t)(equals - line)) : NULL;

		if (!row)
			return NOT_OURS;

		enum outcome outcome =
		    read_value(token, row, equals + 1, (size_t)(end - equals - 1));

		if (outcome != GOOD)
			return outcome;
		next = (size_t)(row - rows) + (row->kind == ALSO ? 0 : 1);
		at += (size_t)(end - line) + 1;
	}
	/* generation is the last required row, so find_row has not missed another one. */
	if (token->generation[0] == '\0' || (!token->access_token && !token->refresh_token))
		return NOT_OURS;
	return GOOD;
}

enum sf_err sf_token_parse(
    const struct sf_secret *stored, bool *ret_ours, struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = sf_token_new();
	const char *text = sf_secret_reveal(stored);
	size_t len = sf_secret_len(stored), version_len = strlen(VERSION_LINE);
	enum outcome outcome = NOT_OURS;

	*ret_ours = false;
	if (!token)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a token");
	if (len > version_len && len <= SF_TOKEN_STORED_MAX &&
	    memcmp(text, VERSION_LINE, version_len) == 0)
		outcome = read_lines(token, text + version_len, len - version_len);
	if (outcome == NO_MEMORY)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a token");
	if (outcome != GOOD)
		return SF_OK;
	*ret_ours = true;
	*ret_token = SF_TAKE(token);
	return SF_OK;
}

/* --- formatting --- */

static bool add_line(struct sf_secret *stored, const char *key, const char *value)
{
	return sf_secret_add_text(stored, key) && sf_secret_add_text(stored, "=") &&
	       sf_secret_add_text(stored, value) && sf_secret_add_text(stored, "\n");
}

/* Add the line of a secret. The bytes never leave a struct sf_secret. */
static bool add_secret(
    struct sf_secret *stored, const struct row *row, const struct sf_secret *secret)
{
	if (!secret)
		return true;
	return is_valid_secret(row, sf_secret_reveal(secret), sf_secret_len(secret)) &&
	       sf_secret_add_text(stored, row->key) && sf_secret_add_text(stored, "=") &&
	       sf_secret_add_secret(stored, secret) && sf_secret_add_text(stored, "\n");
}

/* Add the lines `also`. A duplicate or the own origin is refused, as the parser does. */
static bool add_also(struct sf_secret *stored, const struct row *row, const struct sf_token *token)
{
	if (token->also_count > SF_TOKEN_ALSO_MAX)
		return false;
	for (size_t i = 0; i < token->also_count; i++) {
		if (!is_valid_text(row, token->also[i]) ||
		    strcmp(token->also[i], token->origin) == 0)
			return false;
		for (size_t j = 0; j < i; j++)
			if (strcmp(token->also[i], token->also[j]) == 0)
				return false;
		if (!add_line(stored, row->key, token->also[i]))
			return false;
	}
	return true;
}

static bool add_row(struct sf_secret *stored, const struct row *row, const struct sf_token *token)
{
	const char *field = (const char *)token + row->offset;

	if (row->kind == SECRET)
		return add_secret(stored, row, *(struct sf_secret *const *)(const void *)field);
	if (row->kind == ALSO)
		return add_also(stored, row, token);
	if (row->kind == NUMBER) {
		char digits[24];
		struct sf_text text = SF_TEXT(digits);

		return sf_text_addf(&text, "%" PRIu64, *(const uint64_t *)(const void *)field) &&
		       add_line(stored, row->key, digits);
	}
	if (field[0] == '\0')
		return !row->required;
	return is_valid_text(row, field) && add_line(stored, row->key, field);
}

enum sf_err sf_token_format(
    const struct sf_token *token, struct sf_secret **ret_stored, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *stored = sf_secret_new(SF_TOKEN_STORED_MAX);

	if (!stored)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a token");
	if (!token->access_token && !token->refresh_token)
		return SF_FAIL(e, SF_E_BUG, 0, "a token without any token cannot be stored");
	if (!sf_secret_add_text(stored, VERSION_LINE))
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a token");
	for (size_t i = 0; i < SF_COUNT(rows); i++)
		if (!add_row(stored, &rows[i], token))
			return SF_FAIL(e, SF_E_BUG, 0,
			    "a token's %s is not valid in the stored form", rows[i].key);
	*ret_stored = SF_TAKE(stored);
	return SF_OK;
}

/* --- questions --- */

uint32_t sf_token_life_s(const struct sf_token *token, int64_t now_s)
{
	uint64_t now = now_s > 0 ? (uint64_t)now_s : 0;

	if (!token->access_token || token->expires_at <= now)
		return 0;

	uint64_t left = token->expires_at - now;

	return left > UINT32_MAX ? UINT32_MAX : (uint32_t)left;
}

bool sf_token_is_for(const struct sf_token *token, const char *origin)
{
	if (origin[0] == '\0')
		return false;
	for (size_t i = 0; i < token->also_count; i++)
		if (strcmp(token->also[i], origin) == 0)
			return true;
	return strcmp(token->origin, origin) == 0;
}

bool sf_token_has_scope(const struct sf_token *token, const char *scope)
{
	/* Salesforce's scope full includes all others except refresh_token. */
	bool full_counts = strcmp(scope, "refresh_token") != 0;

	if (scope[0] == '\0')
		return false;
	for (const char *word = token->scope; *word != '\0';) {
		size_t len = strcspn(word, " ");

		if (len == strlen(scope) && memcmp(word, scope, len) == 0)
			return true;
		if (full_counts && len == strlen("full") && memcmp(word, "full", len) == 0)
			return true;
		word += len + strspn(word + len, " ");
	}
	return false;
}

const char *sf_token_api_origin(const struct sf_token *token)
{
	struct sf_origin origin;
	struct sf_error ignored;

	if (token->also_count > 0 && sf_origin_parse(token->origin, &origin, &ignored) == SF_OK &&
	    sf_sfhost_is_login(&origin))
		return token->also[0];
	return token->origin;
}

bool sf_token_add_also(struct sf_token *token, const char *origin)
{
	if (sf_token_is_for(token, origin))
		return true;
	if (origin[0] == '\0' || token->also_count >= SF_TOKEN_ALSO_MAX)
		return false;
	if (!sf_text_copy(token->also[token->also_count], SF_ORIGIN_SIZE, origin))
		return false;
	token->also_count++;
	return true;
}

void sf_token_app(char ret[static SF_TOKEN_APP_SIZE], const char *client_id, bool is_itself)
{
	struct sf_text text = sf_text_over(ret, SF_TOKEN_APP_SIZE);

	sf_text_addf(&text, "%s%s", is_itself ? "client_credentials:" : "", client_id);
}
