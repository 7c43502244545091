/* Parse a request of git's credential protocol. Answers are formatted in gitcred_output.c. */
#include "gitcred.h"

#include <string.h>
#include <strings.h>

#include "text.h"

#include "banned.h"

/* How a state[] of sfoauth begins. All helpers share the list. */
#define STATE_PREFIX "sfoauth:"

void sf_gitcred_clear(struct sf_gitcred *request)
{
	request->password = sf_secret_free(request->password);
	request->credential = sf_secret_free(request->credential);
	sf_secret_wipe(request, sizeof(*request));
}

/* --- url= --- */

/*
 * Decode percent escapes like git's url_decode_mem: nothing before the first colon is decoded (git
 * takes it for a scheme), and %00 or an incomplete %XX is copied unchanged. NULL: no memory.
 */
static struct sf_secret *decode_percent(const char *bytes, size_t len)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *decoded = sf_secret_new(len);
	const char *colon = memchr(bytes, ':', len);
	size_t at = colon ? (size_t)(colon - bytes) : 0;

	if (!decoded || !sf_secret_add(decoded, bytes, at))
		return NULL;
	while (at < len) {
		const char *percent = memchr(bytes + at, '%', len - at);
		size_t run = percent ? (size_t)(percent - bytes) - at : len - at;

		if (!sf_secret_add(decoded, bytes + at, run))
			return NULL;
		at += run;
		if (at == len)
			break;

		int byte = sf_text_percent_byte(bytes + at, len - at);
		char c = byte > 0 ? (char)byte : '%';

		if (!sf_secret_add(decoded, &c, 1))
			return NULL;
		at += byte > 0 ? 3 : 1;
	}
	return SF_TAKE(decoded);
}

/* Copy into a field. If it does not fit, too_long is set, and no origin matches the request. */
static void set_text(
    struct sf_gitcred *request, char *field, size_t size, const char *bytes, size_t len)
{
	field[0] = '\0';
	if (len >= size) {
		request->too_long = true;
		return;
	}
	memcpy(field, bytes, len);
	field[len] = '\0';
}

/* Decode a part of a URL. A line end in it is refused: git's protocol would read a second line. */
static enum sf_err decode_part(
    const char *bytes, size_t len, struct sf_secret **ret_part, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *part = decode_percent(bytes, len);

	if (!part)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a URL");

	const char *decoded = sf_secret_reveal(part);

	if (memchr(decoded, '\n', sf_secret_len(part)) ||
	    memchr(decoded, '\r', sf_secret_len(part)))
		return SF_FAIL(e, SF_E_USAGE, 0, "url= contains an encoded line end");
	*ret_part = SF_TAKE(part);
	return SF_OK;
}

/* Decode bytes into a field, or into the password if field is NULL. */
static enum sf_err set_part(struct sf_gitcred *request, char *field, size_t size, const char *bytes,
    size_t len, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *part = NULL;
	enum sf_err r = decode_part(bytes, len, &part, e);

	if (r != SF_OK)
		return r;
	if (field)
		set_text(request, field, size, sf_secret_reveal(part), sf_secret_len(part));
	else
		request->password = SF_TAKE(part);
	return SF_OK;
}

/* Parse the user-info of a URL: NAME or NAME:PASSWORD. */
static enum sf_err set_user(
    struct sf_gitcred *request, const char *user, size_t len, struct sf_error *e)
{
	const char *colon = memchr(user, ':', len);
	size_t name_len = colon ? (size_t)(colon - user) : len;
	enum sf_err r =
	    set_part(request, request->username, sizeof(request->username), user, name_len, e);

	request->has_username = true;
	if (r != SF_OK || !colon)
		return r;
	return set_part(request, NULL, 0, colon + 1, len - name_len - 1, e);
}

/*
 * Parse SCHEME://[USER[:PASSWORD]@]HOST[/PATH] like git's credential_from_url. It replaces all
 * attributes that came before.
 */
static enum sf_err set_url(
    struct sf_gitcred *request, const char *url, size_t len, struct sf_error *e)
{
	const char *end = url + len;
	const char *mark = memmem(url, len, "://", 3);

	sf_gitcred_clear(request);
	if (!mark || mark == url)
		return SF_FAIL(e, SF_E_USAGE, 0, "url= has no scheme");
	set_text(request, request->protocol, sizeof(request->protocol), url, (size_t)(mark - url));

	const char *host = mark + 3;
	const char *slash = host;

	while (slash < end && !strchr("/?#", *slash))
		slash++;

	const char *at = memchr(host, '@', (size_t)(slash - host));
	enum sf_err r = SF_OK;

	if (at) {
		r = set_user(request, host, (size_t)(at - host), e);
		host = at + 1;
	}
	if (r == SF_OK)
		r = set_part(
		    request, request->host, sizeof(request->host), host, (size_t)(slash - host), e);
	while (slash < end && *slash == '/')
		slash++;
	while (end > slash + 1 && end[-1] == '/')
		end--;
	if (r == SF_OK && slash < end)
		r = set_part(
		    request, request->path, sizeof(request->path), slash, (size_t)(end - slash), e);
	return r;
}

/* --- lines --- */

static bool is_key(const char *key, size_t len, const char *name)
{
	return len == strlen(name) && memcmp(key, name, len) == 0;
}

/* Replace a secret attribute; the last one counts. */
static enum sf_err set_secret(
    struct sf_secret **field, const char *value, size_t len, struct sf_error *e)
{
	struct sf_secret *secret = sf_secret_from(value, len);

	if (!secret)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a password");
	sf_secret_free(*field);
	*field = secret;
	return SF_OK;
}

/* --- lists --- */

/* Whether the value is this word, without regard to case. */
static bool is_word(const char *value, size_t len, const char *word)
{
	return len == strlen(word) && strncasecmp(value, word, len) == 0;
}

static void add_capability(struct sf_gitcred *request, const char *value, size_t len)
{
	if (len == 0)
		request->takes_authtype = request->takes_state = false;
	request->takes_authtype |= is_key(value, len, "authtype");
	request->takes_state |= is_key(value, len, "state");
}

/* Take the generation from a state[] of sfoauth. States of other helpers are ignored. */
static void add_state(struct sf_gitcred *request, const char *value, size_t len)
{
	const size_t prefix_len = strlen(STATE_PREFIX);
	char generation[SF_TOKEN_GENERATION_SIZE] = "";

	if (len == 0)
		request->generation[0] = '\0';
	if (len != prefix_len + sizeof(generation) - 1 ||
	    memcmp(value, STATE_PREFIX, prefix_len) != 0)
		return;
	memcpy(generation, value + prefix_len, sizeof(generation) - 1);
	if (sf_text_is_hex(generation, sizeof(generation) - 1))
		memcpy(request->generation, generation, sizeof(generation));
}

/*
 * Find the schemes in one WWW-Authenticate header (RFC 9110, section 11.6.1). A scheme is a word at
 * the start or after a comma, if no "=" follows it. Quoted strings are skipped.
 */
static void add_wwwauth(struct sf_gitcred *request, const char *value, size_t len)
{
	if (len == 0)
		request->offers_basic = request->offers_bearer = false;
	for (size_t at = 0; at < len;) {
		size_t start = at;

		while (start < len && (value[start] == ' ' || value[start] == '\t'))
			start++;
		for (at = start; at < len && !strchr(" \t,=\"", value[at]);)
			at++;
		if (at == len || value[at] != '=') {
			request->offers_basic |= is_word(value + start, at - start, "Basic");
			request->offers_bearer |= is_word(value + start, at - start, "Bearer");
		}
		for (bool is_quoted = false; at < len && (is_quoted || value[at] != ','); at++) {
			if (is_quoted && value[at] == '\\' && at + 1 < len)
				at++;
			else if (value[at] == '"')
				is_quoted = !is_quoted;
		}
		at++;
	}
}

/* Add a value to the list attribute `key`. False: key is no list. */
static bool add_to_list(
    struct sf_gitcred *request, const char *key, size_t key_len, const char *value, size_t len)
{
	static const struct {
		const char *name;
		void (*add)(struct sf_gitcred *request, const char *value, size_t len);
	} lists[] = {
	    {"capability[]", add_capability},
	    {"state[]", add_state},
	    {"wwwauth[]", add_wwwauth},
	};

	for (size_t i = 0; i < SF_COUNT(lists); i++) {
		if (!is_key(key, key_len, lists[i].name))
			continue;
		lists[i].add(request, value, len);
		return true;
	}
	return false;
}

/* --- keys --- */

/* Set one attribute. Unknown ones are ignored, as the protocol requires. */
static enum sf_err set_key(struct sf_gitcred *request, const char *key, size_t key_len,
    const char *value, size_t len, struct sf_error *e)
{
	const struct {
		const char *name;
		char *field;
		size_t size;
	} fields[] = {
	    {"protocol", request->protocol, sizeof(request->protocol)},
	    {"host", request->host, sizeof(request->host)},
	    {"path", request->path, sizeof(request->path)},
	    {"username", request->username, sizeof(request->username)},
	};

	for (size_t i = 0; i < SF_COUNT(fields); i++) {
		if (!is_key(key, key_len, fields[i].name))
			continue;
		set_text(request, fields[i].field, fields[i].size, value, len);
		request->has_username |= fields[i].field == request->username;
		return SF_OK;
	}
	if (add_to_list(request, key, key_len, value, len))
		return SF_OK;
	if (is_key(key, key_len, "password"))
		return set_secret(&request->password, value, len, e);
	if (is_key(key, key_len, "credential"))
		return set_secret(&request->credential, value, len, e);
	if (is_key(key, key_len, "authtype"))
		request->is_other_scheme = !is_word(value, len, "Bearer");
	if (is_key(key, key_len, "url"))
		return set_url(request, value, len, e);
	return SF_OK;
}

enum sf_err sf_gitcred_parse(
    const char *bytes, size_t len, struct sf_gitcred *ret_request, struct sf_error *e)
{
	SF_CLEANUP(sf_gitcred_clear) struct sf_gitcred request = {0};
	unsigned line_no = 0;

	if (len > SF_GITCRED_INPUT_MAX)
		return SF_FAIL(
		    e, SF_E_USAGE, 0, "the request is longer than %d bytes", SF_GITCRED_INPUT_MAX);
	if (len > 0 && (memchr(bytes, '\r', len) || memchr(bytes, '\0', len)))
		return SF_FAIL(e, SF_E_USAGE, 0, "the request contains a carriage return or NUL");
	for (size_t at = 0; at < len;) {
		const char *line = bytes + at;
		const char *end = memchr(line, '\n', len - at);
		size_t line_len = end ? (size_t)(end - line) : len - at;
		const char *equals = memchr(line, '=', line_len);

		line_no++;
		if (line_len == 0)
			break;
		if (line_len > SF_GITCRED_LINE_MAX || !equals)
			return SF_FAIL(e, SF_E_USAGE, 0,
			    "line %u of the request is not key=value of at most %d bytes", line_no,
			    SF_GITCRED_LINE_MAX);

		size_t key_len = (size_t)(equals - line);
		enum sf_err r =
		    set_key(&request, line, key_len, equals + 1, line_len - key_len - 1, e);

		if (r != SF_OK)
			return r;
		at += line_len + 1;
	}
	*ret_request = request;
	request.password = request.credential = NULL;
	return SF_OK;
}

void sf_gitcred_origin(const struct sf_gitcred *request, char ret[static SF_ORIGIN_SIZE])
{
	struct sf_origin origin;

	ret[0] = '\0';
	if (!request->too_long && sf_origin_from_git(request->protocol, request->host, &origin))
		memcpy(ret, origin.text, sizeof(origin.text));
}

const struct sf_secret *sf_gitcred_presented(const struct sf_gitcred *request)
{
	if (!request->credential)
		return request->password;
	return request->is_other_scheme ? NULL : request->credential;
}
