/*
 * Reads the settings from files, environment and password database, each once. No other file reads
 * the environment, except settings_git.c, language.c and, for PATH, cmd_exec.c.
 */
#include "settings.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config_load.h"
#include "file.h"
#include "language.h"
#include "origin.h"
#include "settings_git.h"
#include "text.h"
#include "messages.h"

#include "banned.h"

#define SF_NAMES_SIZE 160

#define SF_PATH_SIZE       4096
#define SF_ENVIRONMENT_ORG "environment"
#define SF_PASSWD_SIZE     (16 * 1024)

/* NULL: not set, empty, or the process runs setuid. */
static const char *variable(const char *name)
{
	const char *value = secure_getenv(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

/*
 * Move the client secret out of the environment. It is also wiped in place, because
 * /proc/PID/environ shows that memory to other processes of the user.
 */
static enum sf_err take_client_secret(struct sf_settings *s, struct sf_error *e)
{
	char *value = secure_getenv("SALESFORCE_CLIENT_SECRET");

	if (!value)
		return SF_OK;
	if (value[0] != '\0')
		s->client_secret = sf_secret_from(value, strlen(value));
	const bool is_lost = value[0] != '\0' && !s->client_secret;
	sf_secret_wipe(value, strlen(value));
	(void)unsetenv("SALESFORCE_CLIENT_SECRET");
	return is_lost ? SF_FAIL(e, SF_E_NOMEM, 0, "no memory for the client secret") : SF_OK;
}

/* The home directory of the password database: sudo and cron may set $HOME differently. */
static enum sf_err find_home(struct sf_settings *s, struct sf_error *e)
{
	char buf[SF_PASSWD_SIZE];
	struct passwd entry, *found = NULL;
	int r;

	errno = 0;
	r = getpwuid_r(geteuid(), &entry, buf, sizeof(buf), &found);
	if (r == ENOMEM || (!found && errno == ENOMEM))
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for the password database");
	if (r != 0 || !found || !found->pw_dir || found->pw_dir[0] != '/')
		return SF_FAIL(e, SF_E_SYSTEM, r, "the password database has no home for uid %u",
		    (unsigned)geteuid());
	s->home = strdup(found->pw_dir);
	return !s->home ? SF_FAIL(e, SF_E_NOMEM, 0, "no memory for the home") : SF_OK;
}

bool sf_settings_is_plain_user(void)
{
	return geteuid() != 0 && getauxval(AT_SECURE) == 0;
}

/* A system's file that is missing, or that this user may not read, counts as empty. */
static enum sf_err load_system(const char *path, struct sf_config **ret, struct sf_error *e)
{
	enum sf_err r = sf_config_load(path, ret, e);

	if (r != SF_E_CONFIG || (e->sys != ENOENT && e->sys != EACCES))
		return r;
	const struct sf_config_params params = {.name = path, .allow_pam = true};
	return sf_config_parse(&params, "", 0, ret, e);
}

static enum sf_err find_user_file(struct sf_settings *s, struct sf_error *e)
{
	const char *base = variable("XDG_CONFIG_HOME");
	char path[SF_PATH_SIZE];
	struct sf_text t = SF_TEXT(path);

	/* XDG Base Directory Specification: a relative path is invalid and must be ignored. */
	if (base && base[0] == '/')
		sf_text_add(&t, base);
	else
		sf_text_addf(&t, "%s/.config", s->home);
	if (!sf_text_add(&t, "/sfoauth/sfoauth.conf"))
		return SF_FAIL_MESSAGE(e, SF_E_CONFIG, SF_MESSAGE_USER_PATH_TOO_LONG, NULL);
	s->user_file = strdup(path);
	return !s->user_file ? SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a path") : SF_OK;
}

/* Merge the user's file over the system's. An unsafe one is skipped, with its reason. */
static enum sf_err load_user(struct sf_settings *s, struct sf_error *e)
{
	SF_CLEANUP(sf_config_freep) struct sf_config *own = NULL;
	enum sf_err r = sf_config_load_user(s->user_file, &own, &s->is_skipped, e);

	if (r != SF_OK)
		return r;
	if (s->is_skipped)
		memcpy(s->skipped_why, e->detail, sizeof(s->skipped_why));
	return sf_config_merge(s->config, SF_TAKE(own), e);
}

/*
 * Parse the variables as the text of a configuration file, so that the same rows and bounds apply.
 * They must be printable: a line end would add keys. callback NULL: the default.
 */
static enum sf_err parse_environment(
    const char *callback, struct sf_config **ret_own, struct sf_error *e)
{
	const struct sf_config_params params = {.name = "SALESFORCE_*"};
	const char *url = variable("SALESFORCE_INSTANCE_URL");
	const char *client_id = variable("SALESFORCE_CLIENT_ID");
	char text[2 * SF_URL_MAX + 512];
	struct sf_text t = SF_TEXT(text);

	if (!sf_text_is_printable(url) || !sf_text_is_printable(client_id) ||
	    (callback && !sf_text_is_printable(callback)))
		return SF_FAIL_MESSAGE(e, SF_E_CONFIG, SF_MESSAGE_VARIABLES_NOT_ASCII, NULL);
	sf_text_addf(
	    &t, "[org %s]\nlogin_url = %s\nclient_id = %s\n", SF_ENVIRONMENT_ORG, url, client_id);
	if (callback)
		sf_text_addf(&t, "callback = %s\n", callback);
	if (t.overflow)
		return SF_FAIL_MESSAGE(e, SF_E_CONFIG, SF_MESSAGE_VARIABLES_TOO_LONG, NULL);
	return sf_config_parse(&params, text, t.len, ret_own, e);
}

/*
 * Replace scheme, host and port of the callback with API_HOST, which must have nothing else. The
 * path stays, because it is registered with the app.
 */
static enum sf_err move_callback(
    const char *callback, const char *api_host, struct sf_text *ret, struct sf_error *e)
{
	static const char mark[] = "://";
	const char *host = strstr(api_host, mark), *from = strstr(callback, mark);
	size_t len = strlen(api_host);

	if (len > 0 && api_host[len - 1] == '/')
		len--;
	if (!host || !from ||
	    strcspn(host + strlen(mark), "/?#@") != len - (size_t)(host + strlen(mark) - api_host))
		return SF_FAIL_MESSAGE(e, SF_E_CONFIG, SF_MESSAGE_API_HOST_FORM, NULL);
	from += strlen(mark);
	sf_text_add_bytes(ret, api_host, len);
	if (!sf_text_add(ret, from + strcspn(from, "/?")))
		return SF_FAIL_MESSAGE(e, SF_E_CONFIG, SF_MESSAGE_API_HOST_TOO_LONG, NULL);
	return SF_OK;
}

/*
 * The org of SALESFORCE_INSTANCE_URL and SALESFORCE_CLIENT_ID, if no file defines one. Otherwise
 * the client secret of the environment is dropped: it must not go to another org.
 */
static enum sf_err load_environment(struct sf_settings *s, struct sf_error *e)
{
	SF_CLEANUP(sf_config_freep) struct sf_config *own = NULL;
	const char *api_host = variable("API_HOST");
	char moved[SF_URL_MAX];
	struct sf_text t = SF_TEXT(moved);
	enum sf_err r;

	if (s->config->org_count > 0 || !variable("SALESFORCE_INSTANCE_URL") ||
	    !variable("SALESFORCE_CLIENT_ID")) {
		s->client_secret = sf_secret_free(s->client_secret);
		return SF_OK;
	}
	r = parse_environment(variable("SFOAUTH_CALLBACK"), &own, e);
	if (r == SF_OK && api_host && own) {
		r = move_callback(own->orgs[0].callback.items[0], api_host, &t, e);
		sf_config_freep(&own);
		if (r == SF_OK)
			r = parse_environment(moved, &own, e);
	}
	if (r == SF_OK)
		r = sf_config_merge(s->config, SF_TAKE(own), e);
	s->is_from_environment = r == SF_OK;
	return r;
}

/* Append NAME=value; a value of NULL adds nothing. */
static enum sf_err add_keyring_variable(
    struct sf_settings *s, const char *name, const char *value, struct sf_error *e)
{
	size_t n = 0;

	if (!value)
		return SF_OK;
	while (s->keyring_environment[n])
		n++;
	if (n == SF_SETTINGS_KEYRING_VARIABLES)
		return SF_FAIL(e, SF_E_BUG, 0, "more than %d variables for the keyring", (int)n);
	if (asprintf(&s->keyring_environment[n], "%s=%s", name, value) < 0) {
		s->keyring_environment[n] = NULL;
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for the keyring's environment");
	}
	return SF_OK;
}

/*
 * The environment of sfoauth-keyring is a short allow-list: SECRET_BACKEND would make libsecret
 * store into a file, and GLib and D-Bus obey many more variables. cron does not set
 * XDG_RUNTIME_DIR, but the directory may exist. Also finds out what the session offers.
 */
static enum sf_err fill_keyring_environment(struct sf_settings *s, struct sf_error *e)
{
	static const char *const as_is[] = {
	    "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "LANG"};
	const char *runtime = variable("XDG_RUNTIME_DIR");
	char usual[64], bus[SF_PATH_SIZE];
	struct sf_text u = SF_TEXT(usual), b = SF_TEXT(bus);
	struct stat st;
	enum sf_err r;

	for (size_t i = 0; i < SF_COUNT(as_is); i++) {
		r = add_keyring_variable(s, as_is[i], variable(as_is[i]), e);
		if (r != SF_OK)
			return r;
	}
	sf_text_addf(&u, "/run/user/%u", (unsigned)geteuid());
	if (!runtime && stat(usual, &st) == 0 && st.st_uid == geteuid())
		runtime = usual;
	r = add_keyring_variable(s, "XDG_RUNTIME_DIR", runtime, e);
	if (r == SF_OK)
		r = add_keyring_variable(s, "HOME", s->home, e);
	if (runtime && sf_text_addf(&b, "%s/bus", runtime))
		s->has_bus = stat(bus, &st) == 0;
	s->has_bus = s->has_bus || variable("DBUS_SESSION_BUS_ADDRESS") != NULL;
	s->is_remote = variable("SSH_CONNECTION") != NULL;
	s->has_display = variable("DISPLAY") != NULL || variable("WAYLAND_DISPLAY") != NULL;
	return r;
}

/* sfoauth does not use these variables; doctor says so if a browser works and sfoauth does not. */
static bool names_proxy(void)
{
	static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};

	for (size_t i = 0; i < SF_COUNT(names); i++) {
		if (variable(names[i]))
			return true;
	}
	return false;
}

/* Everything except the client secret, which comes first so that no failure leaves it behind. */
static enum sf_err fill_settings(
    const struct sf_settings_params *params, struct sf_settings *s, struct sf_error *e)
{
	const char *org_name = variable("SFOAUTH_ORG"), *term = variable("TERM");
	enum sf_err r = find_home(s, e);

	s->is_utf8 = sf_language_is_utf8();
	s->names_proxy = names_proxy();
	s->git_may_ask = sf_settings_git_may_ask();
	s->is_dumb = !term || strcmp(term, "dumb") == 0;
	s->has_colour = !s->is_dumb && !variable("NO_COLOR");
	if (r == SF_OK && org_name) {
		s->org_name = strdup(org_name);
		if (!s->org_name)
			return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for SFOAUTH_ORG");
	}
	if (r == SF_OK)
		r = fill_keyring_environment(s, e);
	if (r == SF_OK && params->may_read_user_file)
		r = find_user_file(s, e);
	if (r == SF_OK && params->is_bare)
		return sf_config_parse(
		    &(struct sf_config_params){.name = "nothing"}, "", 0, &s->config, e);
	if (r == SF_OK)
		r = load_system(params->system_file, &s->config, e);
	if (r == SF_OK && params->may_read_user_file)
		r = load_user(s, e);
	if (r == SF_OK)
		r = load_environment(s, e);
	/* The defaults select an org of the files, so they mean nothing for the environment's. */
	if (r == SF_OK && !s->is_from_environment)
		sf_defaults_read(s->home, &s->choice);
	return r;
}

enum sf_err sf_settings_load(
    const struct sf_settings_params *params, struct sf_settings **ret_settings, struct sf_error *e)
{
	SF_CLEANUP(sf_settings_freep) struct sf_settings *s = calloc(1, sizeof(*s));
	enum sf_err r;

	if (!s)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for the settings");
	r = take_client_secret(s, e);
	if (r == SF_OK)
		r = fill_settings(params, s, e);
	if (r != SF_OK)
		return r;
	*ret_settings = SF_TAKE(s);
	return SF_OK;
}

enum sf_err sf_settings_org(const struct sf_settings *settings, const char *name,
    const struct sf_org **ret_org, struct sf_error *e)
{
	const char *chosen = settings->choice.org[0] != '\0' ? settings->choice.org : NULL;
	const char *wanted = name != NULL ? name : settings->org_name;
	const bool is_chosen = !wanted && chosen != NULL;
	char names[SF_NAMES_SIZE] = "";
	struct sf_text names_text = SF_TEXT(names); /* cut, if there are very many */
	const struct sf_org *org = sf_config_org(settings->config, is_chosen ? chosen : wanted);

	for (size_t i = 0; i < settings->config->org_count; i++)
		sf_text_addf(
		    &names_text, "%s%s", i > 0 ? ", " : "", settings->config->orgs[i].name);
	if (!org && settings->config->org_count == 0)
		return SF_FAIL_MESSAGE(e, SF_E_CONFIG, SF_MESSAGE_NO_ORG, NULL);
	if (!org && is_chosen)
		return SF_FAIL_MESSAGE(
		    e, SF_E_CONFIG, SF_MESSAGE_CHOSEN_ORG_GONE, SF_WITH({"org", chosen}));
	if (!org && wanted)
		return SF_FAIL_MESSAGE(e, SF_E_CONFIG, SF_MESSAGE_NO_SUCH_ORG,
		    SF_WITH({"org", wanted}, {"orgs", names}));
	if (!org)
		return SF_FAIL_MESSAGE(
		    e, SF_E_CONFIG, SF_MESSAGE_SEVERAL_ORGS, SF_WITH({"orgs", names}));
	if (org->login_url[0] == '\0' || org->client_id[0] == '\0')
		return SF_FAIL_MESSAGE(
		    e, SF_E_CONFIG, SF_MESSAGE_ORG_NOT_WHOLE, SF_WITH({"org", org->name}));
	*ret_org = org;
	return SF_OK;
}

struct sf_settings *sf_settings_free(struct sf_settings *settings)
{
	if (!settings)
		return NULL;
	sf_config_free(settings->config);
	sf_secret_free(settings->client_secret);
	for (size_t i = 0; i < SF_SETTINGS_KEYRING_VARIABLES; i++)
		free(settings->keyring_environment[i]);
	free(settings->home);
	free(settings->user_file);
	free(settings->org_name);
	free(settings);
	return NULL;
}

void sf_settings_freep(struct sf_settings **settings)
{
	*settings = sf_settings_free(*settings);
}
