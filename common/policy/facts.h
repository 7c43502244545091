/*
 * Facts: who signed in according to Salesforce, as the worker reports it. Plain data that nobody
 * has checked yet: identity.h and owner.h decide about it. facts_frame.h carries it between
 * programs.
 */
#pragma once

#include <stddef.h>

#define SF_FACTS_URL_SIZE        512
#define SF_FACTS_ID_SIZE         19 /* 15 or 18 characters as given, and a NUL */
#define SF_FACTS_NAME_SIZE       129
#define SF_FACTS_PERMISSIONS_MAX 64

/* A boolean in a JSON document, which may be absent. */
enum sf_given { SF_GIVEN_ABSENT, SF_GIVEN_FALSE, SF_GIVEN_TRUE };

/* Texts are as Salesforce sends them; "" means absent. */
struct sf_facts {
	char id_url[SF_FACTS_URL_SIZE];         /* `id` of the token response */
	char instance_url[SF_FACTS_URL_SIZE];   /* `instance_url` of the token response */
	char token_prefix[16];                  /* first 15 characters of an opaque access token */
	char user_id[SF_FACTS_ID_SIZE];         /* identity document */
	char organization_id[SF_FACTS_ID_SIZE]; /* identity document */
	enum sf_given asserted_user;            /* identity document */
	enum sf_given active;                   /* identity document */
	char user_type[SF_FACTS_NAME_SIZE];     /* identity document */
	char username[SF_FACTS_NAME_SIZE];      /* identity document */
	enum sf_given community; /* TRUE: sfdc_community_id or _url was in the token response */
	enum sf_given integration_user; /* userinfo: is_salesforce_integration_user */
	char permissions
	    [SF_FACTS_PERMISSIONS_MAX]
	    [SF_FACTS_NAME_SIZE]; /* identity document: custom_permissions with value true */
	size_t permission_count;
};
