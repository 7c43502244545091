/*
 * What Salesforce may say of a new sign-in, and who says yes to it. The module (test_identity.c)
 * and the command (test_signin_check.c) run the same rows. cmocka.h and identity_policy.h come
 * first.
 */
#pragma once

#include "facts.h"
#include "origin.h"
#include "rule.h"
#include "text.h"

#define ACME  "https://acme.my.salesforce.com"
#define LOGIN "https://login.salesforce.com"
#define CHINA "https://acme.my.sfcrmproducts.cn"
#define ARMY  "https://acme.my.salesforce.mil"
#define IDS   "/id/" ORG18 "/" USER18
/* A flag that is given, false or absent; what a row does not set is as a good sign-in has it. */
#define FLAG(value) ((value) + 1)

static const char for_itself[] =
    "rule 5 says who may log in to a host; a token is its owner's anyway";
static const char no_account[] = "the command has no account that a user is mapped to";
static const char may_learn[] =
    "only [pam] needs a login_url and an organization_id that pin one org";

/* NULL is good: Ada of acme, whose login_url is her My Domain and whose organization is pinned. */
static const struct owner_case {
	const char *login_url, *organization_id; /* of the configuration */
	const char *id_url, *instance_url, *token_prefix;
	const char *document_org, *document_user, *user_type, *username;
	int asserted_user, active, integration_user, community; /* FLAG() */
	enum sf_rule rule;                                      /* of the module */
	const char
	    *differs; /* why the command says yes where the module says no; NULL: no such case */
} owner_cases[] = {
    {.rule = SF_RULE_NONE},
    /* Rule 2: instance_url */
    {.instance_url = "", .rule = SF_RULE_INSTANCE_URL},
    {.instance_url = ACME "/"},
    {.instance_url = ACME "//", .rule = SF_RULE_INSTANCE_URL},
    {.instance_url = ACME "/x", .rule = SF_RULE_INSTANCE_URL},
    {.instance_url = ACME "?", .rule = SF_RULE_INSTANCE_URL},
    {.instance_url = ACME "/?", .rule = SF_RULE_INSTANCE_URL},
    {.instance_url = ACME "#", .rule = SF_RULE_INSTANCE_URL},
    {.instance_url = ACME ".evil.test", .rule = SF_RULE_INSTANCE_URL},
    {.instance_url = ACME ":443", .rule = SF_RULE_INSTANCE_URL},
    {.instance_url = ACME ".", .rule = SF_RULE_INSTANCE_URL},
    {.instance_url = "https://evil.my.salesforce.com", .rule = SF_RULE_INSTANCE_URL},
    {.instance_url = "https://u@acme.my.salesforce.com", .rule = SF_RULE_INSTANCE_URL},
    {.instance_url = "https://ACME.my.salesforce.com", .rule = SF_RULE_INSTANCE_URL},
    {.instance_url = "http://acme.my.salesforce.com", .rule = SF_RULE_INSTANCE_URL},
    {.instance_url = LOGIN, .rule = SF_RULE_INSTANCE_URL},
    {.login_url = ACME ":8443"},
    {.login_url = ACME ":8443", .instance_url = ACME, .rule = SF_RULE_INSTANCE_URL},
    /* Rule 2: instance_url behind a login host, which the command learns */
    {.login_url = LOGIN, .instance_url = ACME, .rule = SF_RULE_INSTANCE_URL, .differs = may_learn},
    {.login_url = LOGIN,
	.instance_url = ACME "/",
	.rule = SF_RULE_INSTANCE_URL,
	.differs = may_learn},
    {.login_url = "https://test.sfcrmproducts.cn",
	.instance_url = CHINA,
	.id_url = "https://test.sfcrmproducts.cn" IDS,
	.rule = SF_RULE_INSTANCE_URL,
	.differs = may_learn},
    {.login_url = LOGIN, .instance_url = LOGIN, .rule = SF_RULE_INSTANCE_URL},
    {.login_url = LOGIN, .instance_url = CHINA, .rule = SF_RULE_INSTANCE_URL},
    {.login_url = LOGIN, .instance_url = ACME ":8443", .rule = SF_RULE_INSTANCE_URL},
    {.login_url = LOGIN, .instance_url = "https://evil.example", .rule = SF_RULE_INSTANCE_URL},
    {.login_url = LOGIN,
	.instance_url = "https://ACME.my.salesforce.com",
	.rule = SF_RULE_INSTANCE_URL},
    {.login_url = LOGIN,
	.instance_url = "http://acme.my.salesforce.com",
	.rule = SF_RULE_INSTANCE_URL},
    /* Rule 2: id */
    {.id_url = "", .rule = SF_RULE_ID_URL},
    {.id_url = ACME IDS},
    {.id_url = "https://test.salesforce.com" IDS},
    {.id_url = ACME "/id/" ORG15 "/" USER15},
    {.id_url = LOGIN IDS "?version=latest"},
    {.id_url = "https://evil.my.salesforce.com" IDS, .rule = SF_RULE_ID_URL},
    {.id_url = LOGIN ".evil.test" IDS, .rule = SF_RULE_ID_URL},
    {.id_url = LOGIN ":443" IDS, .rule = SF_RULE_ID_URL},
    {.id_url = LOGIN "." IDS, .rule = SF_RULE_ID_URL},
    {.id_url = "https://a@login.salesforce.com" IDS, .rule = SF_RULE_ID_URL},
    {.id_url = "https://Login.salesforce.com" IDS, .rule = SF_RULE_ID_URL},
    {.id_url = "http://login.salesforce.com" IDS, .rule = SF_RULE_ID_URL},
    {.id_url = LOGIN IDS "/x", .rule = SF_RULE_ID_URL},
    {.id_url = LOGIN "/x" IDS, .rule = SF_RULE_ID_URL},
    {.id_url = LOGIN "/id/" ORG18, .rule = SF_RULE_ID_URL},
    /* Rule 2: id on a login host of login_url's own family */
    {.id_url = "https://login.sfcrmproducts.cn" IDS, .rule = SF_RULE_ID_URL},
    {.id_url = "https://login.salesforce.mil" IDS, .rule = SF_RULE_ID_URL},
    {.login_url = CHINA, .id_url = CHINA IDS},
    {.login_url = CHINA, .id_url = "https://login.sfcrmproducts.cn" IDS},
    {.login_url = CHINA, .id_url = "https://test.sfcrmproducts.cn" IDS},
    {.login_url = CHINA, .id_url = LOGIN IDS, .rule = SF_RULE_ID_URL},
    {.login_url = ARMY, .id_url = "https://login.salesforce.mil" IDS},
    {.login_url = ARMY,
	.id_url = "https://login.salesforce.mil.evil.test" IDS,
	.rule = SF_RULE_ID_URL},
    {.login_url = ARMY, .id_url = LOGIN IDS, .rule = SF_RULE_ID_URL},
    {.login_url = "https://acme.my-salesforce.com", .id_url = LOGIN IDS},
    {.login_url = "https://acme.example", .id_url = "https://acme.example" IDS},
    {.login_url = "https://acme.example", .id_url = LOGIN IDS, .rule = SF_RULE_ID_URL},
    {.login_url = "https://acme.example",
	.id_url = "https://login.acme.example" IDS,
	.rule = SF_RULE_ID_URL},
    {.login_url = LOGIN,
	.instance_url = ACME,
	.id_url = "https://test.salesforce.com" IDS,
	.rule = SF_RULE_INSTANCE_URL,
	.differs = may_learn},
    {.login_url = LOGIN, .instance_url = ACME, .id_url = ACME IDS, .rule = SF_RULE_INSTANCE_URL},
    /* Rule 3 */
    {.id_url = LOGIN "/id/" ORG_CASE "/" USER18, .rule = SF_RULE_ORG_MISMATCH},
    {.organization_id = ORG_CASE, .rule = SF_RULE_ORG_MISMATCH},
    {.organization_id = "", .rule = SF_RULE_ORG_MISMATCH, .differs = may_learn},
    {.organization_id = "", .document_org = ORG_CASE, .rule = SF_RULE_ORG_MISMATCH},
    {.organization_id = "", .token_prefix = "00D5f000000aBcd", .rule = SF_RULE_ORG_MISMATCH},
    {.document_org = "", .rule = SF_RULE_ORG_MISMATCH},
    {.document_org = ORG15},
    {.document_org = ORG_CASE, .rule = SF_RULE_ORG_MISMATCH},
    {.document_org = "00D5f000000abcd", .rule = SF_RULE_ORG_MISMATCH},
    {.token_prefix = ""},
    {.token_prefix = "00D5f000000aBcd", .rule = SF_RULE_ORG_MISMATCH},
    {.token_prefix = "00D5f000000Abc", .rule = SF_RULE_ORG_MISMATCH},
    {.token_prefix = USER15, .rule = SF_RULE_ORG_MISMATCH},
    /* Rule 4 */
    {.asserted_user = FLAG(SF_GIVEN_ABSENT), .rule = SF_RULE_NOT_ASSERTED},
    {.asserted_user = FLAG(SF_GIVEN_FALSE), .rule = SF_RULE_NOT_ASSERTED},
    {.document_user = "", .rule = SF_RULE_USER_MISMATCH},
    {.document_user = USER15},
    {.document_user = OTHER_USER, .rule = SF_RULE_USER_MISMATCH},
    {.id_url = LOGIN "/id/" ORG18 "/" OTHER_USER, .rule = SF_RULE_USER_MISMATCH},
    /* Rule 5 */
    {.active = FLAG(SF_GIVEN_ABSENT), .rule = SF_RULE_INACTIVE, .differs = for_itself},
    {.active = FLAG(SF_GIVEN_FALSE), .rule = SF_RULE_INACTIVE, .differs = for_itself},
    {.user_type = "", .rule = SF_RULE_USER_TYPE, .differs = for_itself},
    {.user_type = "standard", .rule = SF_RULE_USER_TYPE, .differs = for_itself},
    {.user_type = "CSP_LITE_PORTAL", .rule = SF_RULE_USER_TYPE, .differs = for_itself},
    {.integration_user = FLAG(SF_GIVEN_ABSENT)},
    {.integration_user = FLAG(SF_GIVEN_TRUE),
	.rule = SF_RULE_INTEGRATION_USER,
	.differs = for_itself},
    {.community = FLAG(SF_GIVEN_FALSE), .rule = SF_RULE_SITE_USER, .differs = for_itself},
    {.community = FLAG(SF_GIVEN_TRUE), .rule = SF_RULE_SITE_USER, .differs = for_itself},
    /* Rule 6; without a username the command has no name for what it stores */
    {.username = "ADA@Acme.Example"},
    {.username = "", .rule = SF_RULE_NOT_MAPPED},
    {.username = "kim@acme.example", .rule = SF_RULE_NOT_MAPPED, .differs = no_account},
    {.username = "ada@acme.example.evil", .rule = SF_RULE_NOT_MAPPED, .differs = no_account},
    {.username = "xada@acme.example", .rule = SF_RULE_NOT_MAPPED, .differs = no_account},
    {.username = "ada", .rule = SF_RULE_NOT_MAPPED, .differs = no_account},
};

static inline const char *owner_or(const char *text, const char *good)
{
	return text ? text : good;
}

static inline enum sf_given owner_flag(int flag, enum sf_given good)
{
	return flag > 0 ? (enum sf_given)(flag - 1) : good;
}

/* The row's facts, and the origin of its login_url. */
static inline void owner_facts(
    const struct owner_case *row, struct sf_origin *ret_login, struct sf_facts *ret)
{
	const char *login_url = owner_or(row->login_url, ACME);
	struct sf_error e;

	assert_int_equal(sf_origin_parse(login_url, ret_login, &e), SF_OK);
	*ret = (struct sf_facts){
	    .asserted_user = owner_flag(row->asserted_user, SF_GIVEN_TRUE),
	    .active = owner_flag(row->active, SF_GIVEN_TRUE),
	    .integration_user = owner_flag(row->integration_user, SF_GIVEN_FALSE),
	    .community = owner_flag(row->community, SF_GIVEN_ABSENT),
	};

	const struct {
		char *to;
		size_t size;
		const char *text;
	} texts[] = {
	    {ret->id_url, sizeof(ret->id_url), owner_or(row->id_url, LOGIN IDS)},
	    {ret->instance_url, sizeof(ret->instance_url), owner_or(row->instance_url, login_url)},
	    {ret->token_prefix, sizeof(ret->token_prefix), owner_or(row->token_prefix, ORG15)},
	    {ret->organization_id, sizeof(ret->organization_id),
		owner_or(row->document_org, ORG18)},
	    {ret->user_id, sizeof(ret->user_id), owner_or(row->document_user, USER18)},
	    {ret->user_type, sizeof(ret->user_type), owner_or(row->user_type, "STANDARD")},
	    {ret->username, sizeof(ret->username), owner_or(row->username, "ada@acme.example")},
	};

	for (size_t i = 0; i < SF_COUNT(texts); i++)
		assert_true(sf_text_copy(texts[i].to, texts[i].size, texts[i].text));
}
