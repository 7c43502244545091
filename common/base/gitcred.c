#include "gitcred.h"

#include <inttypes.h>
#include <string.h>

#include "text.h"

#include "banned.h"

void sf_gitcred_clear(struct sf_gitcred *request)
{
	request->password = sf_secret_free(request->password);
	sf_secret_wipe(request, sizeof *request);
}

/* --- url= --- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/*
 * As git's url_decode_mem: up to the first colon nothing is decoded (git takes that for a scheme),
 * and %00 or a broken %XX stays as it is.
 */
static struct sf_secret *decode(const char *bytes, size_t len)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *decoded = sf_secret_new(len);
	const char *colon = memchr(bytes, ':', len);
	size_t at = colon ? (size_t)(colon - bytes) : 0;

	if (!decoded || !sf_secret_add(decoded, bytes, at))
		return NULL;
	while (at < len) {
		const char *percent = memchr(bytes + at, '%', len - at);
		size_t run = percent ? (size_t)(percent - bytes) - at : len - at;
		int high = -1, low = -1;

		if (!sf_secret_add(decoded, bytes + at, run))
			return NULL;
		at += run;
		if (at == len)
			break;
		if (len - at >= 3) {
			high = hex_digit(bytes[at + 1]);
			low = hex_digit(bytes[at + 2]);
		}

		bool valid = high >= 0 && low >= 0 && high + low > 0;
		char c = valid ? (char)(high << 4 | low) : '%';

		if (!sf_secret_add(decoded, &c, 1))
			return NULL;
		at += valid ? 3 : 1;
	}
	return SF_TAKE(decoded);
}

/* Copy into a field of the request. What does not fit makes the request none of ours. */
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

/* A decoded part of an address. A line end in it would be a line of its own later. */
static enum sf_err decode_part(
    const char *bytes, size_t len, struct sf_secret **ret_part, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *part = decode(bytes, len);

	if (!part)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for an address");

	const char *decoded = sf_secret_reveal(part);

	if (memchr(decoded, '\n', sf_secret_len(part)) ||
	    memchr(decoded, '\r', sf_secret_len(part)))
		return SF_FAIL(e, SF_E_USAGE, 0, "url= holds an encoded line end");
	*ret_part = SF_TAKE(part);
	return SF_OK;
}

/* Decode bytes into a field, or, where field is NULL, into the password. */
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

/* The user's part of an address: NAME or NAME:PASSWORD. */
static enum sf_err set_user(
    struct sf_gitcred *request, const char *user, size_t len, struct sf_error *e)
{
	const char *colon = memchr(user, ':', len);
	size_t name_len = colon ? (size_t)(colon - user) : len;
	enum sf_err r =
	    set_part(request, request->username, sizeof request->username, user, name_len, e);

	request->has_username = true;
	if (r != SF_OK || !colon)
		return r;
	return set_part(request, NULL, 0, colon + 1, len - name_len - 1, e);
}

/* SCHEME://[USER[:PASSWORD]@]HOST[/PATH], which replaces all that was said before. */
static enum sf_err set_url(
    struct sf_gitcred *request, const char *url, size_t len, struct sf_error *e)
{
	const char *end = url + len;
	const char *mark = memmem(url, len, "://", 3);

	sf_gitcred_clear(request);
	if (!mark || mark == url)
		return SF_FAIL(e, SF_E_USAGE, 0, "url= has no scheme");
	set_text(request, request->protocol, sizeof request->protocol, url, (size_t)(mark - url));

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
		    request, request->host, sizeof request->host, host, (size_t)(slash - host), e);
	while (slash < end && *slash == '/')
		slash++;
	while (end > slash + 1 && end[-1] == '/')
		end--;
	if (r == SF_OK && slash < end)
		r = set_part(
		    request, request->path, sizeof request->path, slash, (size_t)(end - slash), e);
	return r;
}

/* --- lines --- */

static bool is_key(const char *key, size_t len, const char *name)
{
	return len == strlen(name) && memcmp(key, name, len) == 0;
}

static enum sf_err set_password(
    struct sf_gitcred *request, const char *value, size_t len, struct sf_error *e)
{
	struct sf_secret *password = sf_secret_from(value, len);

	if (!password)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a password");
	sf_secret_free(request->password);
	request->password = password;
	return SF_OK;
}

static enum sf_err set_key(struct sf_gitcred *request, const char *key, size_t key_len,
    const char *value, size_t len, struct sf_error *e)
{
	const struct {
		const char *name;
		char *field;
		size_t size;
	} fields[] = {
	    {"protocol", request->protocol, sizeof request->protocol},
	    {"host", request->host, sizeof request->host},
	    {"path", request->path, sizeof request->path},
	    {"username", request->username, sizeof request->username},
	};

	for (size_t i = 0; i < SF_COUNT(fields); i++) {
		if (!is_key(key, key_len, fields[i].name))
			continue;
		set_text(request, fields[i].field, fields[i].size, value, len);
		request->has_username |= fields[i].field == request->username;
		return SF_OK;
	}
	if (is_key(key, key_len, "password"))
		return set_password(request, value, len, e);
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
		return SF_FAIL(e, SF_E_USAGE, 0, "the request holds a carriage return or NUL");
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
	request.password = NULL;
	return SF_OK;
}

void sf_gitcred_origin(const struct sf_gitcred *request, char ret[static SF_ORIGIN_SIZE])
{
	struct sf_origin origin;

	ret[0] = '\0';
	if (!request->too_long && sf_origin_from_git(request->protocol, request->host, &origin))
		memcpy(ret, origin.text, sizeof origin.text);
}

/* --- the answer --- */

/* Neither may bring a line of its own into git's protocol. */
static bool is_one_line(const struct sf_token *token)
{
	const char *bytes = sf_secret_reveal(token->access_token);

	for (size_t i = 0; i < sf_secret_len(token->access_token); i++)
		if (bytes[i] < ' ' || bytes[i] > '~')
			return false;
	return sf_text_is_clean(token->username, strlen(token->username));
}

enum sf_err sf_gitcred_answer(
    const struct sf_token *token, struct sf_secret **ret_text, struct sf_error *e)
{
	char expiry[64];
	struct sf_text expiry_text = SF_TEXT(expiry);

	if (!token->access_token || !is_one_line(token))
		return SF_FAIL(e, SF_E_BUG, 0, "a token to answer with is empty or not one line");
	if (!sf_text_addf(&expiry_text, "\npassword_expiry_utc=%" PRIu64 "\n", token->expires_at))
		return SF_FAIL(e, SF_E_BUG, 0, "the expiry does not fit");

	SF_CLEANUP(sf_secret_freep)
	struct sf_secret *text = sf_secret_new(
	    sf_secret_len(token->access_token) + sizeof token->username + sizeof expiry + 32);

	if (!text || !sf_secret_add_text(text, "username=") ||
	    !sf_secret_add_text(text, token->username) ||
	    !sf_secret_add_text(text, "\npassword=") ||
	    !sf_secret_add_secret(text, token->access_token) || !sf_secret_add_text(text, expiry))
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for an answer");
	*ret_text = SF_TAKE(text);
	return SF_OK;
}
