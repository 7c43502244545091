#include "setup.h"

#include <stdlib.h>
#include <string.h>

#include "guide.h"

#include "banned.h"

static void text_freep(char **text)
{
	free(*text);
	*text = NULL;
}

static enum sf_err put(
    struct sf_setup *setup, const char *key, const char *value, struct sf_error *e)
{
	const struct sf_conf_edit edit = {.key = key, .value = value};

	return sf_setup_set(setup, "pam", &edit, e);
}

/* {user}@ and the domain that the org's people have: the usual case. */
static enum sf_err put_mapping(struct sf_setup *setup, struct sf_error *e)
{
	SF_CLEANUP(text_freep) char *mapping = NULL;
	const struct sf_pam *pam = &setup->config->pam;
	const struct sf_options *options = setup->cmd->options;
	const bool has_map = setup->config->has_pam && pam->user_map[0] != '\0';
	const bool has_template = setup->config->has_pam && pam->username_template[0] != '\0';
	const struct sf_setup_question question = {
	    .flag = "--username-template or --user-map",
	    .given = options->username_template,
	    .prompt =
		"Whose account is ada's? The Salesforce username, with {user} for the account's\n"
		"name ({user}@acme.example), or a file with a line \"ada 005...\" for each",
	    .fallback = has_map        ? pam->user_map
			: has_template ? pam->username_template
				       : NULL,
	};
	enum sf_err r = SF_OK;

	if (options->user_map == NULL)
		r = sf_setup_ask(setup, &question, &mapping, e);
	if (r != SF_OK)
		return r;

	const char *map = options->user_map != NULL ? options->user_map
			  : mapping[0] == '/'       ? mapping
						    : NULL;

	r = put(setup, "user_map", map, e);
	return r == SF_OK ? put(setup, "username_template", map == NULL ? mapping : NULL, e) : r;
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
	    .prompt =
		"Over ssh: after a key was accepted (publickey), or at once (none)? On a host\n"
		"that strangers can reach, after a key",
	    .fallback = has_factor ? "none" : "publickey",
	};
	enum sf_err r = put(setup, "org", setup->section + strlen("org "), e);

	if (r == SF_OK)
		r = put_mapping(setup, e);
	if (r == SF_OK)
		r = sf_setup_ask(setup, &question, &factor, e);
	return r == SF_OK ? put(setup, "ssh_first_factor", factor, e) : r;
}

void sf_setup_host_words(const struct sf_setup *setup)
{
	const struct sf_cmd *cmd = setup->cmd;
	const bool is_after_key = setup->config->pam.ssh_first_factor == SF_FIRST_FACTOR_PUBLICKEY;

	sf_cmd_say(cmd,
	    "\nNothing else was changed. What is left, by hand, with a root shell kept open:\n"
	    "\n1. Try it without touching any service:  sudo sfoauth try-login USER\n"
	    "\n2. /etc/pam.d/sshd: the lines with pam_sfoauth.so, two directly above the\n"
	    "   @includes that are there already, the session line at the end:\n\n%s"
	    "\n3. /etc/ssh/sshd_config.d/10-sfoauth.conf:\n\n%s%s"
	    "\n   then sshd -t, reload sshd, and log in from elsewhere before you\n"
	    "   close that shell.\n"
	    "   sudo sfoauth doctor compares all of this with what is there.\n",
	    sf_guide_stack(), sf_guide_sshd(),
	    is_after_key ? "Match User !root,*\n    AuthenticationMethods publickey,"
			   "keyboard-interactive\n"
			 : "");
}
