/*
 * doctor: the configuration files, the org to check, and the files with its secrets. Opens secret
 * files to check owner and mode, and does not read them.
 */
#include <errno.h>
#include <string.h>

#include "config_load.h"
#include "doctor.h"
#include "file.h"
#include "text.h"

#include "banned.h"

#define SF_NAMES_SIZE 512
#define SF_SECRET_MAX 65536

/* Append the names of the orgs, or "none". */
static void list_orgs(const struct sf_config *config, struct sf_text *text)
{
	for (size_t i = 0; i < config->org_count; i++)
		sf_text_addf(text, "%s%s", i == 0 ? "" : ", ", config->orgs[i].name);
	if (config->org_count == 0)
		sf_text_add(text, sf_message_row(SF_MESSAGE_DOCTOR_NO_ORGS));
}

/* The system's file. Without it, the command still works for people; only logins need it. */
static void check_system(struct sf_doctor *d)
{
	char names[SF_NAMES_SIZE];
	struct sf_text text = SF_TEXT(names);
	struct sf_error e;

	if (sf_config_load(SF_CONFIG_FILE, &d->host, &e) == SF_OK) {
		list_orgs(d->host, &text);
		sf_doctor_ok(d, "config",
		    d->host->has_pam ? SF_MESSAGE_DOCTOR_CONFIG_PAM : SF_MESSAGE_DOCTOR_CONFIG,
		    SF_WITH({"path", SF_CONFIG_FILE}, {"orgs", names}));
		d->pam = d->host->has_pam ? &d->host->pam : NULL;
	} else if (e.sys == ENOENT) {
		sf_doctor_skip(d, "config", NULL, SF_MESSAGE_DOCTOR_NO_FILE,
		    SF_WITH({"path", SF_CONFIG_FILE}));
	} else if (e.sys == EACCES) {
		sf_doctor_skip(d, "config", sf_message_row(SF_MESSAGE_DOCTOR_AS_ROOT),
		    SF_MESSAGE_DOCTOR_MAY_NOT_READ, SF_WITH({"path", SF_CONFIG_FILE}));
	} else {
		sf_doctor_fail(d, e.is_unsafe_file ? SF_FINDING_CONFIG_MODE : SF_FINDING_CONFIG,
		    SF_MESSAGE_CHECK_FOUND, SF_WITH({"what", e.detail}));
	}
}

/* The file of the person; root has none. */
static void check_own(struct sf_doctor *d)
{
	SF_CLEANUP(sf_config_freep) struct sf_config *own = NULL;
	const char *path = d->cmd->settings->user_file;
	char names[SF_NAMES_SIZE];
	struct sf_text text = SF_TEXT(names);
	bool is_skipped = false;
	struct sf_error e = {0};

	if (!path)
		return;
	if (sf_config_load_user(path, &own, &is_skipped, &e) != SF_OK) {
		sf_doctor_fail(d,
		    e.is_unsafe_file || e.sys == EACCES ? SF_FINDING_OWN_CONFIG_MODE
							: SF_FINDING_OWN_CONFIG,
		    SF_MESSAGE_CHECK_FOUND, SF_WITH({"what", e.detail}));
		return;
	}
	/* Other commands skip a file of another user; here it is a defect. */
	if (is_skipped) {
		sf_doctor_fail(d, SF_FINDING_OWN_CONFIG_MODE, SF_MESSAGE_CHECK_FOUND,
		    SF_WITH({"what", e.detail}));
		return;
	}
	list_orgs(own, &text);
	if (own->org_count > 0)
		sf_doctor_ok(d, "own-config", SF_MESSAGE_DOCTOR_CONFIG,
		    SF_WITH({"path", path}, {"orgs", names}));
	/* Both files are right, but loading the settings failed: a variable is wrong. */
	else if (d->cmd->broken.code != SF_OK && (d->host || d->failed == 0))
		sf_doctor_fail(d, SF_FINDING_ENVIRONMENT, SF_MESSAGE_CHECK_FOUND,
		    SF_WITH({"what", d->cmd->broken.detail}));
}

/*
 * Choose the org to check: that of --org; for root, that of [pam]; else the default. If the
 * settings of the person are broken, the system's file still serves.
 */
static void choose_org(struct sf_doctor *d)
{
	const char *wanted = d->cmd->options->org;
	const struct sf_config *config = d->cmd->settings->config;
	struct sf_error e = {0};

	if (d->cmd->broken.code != SF_OK && d->host)
		config = d->host;
	if (!wanted && d->is_root && d->pam)
		wanted = d->pam->org;
	if (config == d->cmd->settings->config) {
		if (sf_settings_org(d->cmd->settings, wanted, &d->org, &e) != SF_OK)
			d->org = NULL;
	} else {
		d->org = sf_config_org(config, wanted);
	}
	if (d->org && sf_cmd_begin(d->cmd, d->org, &e) != SF_OK)
		d->org = NULL;
	if (d->org)
		sf_doctor_ok(d, "org", SF_MESSAGE_DOCTOR_ORG,
		    SF_WITH({"org", d->org->name}, {"login_url", d->org->login_url}));
	else if (d->failed == 0)
		sf_doctor_fail(
		    d, SF_FINDING_ORG, SF_MESSAGE_CHECK_FOUND, SF_WITH({"what", e.detail}));
	else
		sf_doctor_skip(d, "org", NULL, SF_MESSAGE_DOCTOR_NO_ORG, NULL);
}

/* The rules of the loader for a secret file. False, with a row shown, if the file breaks one. */
static bool check_secret(struct sf_doctor *d, const char *path)
{
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	const struct sf_file_params params = {
	    .path = path, .max = SF_SECRET_MAX, .check_directories = true, .owner_only = true};
	struct sf_error e;

	if (sf_file_open(&params, &fd, &e) == SF_OK)
		return true;
	if (e.sys == EACCES && !d->is_root)
		sf_doctor_skip(d, "secrets", sf_message_row(SF_MESSAGE_DOCTOR_AS_ROOT),
		    SF_MESSAGE_DOCTOR_MAY_NOT_READ, SF_WITH({"path", path}));
	else
		sf_doctor_fail_file(d, SF_FINDING_SECRETS, path, &e);
	return false;
}

/* All secret files that the org names; one row if all are right. */
static void check_secrets(struct sf_doctor *d)
{
	const char *const paths[] = {d->org->client_secret_file, d->org->private_key_file,
	    d->org->private_key_passphrase_file};
	unsigned named = 0, fine = 0;

	for (size_t i = 0; i < SF_COUNT(paths); i++) {
		if (paths[i][0] == '\0')
			continue;
		named++;
		fine += check_secret(d, paths[i]);
	}
	if (named > 0 && fine == named)
		sf_doctor_ok(
		    d, "secrets", SF_MESSAGE_DOCTOR_SECRETS, SF_WITH({"n", SF_NUMBER(named)}));
}

void sf_doctor_files(struct sf_doctor *d)
{
	check_system(d);
	check_own(d);
	choose_org(d);
	if (d->org)
		check_secrets(d);
}
