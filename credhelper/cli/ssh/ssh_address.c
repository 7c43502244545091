/*
 * Parses and checks the authorization address in a prompt. Stricter than a browser: whatever the
 * worker of a host does not write is refused.
 */
#include "ssh_address.h"

#include <string.h>

#include "form_value.h"
#include "text.h"

#include "banned.h"

#define MARK            "/services/oauth2/authorize?"
#define BLANKS          " \t\r\n"
#define BASE64_URL      SF_TEXT_NAME
#define FINGERPRINT     "SHA256:"
#define FINGERPRINT_LEN (sizeof(FINGERPRINT) - 1 + 43)
#define CHALLENGE_LEN   43
#define RANDOM_MIN      22 /* characters in front of the dot: 132 bits */
#define KEYS_MAX        8

/* The parameters that the worker sends, in any order. */
enum parameter { TYPE, CLIENT, CALLBACK, SCOPE, STATE, CHALLENGE, METHOD, HINT, COUNT };
static const char names[COUNT][24] = {[TYPE] = "response_type",
    [CLIENT] = "client_id",
    [CALLBACK] = "redirect_uri",
    [SCOPE] = "scope",
    [STATE] = "state",
    [CHALLENGE] = "code_challenge",
    [METHOD] = "code_challenge_method",
    [HINT] = "login_hint"};

/* The decoded values; "" for one that is not given. */
struct parameters {
	bool is_given[COUNT];
	char values[COUNT][SF_SSH_ADDRESS_VALUE_MAX + 1];
};

/* Copy the only word with the mark from the prompt. False: there are several, or it is too long. */
static bool copy_word(const char *prompt, const char *mark, struct sf_ssh_address *address)
{
	struct sf_text text = SF_TEXT(address->text);
	const char *begin = mark;

	while (begin > prompt && !strchr(BLANKS, begin[-1]))
		begin--;
	return !strstr(mark + 1, MARK) && sf_text_add_bytes(&text, begin, strcspn(begin, BLANKS)) &&
	       sf_text_is_printable(address->text);
}

/* Split and decode the query. False: a parameter is unknown, repeated, malformed or too long. */
static bool read_parameters(const char *query, struct parameters *ret)
{
	for (const char *at = query;; at++) {
		const size_t len = strcspn(at, "&"), name_len = strcspn(at, "=&");
		size_t which = 0;

		while (which < COUNT && (strlen(names[which]) != name_len ||
					    strncmp(names[which], at, name_len) != 0))
			which++;
		if (which == COUNT || ret->is_given[which] || name_len == len ||
		    sf_form_value_decode(at + name_len + 1, len - name_len - 1, ret->values[which],
			sizeof(ret->values[which])) != SF_FORM_VALUE_WHOLE)
			return false;
		ret->is_given[which] = true;
		at += len;
		if (*at == '\0')
			return true;
	}
}

/* Only scopes that a host asks for, and at least one. */
static bool are_scopes(const char *scope)
{
	static const char *const allowed[] = {"openid", "id", "api", "custom_permissions"};

	for (;; scope++) {
		const size_t len = strcspn(scope, " ");
		bool is_known = false;

		for (size_t i = 0; i < SF_COUNT(allowed); i++)
			is_known = is_known || (strlen(allowed[i]) == len &&
						   strncmp(allowed[i], scope, len) == 0);
		if (!is_known)
			return false;
		scope += len;
		if (*scope == '\0')
			return true;
	}
}

/* Random text, a dot, and the names of one to eight keys. */
static bool is_state(const char *state)
{
	const char *dot = strchr(state, '.');
	const size_t len = strlen(dot + 1);

	return dot - state >= RANDOM_MIN && strspn(state, BASE64_URL) == (size_t)(dot - state) &&
	       len > 0 && len % SF_SSH_ADDRESS_KEY_LEN == 0 &&
	       len <= (size_t)KEYS_MAX * SF_SSH_ADDRESS_KEY_LEN &&
	       sf_text_has_only(dot + 1, BASE64_URL);
}

/* What is wrong with the address of an app that is ours; SF_MESSAGE_COUNT: nothing. */
static enum sf_message find_flaw(
    const struct parameters *parameters, const struct sf_ssh_address *address)
{
	if (strcmp(parameters->values[TYPE], "code") != 0 ||
	    strcmp(parameters->values[METHOD], "S256") != 0 ||
	    strlen(parameters->values[CHALLENGE]) != CHALLENGE_LEN ||
	    !sf_text_has_only(parameters->values[CHALLENGE], BASE64_URL))
		return SF_MESSAGE_SSH_NO_PROOF;
	if (!are_scopes(parameters->values[SCOPE]))
		return SF_MESSAGE_SSH_SCOPES;
	if (!sf_list_has(&address->org->callback, parameters->values[CALLBACK]))
		return SF_MESSAGE_SSH_CALLBACK;
	if (strlen(parameters->values[STATE]) > SF_SSH_ADDRESS_STATE_MAX ||
	    (strchr(parameters->values[STATE], '.') && !is_state(parameters->values[STATE])))
		return SF_MESSAGE_SSH_MALFORMED;
	return SF_MESSAGE_COUNT;
}

/* The org of the address: its host, and its app. NULL: none. */
static const struct sf_org *find_org(const struct sf_config *config, const char *client,
    const char *text, struct sf_origin *ret_origin)
{
	for (size_t i = 0; i < config->org_count; i++) {
		const struct sf_org *org = &config->orgs[i];
		const char *path = NULL;
		struct sf_error ignored;

		if (sf_origin_parse(org->login_url, ret_origin, &ignored) == SF_OK &&
		    sf_origin_holds(ret_origin, text, &path) && sf_text_starts(path, MARK) &&
		    org->client_id[0] != '\0' && strcmp(org->client_id, client) == 0)
			return org;
	}
	return NULL;
}

/* Set the verdict and its sentence; everything else stays as it is. */
static void set(struct sf_ssh_address *address, enum sf_ssh_address_kind kind, enum sf_message why)
{
	address->kind = kind;
	address->why = why;
}

void sf_ssh_address_read(
    const char *prompt, const struct sf_config *config, struct sf_ssh_address *ret_address)
{
	struct parameters parameters = {0};
	const char *mark = strstr(prompt, MARK);
	enum sf_message flaw;

	memset(ret_address, 0, sizeof(*ret_address));
	ret_address->kind = SF_SSH_ADDRESS_NONE;
	if (!mark)
		return;
	if (!copy_word(prompt, mark, ret_address) ||
	    !read_parameters(strstr(ret_address->text, MARK) + strlen(MARK), &parameters)) {
		set(ret_address, SF_SSH_ADDRESS_FORGED, SF_MESSAGE_SSH_MALFORMED);
		return;
	}
	ret_address->org =
	    find_org(config, parameters.values[CLIENT], ret_address->text, &ret_address->origin);
	if (!ret_address->org) {
		set(ret_address, SF_SSH_ADDRESS_BY_HAND, SF_MESSAGE_SSH_OTHER_ORG);
		return;
	}
	/* From here on the address claims to be ours: what does not fit is an attack or a bug. */
	flaw = find_flaw(&parameters, ret_address);
	if (flaw != SF_MESSAGE_COUNT) {
		set(ret_address, SF_SSH_ADDRESS_FORGED, flaw);
		return;
	}
	if (!strchr(parameters.values[STATE], '.')) {
		set(ret_address, SF_SSH_ADDRESS_BY_HAND, SF_MESSAGE_SSH_UNBOUND);
		return;
	}
	/* A page of Salesforce's own: only the person sees the address where the browser ends. */
	if (!sf_text_starts(parameters.values[CALLBACK], "http://localhost")) {
		set(ret_address, SF_SSH_ADDRESS_BY_HAND, SF_MESSAGE_SSH_PAGE);
		return;
	}
	memcpy(ret_address->callback, parameters.values[CALLBACK], sizeof(ret_address->callback));
	memcpy(ret_address->state, parameters.values[STATE], sizeof(ret_address->state));
	ret_address->state[SF_SSH_ADDRESS_STATE_MAX] = '\0';
	ret_address->kind = SF_SSH_ADDRESS_BOUND;
}

bool sf_ssh_address_has_key(const struct sf_ssh_address *address, const char *fingerprint)
{
	const char *keys = strchr(address->state, '.');
	char name[SF_SSH_ADDRESS_KEY_LEN];

	if (address->kind != SF_SSH_ADDRESS_BOUND || !keys ||
	    strlen(fingerprint) != FINGERPRINT_LEN || !sf_text_starts(fingerprint, FINGERPRINT))
		return false;
	/* From base64 to base64url. */
	for (size_t i = 0; i < sizeof(name); i++) {
		const char digit = fingerprint[sizeof(FINGERPRINT) - 1 + i];

		name[i] = digit == '+' ? '-' : digit == '/' ? '_' : digit;
	}
	for (keys++; *keys != '\0'; keys += sizeof(name))
		if (memcmp(keys, name, sizeof(name)) == 0)
			return true;
	return false;
}
