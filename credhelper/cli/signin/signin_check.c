#include "signin_check.h"

#include <string.h>

#include "sfid.h"
#include "sfhost.h"
#include "text.h"
#include "messages.h"

#include "banned.h"

/* `id` is https on the pinned host or on a login host, and its path is /id/ORG/USER. */
static enum sf_err split_id(const struct sf_signin_check_ask *ask, const struct sf_facts *facts,
    char ret_org[static SF_SFID_SIZE], char ret_user[static SF_SFID_SIZE], struct sf_error *e)
{
	static const char *const hosts[] = {
	    "https://login.salesforce.com", "https://test.salesforce.com"};
	const char *path = NULL;
	bool is_held = sf_origin_holds(ask->pinned, facts->id_url, &path);

	for (size_t i = 0; !is_held && i < SF_COUNT(hosts); i++) {
		struct sf_origin host;

		if (sf_origin_parse(hosts[i], &host, e) != SF_OK)
			return e->code;
		is_held = sf_origin_holds(&host, facts->id_url, &path);
	}
	if (!is_held)
		return SF_FAIL(e, SF_E_DENIED, 0, "id is on a foreign host");
	if (!sf_sfid_split(path, ret_org, ret_user))
		return SF_FAIL(e, SF_E_DENIED, 0, "id is not /id/ORGANIZATION/USER");
	return SF_OK;
}

/* A My Domain org answers as itself. Behind a login host it is whatever instance https names. */
static enum sf_err check_instance(
    const struct sf_signin_check_ask *ask, const struct sf_facts *facts, struct sf_error *e)
{
	struct sf_origin instance;

	if (sf_sfhost_is_login(ask->pinned)) {
		if (sf_origin_parse(facts->instance_url, &instance, e) != SF_OK)
			return SF_FAIL(e, SF_E_DENIED, 0, "instance_url is not an https address");
		return SF_OK;
	}
	const char *path = NULL;
	if (!sf_origin_holds(ask->pinned, facts->instance_url, &path) || path[0] != '\0')
		return SF_FAIL_MESSAGE(e, SF_E_DENIED, SF_MESSAGE_E_OTHER_ADDRESS, NULL);
	return SF_OK;
}

/* Every place that names the organization has to name the same one. */
static enum sf_err check_organization(const struct sf_signin_check_ask *ask,
    const struct sf_facts *facts, const char *id_org, struct sf_error *e)
{
	char org[SF_SFID_SIZE], token_org[SF_SFID_SIZE];

	if (!sf_sfid_parse(facts->organization_id, "00D", org) || strcmp(org, id_org) != 0)
		return SF_FAIL(e, SF_E_DENIED, 0, "the organization is not that of id");
	if (facts->token_prefix[0] != '\0' &&
	    (!sf_sfid_parse(facts->token_prefix, "00D", token_org) ||
		strcmp(token_org, id_org) != 0))
		return SF_FAIL(e, SF_E_DENIED, 0, "the token is of another organization");
	if (ask->organization_id[0] != '\0' && strcmp(ask->organization_id, id_org) != 0)
		return SF_FAIL_MESSAGE(e, SF_E_DENIED, SF_MESSAGE_E_OTHER_ORG,
		    SF_WITH({"id", id_org}, {"wanted", ask->organization_id}));
	return SF_OK;
}

enum sf_err sf_signin_check(
    const struct sf_signin_check_ask *ask, const struct sf_facts *facts, struct sf_error *e)
{
	char id_org[SF_SFID_SIZE], id_user[SF_SFID_SIZE], user[SF_SFID_SIZE];
	enum sf_err r = check_instance(ask, facts, e);

	if (r == SF_OK)
		r = split_id(ask, facts, id_org, id_user, e);
	if (r == SF_OK)
		r = check_organization(ask, facts, id_org, e);
	if (r != SF_OK)
		return r;
	if (facts->asserted_user != SF_GIVEN_TRUE)
		return SF_FAIL(e, SF_E_DENIED, 0, "the identity is not the token's own");
	if (!sf_sfid_parse(facts->user_id, "005", user) || strcmp(user, id_user) != 0)
		return SF_FAIL(e, SF_E_DENIED, 0, "the identity is about somebody else");
	if (!sf_text_is_printable(facts->username))
		return SF_FAIL(e, SF_E_DENIED, 0, "the username is missing or not plain ASCII");
	if (ask->user && !sf_text_equal_nocase(ask->user, facts->username))
		return SF_FAIL_MESSAGE(e, SF_E_DENIED, SF_MESSAGE_E_OTHER_USER,
		    SF_WITH({"username", facts->username}, {"wanted", ask->user}));
	return SF_OK;
}

static bool is_in_job(const struct sf_job *job, const char *origin)
{
	for (size_t i = 0; i < job->also_count; i++) {
		if (strcmp(job->also[i], origin) == 0)
			return true;
	}
	return false;
}

enum sf_err sf_signin_check_record(const struct sf_signin_check_ask *ask,
    const struct sf_facts *facts, const struct sf_job *job, const struct sf_token *token,
    struct sf_error *e)
{
	char org[SF_SFID_SIZE], user[SF_SFID_SIZE];
	struct sf_origin instance;

	if (strcmp(token->origin, ask->pinned->text) != 0 || !token->access_token)
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "the record is of another origin");
	if (!sf_sfid_parse(facts->organization_id, "00D", org) ||
	    !sf_sfid_parse(facts->user_id, "005", user) || strcmp(org, token->org_id) != 0 ||
	    strcmp(user, token->user_id) != 0 || strcmp(facts->username, token->username) != 0)
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "the record is of another person");
	if (sf_origin_parse(facts->instance_url, &instance, e) != SF_OK)
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "the instance is no origin");
	for (size_t i = 0; i < token->also_count; i++) {
		if (!is_in_job(job, token->also[i]) && strcmp(token->also[i], instance.text) != 0)
			return SF_FAIL(e, SF_E_PROTOCOL, 0, "the record names a foreign origin");
	}
	return SF_OK;
}

enum sf_err sf_signin_check_refreshed(const struct sf_token *old, const struct sf_job *job,
    const struct sf_token *fresh, struct sf_error *e)
{
	if (strcmp(old->origin, fresh->origin) != 0 || strcmp(old->org_id, fresh->org_id) != 0 ||
	    strcmp(old->user_id, fresh->user_id) != 0 ||
	    strcmp(old->username, fresh->username) != 0 || !fresh->access_token)
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "the refreshed token is of another sign-in");
	for (size_t i = 0; i < fresh->also_count; i++) {
		if (!sf_token_is_for(old, fresh->also[i]) && !is_in_job(job, fresh->also[i]))
			return SF_FAIL(
			    e, SF_E_PROTOCOL, 0, "the refreshed token names a foreign origin");
	}
	return SF_OK;
}
