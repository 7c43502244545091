/*
 * Fuzzes the parser of git's credential protocol with any bytes. It must refuse them, or return
 * values without line ends, which give the same values when they are formatted and parsed again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gitcred.h"
#include "text.h"

#include "banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void add(struct sf_secret *lines, const char *key, const char *value)
{
	require(!strpbrk(value, "\r\n"));
	require(sf_secret_add_text(lines, key) && sf_secret_add_text(lines, "=") &&
		sf_secret_add_text(lines, value) && sf_secret_add_text(lines, "\n"));
}

static void require_same(const struct sf_gitcred *a, const struct sf_gitcred *b)
{
	require(strcmp(a->protocol, b->protocol) == 0 && strcmp(a->host, b->host) == 0);
	require(strcmp(a->path, b->path) == 0 && strcmp(a->username, b->username) == 0);
	require(a->has_username == b->has_username);
	require(a->password ? sf_secret_equal(a->password, b->password) : !b->password);
	require(a->credential ? sf_secret_equal(a->credential, b->credential) : !b->credential);
	require(a->is_other_scheme == b->is_other_scheme);
	require(strcmp(a->generation, b->generation) == 0);
	require(a->takes_authtype == b->takes_authtype && a->takes_state == b->takes_state);
	require(a->offers_basic == b->offers_basic && a->offers_bearer == b->offers_bearer);
}

static void add_rest(struct sf_secret *lines, const struct sf_gitcred *request)
{
	char state[64];
	struct sf_text text = SF_TEXT(state);

	require(request->generation[0] == '\0' || sf_text_is_hex(request->generation, 16));
	if (request->generation[0] != '\0' &&
	    sf_text_addf(&text, "sfoauth:%s", request->generation))
		add(lines, "state[]", state);
	if (request->is_other_scheme)
		add(lines, "authtype", "other");
	if (request->takes_authtype)
		add(lines, "capability[]", "authtype");
	if (request->takes_state)
		add(lines, "capability[]", "state");
	if (request->offers_basic)
		add(lines, "wwwauth[]", "Basic");
	if (request->offers_bearer)
		add(lines, "wwwauth[]", "Bearer");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SF_CLEANUP(sf_gitcred_clear) struct sf_gitcred request = {.password = NULL};
	SF_CLEANUP(sf_gitcred_clear) struct sf_gitcred back = {.password = NULL};
	SF_CLEANUP(sf_secret_freep)
	struct sf_secret *lines = sf_secret_new(3 * SF_GITCRED_LINE_MAX);
	char origin[SF_ORIGIN_SIZE], origin_back[SF_ORIGIN_SIZE];
	struct sf_error e;

	if (!lines || sf_gitcred_parse((const char *)data, size, &request, &e) != SF_OK)
		return 0;
	require(!memchr(data, '\r', size) && !memchr(data, '\0', size));
	const struct sf_secret *presented = sf_gitcred_presented(&request);

	require(!presented || presented == request.password || presented == request.credential);
	add(lines, "protocol", request.protocol);
	add(lines, "host", request.host);
	add(lines, "path", request.path);
	if (request.has_username)
		add(lines, "username", request.username);
	if (request.password)
		add(lines, "password", sf_secret_reveal(request.password));
	if (request.credential)
		add(lines, "credential", sf_secret_reveal(request.credential));
	add_rest(lines, &request);
	require(
	    sf_gitcred_parse(sf_secret_reveal(lines), sf_secret_len(lines), &back, &e) == SF_OK);
	require_same(&request, &back);
	sf_gitcred_origin(&request, origin);
	sf_gitcred_origin(&back, origin_back);
	require(request.too_long ? origin[0] == '\0' : strcmp(origin, origin_back) == 0);
	return 0;
}
