/*
 * Runs `git config`. Never reads or writes git's files itself: git knows includes, conditions and
 * all its files.
 */
#include "git_config.h"

#include <string.h>
#include <unistd.h>

#include "run_output.h"
#include "settings_git.h"
#include "text.h"

#include "banned.h"

#define SF_GIT_DEADLINE_MS 5000

enum sf_err sf_git_config_run(const char *const *args, char ret_out[static SF_GIT_CONFIG_SIZE],
    size_t *ret_len, int *ret_status, struct sf_error *e)
{
	const char *words[SF_RUN_OUTPUT_ARGS_MAX + 1] = {SF_GIT, "config", "-z"};
	/* The inherited environment: HOME, GIT_CONFIG_* and others decide what git reads. */
	const struct sf_run_output_params params = {
	    .words = words, .environment = environ, .limit_ms = SF_GIT_DEADLINE_MS};

	for (size_t i = 0; args[i] != NULL && i + 3 < SF_RUN_OUTPUT_ARGS_MAX; i++)
		words[i + 3] = args[i];
	return sf_run_output(&params, ret_out, SF_GIT_CONFIG_SIZE, ret_len, ret_status, e);
}

/* Store one entry of git's output, "KEY\nVALUE", in config if it is one of ours. */
static void parse_entry(const char *entry, struct sf_git_config *config)
{
	static const char org[] = "credential.sfoauthorg\n";
	static const char interactive[] = "credential.interactive\n";

	if (sf_text_starts(entry, org)) {
		/* No org has a name this long. */
		if (!sf_text_copy(config->org, sizeof(config->org), entry + strlen(org)))
			config->org[0] = '\0';
	} else if (sf_text_starts(entry, interactive)) {
		config->forbids_asking = sf_settings_git_is_false(entry + strlen(interactive));
	}
}

void sf_git_config_of(const char *url, struct sf_git_config *ret_config)
{
	const char *const args[] = {"--get-urlmatch", "credential", url, NULL};
	char out[SF_GIT_CONFIG_SIZE];
	struct sf_git_config config = {.forbids_asking = false};
	struct sf_error ignored;
	size_t len = 0;
	int status = 0;

	if (sf_git_config_run(args, out, &len, &status, &ignored) == SF_OK && status == 0) {
		for (size_t at = 0; at < len; at += strlen(out + at) + 1)
			parse_entry(out + at, &config);
	}
	*ret_config = config;
}
