/*
 * Builds and prints JSON with cJSON, and formats tokens. Text that has a token stays in struct
 * sf_secret until it is written.
 */
#include "json_out.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "alloc.h"
#include "file.h"
#include "text.h"

#include "banned.h"

#define SF_JSON_OUT_MAX (4 * SF_TOKEN_ACCESS_MAX + 8192) /* a quote in a shell takes four bytes */
#define SF_REPLACEMENT  0xfffd                           /* U+FFFD for bytes that are not UTF-8 */

/* A cJSON under another name, so that cJSON.h is not needed outside. cJSON allocates it. */
struct sf_json_out {
	cJSON object;
};

static cJSON *cjson_of(struct sf_json_out *out)
{
	return !out ? NULL : &out->object;
}

void sf_json_out_begin(void)
{
	cJSON_Hooks hooks = {.malloc_fn = sf_alloc_malloc, .free_fn = sf_alloc_free};

	cJSON_InitHooks(&hooks);
}

bool sf_json_out_format_of(const char *name, enum sf_json_out_format *ret)
{
	static const char *const names[] = {
#define SF_FORMAT(id, format_name) [SF_JSON_OUT_##id] = format_name,
	    SF_FORMATS(SF_FORMAT)
#undef SF_FORMAT
	};

	for (size_t i = 0; i < SF_COUNT(names); i++) {
		if (strcmp(names[i], name) == 0) {
			*ret = (enum sf_json_out_format)i;
			return true;
		}
	}
	return false;
}

void sf_json_out_url(const char *origin, char ret[static SF_ORIGIN_SIZE])
{
	static const char usual[] = ":443";
	struct sf_text t = sf_text_over(ret, SF_ORIGIN_SIZE);
	const size_t len = strlen(origin);

	sf_text_add_bytes(
	    &t, origin, sf_text_ends(origin, usual) ? len - (sizeof(usual) - 1) : len);
}

struct sf_json_out *sf_json_out_new(void)
{
	return (struct sf_json_out *)cJSON_CreateObject();
}

struct sf_json_out *sf_json_out_reply(void)
{
	struct sf_json_out *out = sf_json_out_new();

	sf_json_out_number(out, "schema", SF_JSON_OUT_SCHEMA);
	return out;
}

void sf_json_out_text(struct sf_json_out *out, const char *key, const char *value)
{
	if (!value)
		cJSON_AddNullToObject(cjson_of(out), key);
	else
		cJSON_AddStringToObject(cjson_of(out), key, value);
}

void sf_json_out_number(struct sf_json_out *out, const char *key, uint64_t number)
{
	cJSON_AddNumberToObject(cjson_of(out), key, (double)number);
}

void sf_json_out_bool(struct sf_json_out *out, const char *key, bool value)
{
	cJSON_AddBoolToObject(cjson_of(out), key, value);
}

void sf_json_out_append(struct sf_json_out *out, const char *key, struct sf_json_out *take_item)
{
	cJSON *array = cJSON_GetObjectItemCaseSensitive(cjson_of(out), key);

	if (!array)
		array = cJSON_AddArrayToObject(cjson_of(out), key);
	if (take_item && (!array || !cJSON_AddItemToArray(array, cjson_of(take_item))))
		sf_json_out_free(take_item);
}

void sf_json_out_append_text(struct sf_json_out *out, const char *key, const char *text)
{
	sf_json_out_append(out, key, (struct sf_json_out *)cJSON_CreateString(text));
}

void sf_json_out_list(struct sf_json_out *out, const char *key)
{
	cJSON_AddArrayToObject(cjson_of(out), key);
}

struct sf_json_out *sf_json_out_free(struct sf_json_out *out)
{
	cJSON_Delete(cjson_of(out));
	return NULL;
}

void sf_json_out_freep(struct sf_json_out **out)
{
	*out = sf_json_out_free(*out);
}

/* Print to a secret: the object has a token. */
static enum sf_err print_json(const cJSON *object, struct sf_secret **ret_text, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *text = sf_secret_new(SF_JSON_OUT_MAX);
	char *printed = !object ? NULL : cJSON_PrintUnformatted(object);
	const bool fits = printed != NULL && text != NULL && sf_secret_add_text(text, printed) &&
			  sf_secret_add_text(text, "\n");

	/* The allocator that sf_json_out_begin installs wipes the memory. */
	cJSON_free(printed);
	if (!fits)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for JSON");
	*ret_text = SF_TAKE(text);
	return SF_OK;
}

/* The length of the beginning of text that has only characters safe for a terminal. */
static size_t plain_len(const char *text, size_t len)
{
	size_t at = 0;

	while (at < len) {
		uint32_t code = 0;
		const size_t count = sf_text_char(text + at, len - at, &code);

		if (count == 0 || !sf_text_is_clean(text + at, count))
			break;
		at += count;
	}
	return at;
}

/* cJSON escapes only control characters of ASCII; U+009B, for example, begins a sequence too. */
enum sf_err sf_json_out_line(const char *json, struct sf_error *e)
{
	const size_t len = strlen(json);
	bool is_written = true;

	for (size_t at = 0; is_written && at < len;) {
		const size_t plain = plain_len(json + at, len - at);
		uint32_t code = SF_REPLACEMENT;
		size_t count;

		is_written = fwrite(json + at, 1, plain, stdout) == plain;
		at += plain;
		if (at == len)
			break;
		count = sf_text_char(json + at, len - at, &code);
		is_written = is_written && printf("\\u%04" PRIx32, code) > 0;
		at += count == 0 ? 1 : count;
	}
	if (!is_written || putchar('\n') < 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot write to standard output");
	return SF_OK;
}

/* For objects without secrets; token_to_json uses print_json instead. */
enum sf_err sf_json_out_print(const struct sf_json_out *out, struct sf_error *e)
{
	char *printed = !out ? NULL : cJSON_PrintUnformatted(&out->object);
	enum sf_err r = SF_OK;

	if (!printed)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for JSON");
	r = sf_json_out_line(printed, e);
	cJSON_free(printed);
	if (r == SF_OK && fflush(stdout) != 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot write to standard output");
	return r;
}

static enum sf_err token_to_json(
    const struct sf_token *token, struct sf_secret **ret_text, struct sf_error *e)
{
	SF_CLEANUP(sf_json_out_freep) struct sf_json_out *out = sf_json_out_reply();
	char url[SF_ORIGIN_SIZE];

	sf_json_out_url(sf_token_api_origin(token), url);
	sf_json_out_text(out, "status", "ok");
	sf_json_out_text(out, "access_token", sf_secret_reveal(token->access_token));
	sf_json_out_text(out, "token_type", "Bearer");
	sf_json_out_number(out, "expires_at", token->expires_at);
	sf_json_out_text(out, "instance_url", url);
	sf_json_out_text(out, "username", token->username);
	sf_json_out_text(out, "user_id", token->user_id);
	sf_json_out_text(out, "organization_id", token->org_id);
	sf_json_out_text(out, "scope", token->scope);
	return print_json(cjson_of(out), ret_text, e);
}

/* Within single quotes a shell treats only the quote itself specially; it becomes '\''. */
static bool add_shell(struct sf_secret *text, const char *value)
{
	bool fits = sf_secret_add_text(text, "'");

	for (; fits && *value != '\0'; value++)
		fits = *value == '\'' ? sf_secret_add_text(text, "'\\''")
				      : sf_secret_add(text, value, 1);
	return fits && sf_secret_add_text(text, "'\n");
}

static bool add_env(struct sf_secret *text, const struct sf_token *token)
{
	char url[SF_ORIGIN_SIZE];

	sf_json_out_url(sf_token_api_origin(token), url);
	return sf_secret_add_text(text, SF_JSON_OUT_TOKEN_VARIABLE "=") &&
	       add_shell(text, sf_secret_reveal(token->access_token)) &&
	       sf_secret_add_text(text, SF_JSON_OUT_INSTANCE_VARIABLE "=") && add_shell(text, url);
}

/* Within double quotes curl reads backslash and double quote specially: both are escaped. */
static bool add_curl(struct sf_secret *text, const struct sf_token *token)
{
	bool fits = sf_secret_add_text(text, "header = \"Authorization: Bearer ");

	for (const char *p = sf_secret_reveal(token->access_token); fits && *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			fits = sf_secret_add_text(text, "\\");
		fits = fits && sf_secret_add(text, p, 1);
	}
	return fits && sf_secret_add_text(text, "\"\n");
}

enum sf_err sf_json_out_token(const struct sf_token *token, enum sf_json_out_format format,
    struct sf_secret **ret_text, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *text = sf_secret_new(SF_JSON_OUT_MAX);
	bool fits = text != NULL;

	if (!token->access_token)
		return SF_FAIL(e, SF_E_BUG, 0, "a token without an access token");
	switch (format) {
	case SF_JSON_OUT_JSON:
		return token_to_json(token, ret_text, e);
	case SF_JSON_OUT_RAW:
		fits = fits && sf_secret_add_secret(text, token->access_token) &&
		       sf_secret_add_text(text, "\n");
		break;
	case SF_JSON_OUT_HEADER:
		fits = fits && sf_secret_add_text(text, "Authorization: Bearer ") &&
		       sf_secret_add_secret(text, token->access_token) &&
		       sf_secret_add_text(text, "\n");
		break;
	case SF_JSON_OUT_ENV:
		fits = fits && add_env(text, token);
		break;
	case SF_JSON_OUT_CURL:
		fits = fits && add_curl(text, token);
		break;
	}
	if (!fits)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a token");
	*ret_text = SF_TAKE(text);
	return SF_OK;
}

enum sf_err sf_json_out_write(const struct sf_secret *text, struct sf_error *e)
{
	if (!sf_file_write_all(STDOUT_FILENO, sf_secret_reveal(text), sf_secret_len(text)))
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot write to standard output");
	return SF_OK;
}
