/*
 * Reads what git tells its credential helpers about prompts in the environment. Runs no git and
 * reads no git configuration file.
 */
#include "settings_git.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#include "banned.h"

#define SF_PARAMETERS_SIZE  4096
#define SF_GIT_CONFIG_COUNT 1000

/* NULL: not set, empty, or the process runs setuid. */
static const char *variable(const char *name)
{
	const char *value = secure_getenv(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

bool sf_settings_git_is_false(const char *value)
{
	static const char *const no[] = {"", "false", "no", "off", "0", "never"};

	for (size_t i = 0; i < SF_COUNT(no); i++) {
		if (sf_text_equal_nocase(value, no[i]))
			return true;
	}
	return false;
}

/*
 * git passes `-c` settings to its children in GIT_CONFIG_PARAMETERS, one quoted word each:
 * 'credential.interactive=false' or 'credential.interactive'='false'. The quoting depends on git's
 * version, so all quotes are removed.
 */
static bool is_interactive_off_by_parameters(const char *parameters)
{
	static const char key[] = "credential.interactive=";
	char plain[SF_PARAMETERS_SIZE];
	struct sf_text t = SF_TEXT(plain);

	for (const char *p = parameters; *p != '\0'; p++) {
		if (*p != '\'')
			sf_text_add_char(&t, *p == ' ' ? '\n' : *p);
	}
	/* Too long to read whole: assume that prompts are forbidden. */
	if (t.overflow)
		return true;
	for (char *p = plain; (p = strcasestr(p, key)) != NULL;) {
		char *value = p + strlen(key);
		const size_t len = strcspn(value, "\n");
		char word[16];
		struct sf_text w = SF_TEXT(word);

		if (sf_text_add_bytes(&w, value, len) && sf_settings_git_is_false(word))
			return true;
		p = value;
	}
	return false;
}

/* The same setting in the other form: GIT_CONFIG_COUNT, GIT_CONFIG_KEY_0, GIT_CONFIG_VALUE_0 … */
static bool is_interactive_off_by_count(void)
{
	const char *count_text = variable("GIT_CONFIG_COUNT");
	uint32_t count = 0;

	if (!count_text || !sf_text_u32(count_text, 0, SF_GIT_CONFIG_COUNT, &count))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		char key_name[40], value_name[40];
		struct sf_text k = SF_TEXT(key_name), v = SF_TEXT(value_name);

		sf_text_addf(&k, "GIT_CONFIG_KEY_%u", i);
		sf_text_addf(&v, "GIT_CONFIG_VALUE_%u", i);
		const char *key = variable(key_name), *value = secure_getenv(value_name);
		if (key && value && sf_settings_git_is_false(value) &&
		    sf_text_equal_nocase(key, "credential.interactive"))
			return true;
	}
	return false;
}

bool sf_settings_git_may_ask(void)
{
	const char *prompt = secure_getenv("GIT_TERMINAL_PROMPT");
	const char *manager = variable("GCM_INTERACTIVE"); /* of Git Credential Manager */
	const char *parameters = variable("GIT_CONFIG_PARAMETERS");

	if ((prompt && sf_settings_git_is_false(prompt)) ||
	    (manager && sf_settings_git_is_false(manager)))
		return false;
	if (parameters && is_interactive_off_by_parameters(parameters))
		return false;
	return !is_interactive_off_by_count();
}
