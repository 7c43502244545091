/* Read configuration files: who must own them, and when a user's file is ignored. */
#include "config_load.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "file.h"

#include "banned.h"

static void free_textp(char **text)
{
	free(*text);
	*text = NULL;
}

enum sf_err sf_config_load(const char *path, struct sf_config **ret_config, struct sf_error *e)
{
	SF_CLEANUP(free_textp) char *text = NULL;
	const struct sf_file_params file = {
	    .path = path, .max = SF_CONFIG_FILE_MAX, .check_directories = true};
	const struct sf_config_params params = {.name = path, .allow_pam = true};
	size_t len = 0;
	enum sf_err r = sf_file_read(&file, &text, &len, e);

	if (r != SF_OK)
		return r;
	return sf_config_parse(&params, text, len, ret_config, e);
}

enum sf_err sf_config_load_user(
    const char *path, struct sf_config **ret_config, bool *ret_skipped, struct sf_error *e)
{
	SF_CLEANUP(free_textp) char *text = NULL;
	const struct sf_file_params file = {
	    .path = path, .max = SF_CONFIG_FILE_MAX, .own_only = true};
	const struct sf_config_params params = {.name = path, .allow_pam = false};
	const struct sf_config_params nothing = {.name = "empty", .allow_pam = false};
	bool is_privileged = geteuid() == 0 || getauxval(AT_SECURE) != 0;
	size_t len = 0;
	enum sf_err r;

	*ret_skipped = false;
	/* With privileges that the user lacks, the user's file must not influence anything. */
	if (is_privileged)
		return sf_config_parse(&nothing, "", 0, ret_config, e);
	r = sf_file_read(&file, &text, &len, e);
	if (r == SF_OK)
		return sf_config_parse(&params, text, len, ret_config, e);
	if (r != SF_E_CONFIG || (e->sys != ENOENT && e->sys != EPERM))
		return r;
	*ret_skipped = e->sys == EPERM;
	return sf_config_parse(&nothing, "", 0, ret_config, e);
}
