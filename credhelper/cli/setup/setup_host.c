/*
 * The part of sfoauth setup --host: the section [pam], and the steps that are left to root. It does
 * not edit /etc/pam.d or sshd_config: a mistake there locks everybody out.
 */
#include "setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "list.h"
#include "setup_guide.h"
#include "text.h"

#include "banned.h"

#define SF_MAPPING_PROMPT_SIZE 512
#define SF_FLOWS_SIZE          64

static void text_freep(char **text)
{
	free(*text);
	*text = NULL;
}

/* Set a key in [pam]; a NULL value removes it. */
static enum sf_err put_key(
    struct sf_setup *setup, const char *key, const char *value, struct sf_error *e)
{
	const struct sf_conf_edit edit = {.key = key, .value = value};

	return sf_setup_set(setup, "pam", &edit, e);
}

/* A path (user_map) or a username with {user} (username_template). */
static bool is_mapping(const char *typed)
{
	return typed[0] == '/' || strstr(typed, "{user}") != NULL;
}

/*
 * Set user_map or username_template, and remove the other one: the configuration takes only one.
 * The prompts contain {user} literally, which sf_message_add() keeps by replacing it with itself.
 */
static enum sf_err put_mapping(struct sf_setup *setup, struct sf_error *e)
{
	SF_CLEANUP(text_freep) char *mapping = NULL;
	const struct sf_pam *pam = &setup->config->pam;
	const struct sf_options *options = setup->cmd->options;
	const bool has_map = setup->config->has_pam && pam->user_map[0] != '\0';
	const bool has_template = setup->config->has_pam && pam->username_template[0] != '\0';
	char prompt[SF_MAPPING_PROMPT_SIZE], again[SF_MAPPING_PROMPT_SIZE];
	struct sf_text text = SF_TEXT(prompt), again_text = SF_TEXT(again);
	const struct sf_setup_question question = {
	    .flag = "--username-template",
	    .or_flag = "--user-map",
	    .given = options->username_template,
	    .prompt = prompt,
	    .fits = is_mapping,
	    .again = again,
	    .fallback = has_map        ? pam->user_map
			: has_template ? pam->username_template
				       : NULL,
	};
	enum sf_err r = SF_OK;

	(void)!sf_message_add(&text, SF_MESSAGE_ASK_MAPPING, SF_WITH({"user", "{user}"}));
	(void)!sf_message_add(
	    &again_text, SF_MESSAGE_ASK_MAPPING_AGAIN, SF_WITH({"user", "{user}"}));
	if (!options->user_map)
		r = sf_setup_ask(setup, &question, &mapping, e);
	if (r != SF_OK)
		return r;

	const char *map = options->user_map != NULL ? options->user_map
			  : mapping[0] == '/'       ? mapping
						    : NULL;

	r = put_key(setup, "user_map", map, e);
	return r == SF_OK ? put_key(setup, "username_template", !map ? mapping : NULL, e) : r;
}

static bool is_factor(const char *typed)
{
	return strcmp(typed, "publickey") == 0 || strcmp(typed, "none") == 0;
}

enum sf_err sf_setup_host_policy(struct sf_setup *setup, struct sf_error *e)
{
	SF_CLEANUP(text_freep) char *factor = NULL;
	const struct sf_pam *pam = &setup->config->pam;
	const bool has_factor =
	    setup->config->has_pam && pam->ssh_first_factor == SF_FIRST_FACTOR_NONE;
	const struct sf_setup_question question = {
	    .flag = "--first-factor",
	    .given = setup->cmd->options->first_factor,
	    .prompt = sf_message_row(SF_MESSAGE_ASK_FIRST_FACTOR),
	    .fallback = has_factor ? "none" : "publickey",
	    .fits = is_factor,
	};
	enum sf_err r = put_key(setup, "org", setup->section + strlen("org "), e);

	if (r == SF_OK)
		r = put_mapping(setup, e);
	if (r == SF_OK)
		r = sf_setup_ask(setup, &question, &factor, e);
	return r == SF_OK ? put_key(setup, "ssh_first_factor", factor, e) : r;
}

enum sf_err sf_setup_host_flows(
    struct sf_setup *setup, const struct sf_setup_trial *trial, struct sf_error *e)
{
	const char *flow = setup->cmd->options->flow;
	char flows[SF_FLOWS_SIZE];
	struct sf_text text = SF_TEXT(flows);

	if (flow)
		return put_key(setup, "flows", flow, e);
	if (!trial->flow || sf_list_has(&setup->config->pam.flows, trial->flow))
		return SF_OK;
	/* flow = auto tries device first. */
	(void)sf_text_addf(&text, "%s %s", sf_flows_name(SF_FLOW_DEVICE), trial->flow);
	return put_key(setup, "flows", flows, e);
}

void sf_setup_host_words(const struct sf_setup *setup)
{
	const struct sf_pam *pam = &setup->config->pam;

	if (setup->cmd->options->is_quiet)
		return;
	if (pam->user_map[0] != '\0' && access(pam->user_map, F_OK) != 0)
		sf_message_print(
		    stderr, SF_MESSAGE_HOST_LEFT_MAP, SF_WITH({"file", pam->user_map}));
	sf_message_print(stderr, SF_MESSAGE_HOST_LEFT, NULL);
	sf_setup_guide_print_stack(stderr, /* has_session= */ true);
	sf_message_print(stderr, SF_MESSAGE_HOST_LEFT_SSHD, NULL);
	(void)fputs(sf_setup_guide_sshd(), stderr);
	if (pam->ssh_first_factor == SF_FIRST_FACTOR_PUBLICKEY)
		(void)fputs("Match User !root,!rescue,*\n"
			    "    AuthenticationMethods publickey,keyboard-interactive\n",
		    stderr);
	sf_message_print(stderr, SF_MESSAGE_HOST_LEFT_END, NULL);
}
