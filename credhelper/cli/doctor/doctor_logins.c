/*
 * doctor: what logins with sfoauth depend on besides the PAM stacks: [pam], user_map, the effective
 * settings of sshd, and LOGIN_TIMEOUT of login(1). Asks sshd itself and does not parse sshd_config.
 */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run_output.h"
#include "doctor.h"
#include "file.h"
#include "mapping.h"
#include "text.h"

#include "banned.h"

#define SF_SSHD            "/usr/sbin/sshd"
#define SF_SSHD_MS         10000
#define SF_SSHD_SIZE       65536 /* of its output */
#define SF_SSHD_LINE_MAX   200   /* of an error that is shown */
#define SF_LOGIN_DEFS      "/etc/login.defs"
#define SF_LOGIN_DEFS_MAX  65536
#define SF_LOGIN_TIMEOUT_S 60 /* the default of login(1), which pam_sfoauth assumes */
#define SF_VALUE_SIZE      512
/*
 * From approve_timeout to LoginGraceTime: the module gives all attempts of a connection
 * approve_timeout and 50 s (grace.h); the rest is for the key exchange and the session.
 */
#define SF_GRACE_MORE_S 60

/*
 * The value of a line "key value". Keys are compared exactly: sshd -T prints them in lower case.
 * False, and "", if there is no such line.
 */
static bool find_value(const char *text, const char *key, char ret[static SF_VALUE_SIZE])
{
	const size_t len = strlen(key);

	for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		const size_t line_len = strcspn(line, "\n");

		if (line_len <= len || strncmp(line, key, len) != 0 ||
		    (line[len] != ' ' && line[len] != '\t'))
			continue;
		struct sf_text value = sf_text_over(ret, SF_VALUE_SIZE);
		const size_t blanks = strspn(line + len, " \t");
		return sf_text_add_bytes(&value, line + len + blanks, line_len - len - blanks);
	}
	ret[0] = '\0';
	return false;
}

/* --- sshd --- */

/*
 * Fail if a setting is not "yes" (PasswordAuthentication: "no"). name: spelled as in
 * sshd_config(5). Returns the number of rows, 0 or 1.
 */
static unsigned check_setting(
    struct sf_doctor *d, const char *text, const char *name, enum sf_finding finding)
{
	const bool wants_no = finding == SF_FINDING_SSHD_PASSWORD;
	char key[SF_VALUE_SIZE] = "", value[SF_VALUE_SIZE];

	for (size_t i = 0; name[i] != '\0' && i + 1 < sizeof(key); i++)
		key[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] - 'A' + 'a' : name[i]);
	if (!find_value(text, key, value) || strcmp(value, wants_no ? "no" : "yes") == 0)
		return 0;
	sf_doctor_fail(
	    d, finding, SF_MESSAGE_DOCTOR_SETTING, SF_WITH({"key", name}, {"value", value}));
	return 1;
}

/*
 * Does every list in AuthenticationMethods require a key and then keyboard-interactive? sshd
 * accepts any one of the lists, so "publickey,keyboard-interactive publickey" lets in a key alone.
 */
static bool has_key_first(const char *lists)
{
	static const char first[] = "publickey,";

	for (; *lists != '\0'; lists += strcspn(lists, " "), lists += strspn(lists, " ")) {
		char list[SF_VALUE_SIZE];
		struct sf_text text = SF_TEXT(list);
		const char *key = NULL;

		if (sf_text_add_bytes(&text, lists, strcspn(lists, " ")))
			key = strstr(list, first);
		if (!key || !strstr(key, ",keyboard-interactive"))
			return false;
	}
	return true;
}

/*
 * If AuthenticationMethods is set, PAM must be part of it, and with ssh_first_factor = publickey,
 * a key must come first. Returns the number of rows.
 */
static unsigned check_methods(struct sf_doctor *d, const char *text)
{
	const bool wants_key =
	    d->pam != NULL && d->pam->ssh_first_factor == SF_FIRST_FACTOR_PUBLICKEY;
	char value[SF_VALUE_SIZE];

	if (!find_value(text, "authenticationmethods", value))
		return 0;
	if (wants_key && !has_key_first(value)) {
		sf_doctor_fail(d, SF_FINDING_SSHD_FIRST_FACTOR, SF_MESSAGE_DOCTOR_FIRST_FACTOR,
		    SF_WITH({"value", value}));
		return 1;
	}
	if (strcmp(value, "any") != 0 && !strstr(value, "keyboard-interactive")) {
		sf_doctor_fail(d, SF_FINDING_SSHD_METHODS, SF_MESSAGE_DOCTOR_SETTING,
		    SF_WITH({"key", "AuthenticationMethods"}, {"value", value}));
		return 1;
	}
	return 0;
}

/*
 * sshd must not close the connection before the time to approve is over: a sign-in that is approved
 * after that would be accepted by Salesforce and then cut. Returns the number of rows.
 */
static unsigned check_grace(struct sf_doctor *d, const char *text)
{
	char value[SF_VALUE_SIZE];
	uint32_t grace_s = 0, wanted_s;

	if (!d->pam)
		return 0;
	wanted_s = d->pam->approve_timeout_s + SF_GRACE_MORE_S;
	/* 0 means no limit. */
	if (!find_value(text, "logingracetime", value) ||
	    !sf_text_u32(value, 0, UINT32_MAX, &grace_s) || grace_s == 0 || grace_s >= wanted_s)
		return 0;
	sf_doctor_fail(d, SF_FINDING_SSHD_GRACE, SF_MESSAGE_DOCTOR_GRACE,
	    SF_WITH({"grace", SF_NUMBER(grace_s)}, {"wanted", SF_NUMBER(wanted_s)},
		{"approve", SF_NUMBER(d->pam->approve_timeout_s)}));
	return 1;
}

/*
 * The first number of a value such as "10:30:100"; UINT32_MAX for "none". ret_value: the value.
 * False: sshd does not print the setting.
 */
static bool find_first_number(
    const char *text, const char *key, char ret_value[static SF_VALUE_SIZE], uint32_t *ret_number)
{
	char first[SF_VALUE_SIZE];
	struct sf_text number = SF_TEXT(first);

	if (!find_value(text, key, ret_value))
		return false;
	if (!sf_text_add_bytes(&number, ret_value, strcspn(ret_value, ":")) ||
	    !sf_text_u32(first, 0, UINT32_MAX, ret_number))
		*ret_number = UINT32_MAX;
	return true;
}

/* Compare one of the two limits below. Returns the number of rows. */
static unsigned check_limit(
    struct sf_doctor *d, bool is_fine, bool is_source, const char *value, const char *wanted)
{
	if (is_fine)
		return 0;
	sf_doctor_fail(d, is_source ? SF_FINDING_SSHD_SOURCE : SF_FINDING_SSHD_STARTUPS,
	    is_source ? SF_MESSAGE_DOCTOR_SOURCE_STARTUPS : SF_MESSAGE_DOCTOR_STARTUPS,
	    SF_WITH({"value", value}, {"wanted", wanted}));
	return 1;
}

/*
 * Everybody who is approving a sign-in holds a connection that is not authenticated yet. As many
 * may do so as start_rate lets start during approve_timeout and one more minute, that of its first
 * burst; from the first number of MaxStartups on, sshd refuses connections. PerSourceMaxStartups
 * must admit the people behind one address who may start at once. It must also be the smaller
 * number, or one address could keep all others out. Returns the number of rows.
 */
static unsigned check_startups(struct sf_doctor *d, const char *text)
{
	char value[SF_VALUE_SIZE], wanted[SF_VALUE_SIZE] = "", source_wanted[SF_VALUE_SIZE] = "";
	struct sf_text wanted_text = SF_TEXT(wanted), source_text = SF_TEXT(source_wanted);
	uint32_t begin = UINT32_MAX, source = UINT32_MAX, least, source_least;
	unsigned rows = 0;

	if (!d->pam)
		return 0;
	source_least = d->pam->start_rate.source_per_min;
	least = d->pam->start_rate.per_min * (d->pam->approve_timeout_s + 60) / 60;
	least = least > source_least * 2 ? least : source_least * 2;
	sf_text_addf(&wanted_text, "%u:30:%u", least, least * 2);
	sf_text_addf(&source_text, "%u", source_least + source_least / 2);
	if (find_first_number(text, "maxstartups", value, &begin))
		rows += check_limit(d, begin >= least, /* is_source= */ false, value, wanted);
	if (find_first_number(text, "persourcemaxstartups", value, &source))
		rows += check_limit(d, source >= source_least && source < begin,
		    /* is_source= */ true, value, source_wanted);
	return rows;
}

/* A note, not a defect: OpenSSH 9.8 and later block an address after a few refused logins. */
static void check_penalties(struct sf_doctor *d, const char *text)
{
	char value[SF_VALUE_SIZE];

	if (find_value(text, "persourcepenalties", value) && strcmp(value, "no") != 0)
		sf_doctor_skip(d, "sshd", sf_message_row(SF_MESSAGE_DOCTOR_EXEMPT),
		    SF_MESSAGE_DOCTOR_PENALTIES, NULL);
}

/*
 * Read the effective settings with sshd -T, as they apply to a user without a Match of their own.
 * sshd needs root for that, to read its host keys.
 */
static void check_sshd(struct sf_doctor *d)
{
	static const char *const words[] = {
	    SF_SSHD, "-T", "-C", "user=nobody,host=localhost,addr=127.0.0.1", NULL};
	const struct sf_run_output_params params = {
	    .words = words, .limit_ms = SF_SSHD_MS, .takes_errors = true};
	char text[SF_SSHD_SIZE], value[SF_VALUE_SIZE];
	struct sf_error e;
	unsigned wrong = 0;
	size_t len = 0;
	int status = 0;

	if (access(SF_SSHD, X_OK) != 0)
		return;
	if (!d->is_root) {
		sf_doctor_skip(d, "sshd", sf_message_row(SF_MESSAGE_DOCTOR_AS_ROOT),
		    SF_MESSAGE_DOCTOR_SSHD_UNREAD, NULL);
		return;
	}
	if (sf_run_output(&params, text, sizeof(text), &len, &status, &e) != SF_OK) {
		sf_doctor_fail(
		    d, SF_FINDING_SSHD, SF_MESSAGE_CHECK_FOUND, SF_WITH({"what", e.detail}));
		return;
	}
	if (status != 0 || !find_value(text, "usepam", value)) {
		/* Its first line names the file and line that are wrong. */
		text[strcspn(text, "\r\n")] = '\0';
		text[SF_SSHD_LINE_MAX] = '\0';
		sf_doctor_fail(
		    d, SF_FINDING_SSHD, SF_MESSAGE_DOCTOR_SSHD_SAYS, SF_WITH({"line", text}));
		return;
	}
	wrong += check_setting(d, text, "UsePAM", SF_FINDING_SSHD_PAM);
	wrong += check_setting(d, text, "KbdInteractiveAuthentication", SF_FINDING_SSHD_KEYBOARD);
	wrong += check_setting(d, text, "PasswordAuthentication", SF_FINDING_SSHD_PASSWORD);
	wrong += check_methods(d, text);
	wrong += check_grace(d, text);
	wrong += check_startups(d, text);
	check_penalties(d, text);
	/* Without the system's file, it is unknown what [pam] requires of sshd. */
	if (wrong == 0 && !d->host)
		sf_doctor_skip(d, "sshd", NULL, SF_MESSAGE_DOCTOR_SSHD_LATER, NULL);
	else if (wrong == 0)
		sf_doctor_ok(d, "sshd", SF_MESSAGE_DOCTOR_SSHD, NULL);
}

/* --- login(1) --- */

/* For SF_CLEANUP. */
static void free_text(char **text)
{
	free(*text);
}

/* LOGIN_TIMEOUT must leave time to approve; 0 means no limit. An unreadable file has defaults. */
static void check_login_defs(struct sf_doctor *d)
{
	SF_CLEANUP(free_text) char *text = NULL;
	const struct sf_file_params params = {.path = SF_LOGIN_DEFS, .max = SF_LOGIN_DEFS_MAX};
	char value[SF_VALUE_SIZE];
	struct sf_error e;
	uint32_t timeout_s = SF_LOGIN_TIMEOUT_S;
	size_t len = 0;

	if (sf_file_read(&params, &text, &len, &e) != SF_OK)
		return;
	if (find_value(text, "LOGIN_TIMEOUT", value) &&
	    !sf_text_u32(value, 0, UINT32_MAX, &timeout_s))
		timeout_s = SF_LOGIN_TIMEOUT_S;
	if (timeout_s != 0 && timeout_s < SF_LOGIN_TIMEOUT_S)
		sf_doctor_fail(d, SF_FINDING_LOGIN_DEFS, SF_MESSAGE_DOCTOR_SETTING_S,
		    SF_WITH({"key", "LOGIN_TIMEOUT"}, {"seconds", SF_NUMBER(timeout_s)}));
	else
		sf_doctor_ok(d, "login.defs", SF_MESSAGE_DOCTOR_LOGIN_DEFS, NULL);
}

/* --- [pam] --- */

/*
 * Every line must be readable and name an account of this host: a line that is not keeps its person
 * out. False: a row is shown for the first such line.
 */
static bool check_map_lines(struct sf_doctor *d, const char *text, size_t len)
{
	struct sf_mapping_reader reader = {.text = text, .len = len};
	struct sf_mapping_line line;

	while (sf_mapping_next(&reader, &line)) {
		if (line.flaw[0] == '\0' && getpwnam(line.name))
			continue;
		if (line.flaw[0] != '\0')
			sf_doctor_fail(d, SF_FINDING_USER_MAP, SF_MESSAGE_DOCTOR_MAP_LINE,
			    SF_WITH({"path", d->pam->user_map}, {"line", SF_NUMBER(line.line_no)},
				{"flaw", line.flaw}));
		else
			sf_doctor_fail(d, SF_FINDING_USER_MAP, SF_MESSAGE_DOCTOR_MAP_ACCOUNT,
			    SF_WITH({"path", d->pam->user_map}, {"line", SF_NUMBER(line.line_no)},
				{"user", line.name}));
		return false;
	}
	return true;
}

/* The owner and mode of the user_map, as the module checks them, and its lines. */
static void check_user_map(struct sf_doctor *d)
{
	SF_CLEANUP(free_text) char *text = NULL;
	const struct sf_file_params params = {
	    .path = d->pam->user_map, .max = SF_DOCTOR_MAP_MAX, .check_directories = true};
	struct sf_error e;
	size_t len = 0;

	if (params.path[0] == '\0')
		return;
	if (sf_file_read(&params, &text, &len, &e) == SF_OK) {
		if (check_map_lines(d, text, len))
			sf_doctor_ok(
			    d, "user-map", SF_MESSAGE_CHECK_FOUND, SF_WITH({"what", params.path}));
	} else if (e.sys == EACCES && !d->is_root) {
		sf_doctor_skip(d, "user-map", sf_message_row(SF_MESSAGE_DOCTOR_AS_ROOT),
		    SF_MESSAGE_DOCTOR_MAY_NOT_READ, SF_WITH({"path", params.path}));
	} else {
		sf_doctor_fail_file(d, SF_FINDING_USER_MAP, params.path, &e);
	}
}

/* A stack with pam_sfoauth.so but no valid [pam] refuses everybody except root. */
static void check_pam(struct sf_doctor *d)
{
	const struct sf_org *org = NULL;
	struct sf_error e;

	if (!d->pam) {
		sf_doctor_fail(
		    d, SF_FINDING_PAM_CONFIG_NONE, SF_MESSAGE_DOCTOR_NO_PAM_CONFIG, NULL);
		return;
	}
	if (sf_config_check_pam(d->host, &org, &e) != SF_OK)
		sf_doctor_fail(
		    d, SF_FINDING_PAM_CONFIG, SF_MESSAGE_CHECK_FOUND, SF_WITH({"what", e.detail}));
	else
		sf_doctor_ok(
		    d, "pam-config", SF_MESSAGE_DOCTOR_PAM_CONFIG, SF_WITH({"org", org->name}));
	check_user_map(d);
	sf_doctor_accounts(d);
}

void sf_doctor_logins(struct sf_doctor *d)
{
	/* Most machines of people use sfoauth only for git and programs. */
	if (!d->pam && !d->has_stack) {
		sf_doctor_skip(d, "logins", NULL, SF_MESSAGE_DOCTOR_NO_LOGINS, NULL);
		return;
	}
	/* If the file is unreadable or wrong, the check "config" has shown a row for it. */
	if (d->host)
		check_pam(d);
	sf_doctor_module(d);
	check_sshd(d);
	check_login_defs(d);
}
