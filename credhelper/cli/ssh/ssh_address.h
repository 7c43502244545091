/*
 * The address of a sign-in in a prompt of ssh: is it one of ours, and which host is it bound to?
 * The prompt comes from the server, which may be hostile and may relay the prompt of another host.
 * Pure: no I/O.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "config_fields.h"
#include "messages.h"
#include "origin.h"
#include "ui.h"

#define SF_SSH_ADDRESS_KEY_LEN   22  /* of one key's name in a state: host_keys.h of the worker */
#define SF_SSH_ADDRESS_STATE_MAX 320 /* bytes */
#define SF_SSH_ADDRESS_VALUE_MAX 512 /* bytes of any other parameter */

enum sf_ssh_address_kind {
	SF_SSH_ADDRESS_NONE,    /* no such address: a prompt of ssh itself, or another server's */
	SF_SSH_ADDRESS_BY_HAND, /* nothing wrong, but not to be answered here: see why */
	SF_SSH_ADDRESS_FORGED,  /* sfoauth on a host makes no such address: see why */
	SF_SSH_ADDRESS_BOUND,   /* ours, and the state names keys */
};

struct sf_ssh_address {
	enum sf_ssh_address_kind kind;
	enum sf_message why;      /* BY_HAND, FORGED */
	const struct sf_org *org; /* BOUND: borrowed from the configuration */
	struct sf_origin origin;  /* BOUND: of the org's login_url */
	char text[SF_UI_ADDRESS_SIZE];
	char callback[SF_SSH_ADDRESS_VALUE_MAX + 1]; /* http://localhost..., of the org */
	char state[SF_SSH_ADDRESS_STATE_MAX + 1];
};

/*
 * Look for the address in the prompt. BOUND means: exactly one authorization address; at an org of
 * the configuration; for its app; back to one of its callbacks at http://localhost; with PKCE S256;
 * for no other scopes than openid, id, api and custom_permissions; each parameter once, no further
 * one; and a state with names of keys.
 */
void sf_ssh_address_read(
    const char *prompt, const struct sf_config *config, struct sf_ssh_address *ret_address);

/*
 * Does the state name this key? fingerprint: as ssh prints it, "SHA256:" and 43 characters of
 * base64. False for every other fingerprint.
 */
SF_CHECKED bool sf_ssh_address_has_key(
    const struct sf_ssh_address *address, const char *fingerprint);
