#include "options.h"

#include <string.h>

#include "banned.h"

#define SF_MIN_LIFE_MAX_S 86400

#define FOR(name)   (UINT64_C(1) << SF_COMMAND_##name)
#define FOR_ALL     (~UINT64_C(0))
#define AT(name)    offsetof(struct sf_options, name)
#define SF_LEFT_MAX 18 /* columns of help that hold names */

static const struct row {
	struct sf_option_row shown;
	uint64_t commands; /* bits FOR(...) */
	size_t field;      /* of struct sf_options: bool, text, or seconds where value is TIME */
} rows[] = {
    {{"org", 'o', "NAME", "@orgs", "the org, by its name in the configuration"}, FOR_ALL, AT(org)},
    {{"user", 0, "USERNAME", "", "the Salesforce username, where several are stored"}, FOR_ALL,
	AT(user)},
    {{"json", 0, NULL, "", "JSON on standard output, also for failures"}, FOR_ALL, AT(is_json)},
    {{"quiet", 0, NULL, "", "no words on standard error but failures and codes"}, FOR_ALL,
	AT(is_quiet)},
    {{"debug", 0, NULL, "", "each step on standard error; never a secret"}, FOR_ALL, AT(is_debug)},
    {{"help", 0, NULL, "", "this text"}, FOR_ALL, AT(is_help)},
    {{"scopes", 0, "LIST", "", "the scopes to ask for, in place of the org's"}, FOR(LOGIN),
	AT(scopes)},
    {{"no-refresh", 0, NULL, "", "ask for no refresh token"}, FOR(LOGIN), AT(no_refresh)},
    {{"flow", 0, "FLOW", "auto browser device paste password jwt client_credentials",
	 "how to sign in, in place of the org's flow"},
	FOR(LOGIN) | FOR(SETUP), AT(flow)},
    {{"username", 0, "USERNAME", "", "who signs in with a password or a key"}, FOR(LOGIN),
	AT(username)},
    {{"password-stdin", 0, NULL, "", "read the password from standard input, token behind it"},
	FOR(LOGIN), AT(is_password_stdin)},
    {{"prompt", 0, "WORDS", "login consent select_account",
	 "login, consent, select_account: what the browser asks"},
	FOR(LOGIN), AT(prompt)},
    {{"verbose", 0, NULL, "", "say why this way of signing in was chosen"}, FOR(LOGIN),
	AT(is_verbose)},
    {{"remember", 0, NULL, "", "keep the password in the desktop keyring"}, FOR(LOGIN),
	AT(is_remember)},
    {{"host", 0, NULL, "", "for logins to this host: write the system's file"}, FOR(SETUP),
	AT(is_host)},
    {{"share", 0, NULL, "", "print the line for colleagues, change nothing"}, FOR(SETUP),
	AT(is_share)},
    {{"login-url", 0, "URL", "", "My Domain of the org, or its address"}, FOR(SETUP),
	AT(login_url)},
    {{"client-id", 0, "KEY", "", "consumer key of the app"}, FOR(SETUP), AT(client_id)},
    {{"callback", 0, "URL", "", "a callback as registered with the app"}, FOR(SETUP), AT(callback)},
    {{"client-secret", 0, NULL, "", "the app requires a secret: ask, and keep it in the keyring"},
	FOR(SETUP), AT(is_client_secret)},
    {{"username-template", 0, "TEXT", "", "with --host: {user}@acme.example"}, FOR(SETUP),
	AT(username_template)},
    {{"user-map", 0, "FILE", "", "with --host: a file of accounts and user ids"}, FOR(SETUP),
	AT(user_map)},
    {{"first-factor", 0, "WHAT", "none publickey", "with --host: none or publickey"}, FOR(SETUP),
	AT(first_factor)},
    {{"no-try", 0, NULL, "", "write the file without a sign-in"}, FOR(SETUP), AT(is_no_try)},
    {{"no-wait", 0, NULL, "", "do not wait for a new app"}, FOR(SETUP), AT(is_no_wait)},
    {{"yes", 0, NULL, "", "ask nothing: flags, or what is there already"}, FOR(SETUP), AT(is_yes)},
    {{"service", 0, "NAME", "sshd login su sudo", "as which PAM service; without it, sshd"},
	FOR(TRY_LOGIN), AT(service)},
    {{"permission", 0, "NAME", "", "the custom permission, as in require_permission"}, FOR(USERS),
	AT(permission)},
    {{"all", 0, NULL, "", "all orgs and all users"}, FOR(LOGOUT), AT(is_all)},
    {{"format", 0, "FORM", "raw header env json curl",
	 "raw (the default), header, env, json or curl"},
	FOR(TOKEN), AT(format)},
    {{"min-life", 0, "TIME", "5m 30m 1h", "how long the token must still live: 90, 5m, 1h"},
	FOR(TOKEN) | FOR(EXEC), AT(min_life_s)},
    {{"clear", 0, NULL, "", "forget what was chosen"}, FOR(USE), AT(is_clear)},
    {{"remove", 0, NULL, "", "take out of git's configuration what was put in"}, FOR(SETUP_GIT),
	AT(is_remove)},
};

static const struct command {
	struct sf_command_row shown;
	int least, most;
} commands[] = {[SF_COMMAND_NONE] = {{"", "", "", ""}, 0, 0},
#define X(id, word, words, least, most, choices, summary)                                          \
	[SF_COMMAND_##id] = {{word, words, choices, summary}, least, most},
    SF_COMMANDS(X)
#undef X
};

/* OpenID's words, one or several. */
static bool is_prompt(const char *value)
{
	static const char *const words[] = {"login", "consent", "select_account"};

	while (*value != '\0') {
		const size_t len = strcspn(value, " ");
		bool is_known = false;

		for (size_t i = 0; i < SF_COUNT(words); i++)
			is_known = is_known ||
				   (strlen(words[i]) == len && strncmp(words[i], value, len) == 0);
		if (!is_known)
			return false;
		value += len + (value[len] == ' ');
	}
	return true;
}

static enum sf_err set(
    struct sf_options *o, const struct row *row, const char *value, struct sf_error *e)
{
	void *field = (char *)o + row->field;

	if (row->shown.value == NULL) {
		*(bool *)field = true;
		return SF_OK;
	}
	if (strcmp(row->shown.value, "TIME") == 0) {
		if (sf_text_duration(value, 1, SF_MIN_LIFE_MAX_S, field))
			return SF_OK;
		return SF_FAIL(
		    e, SF_E_USAGE, 0, "--%s takes 1 second to 24 hours", row->shown.name);
	}
	*(const char **)field = value;
	if (row->field == AT(prompt) && !is_prompt(value))
		return SF_FAIL(e, SF_E_USAGE, 0,
		    "--prompt takes login, consent and select_account, with spaces between");
	return SF_OK;
}

/* Does the word name the option, and where is its value: NULL where it is not in this word. */
static bool is_named(const struct sf_option_row *row, const char *word, const char **ret_value)
{
	const size_t len = strlen(row->name);

	if (row->letter != 0 && word[0] == '-' && word[1] == row->letter) {
		*ret_value = word[2] == '\0' ? NULL : word + 2;
		return true;
	}
	if (!sf_text_starts(word, "--") || strncmp(word + 2, row->name, len) != 0)
		return false;
	*ret_value = word[2 + len] == '=' ? word + 2 + len + 1 : NULL;
	return word[2 + len] == '=' || word[2 + len] == '\0';
}

struct words {
	int argc;
	char *const *argv;
	int at;
	uint64_t used; /* bits of rows, to check them against the subcommand */
};

static enum sf_err take_option(struct words *words, struct sf_options *o, struct sf_error *e)
{
	const char *word = words->argv[words->at], *value = NULL;

	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		const struct sf_option_row *row = &rows[i].shown;

		if (!is_named(row, word, &value))
			continue;
		words->used |= UINT64_C(1) << i;
		if (row->value == NULL && value != NULL)
			return SF_FAIL(e, SF_E_USAGE, 0, "--%s takes no value", row->name);
		if (row->value != NULL && value == NULL)
			value = ++words->at < words->argc ? words->argv[words->at] : NULL;
		if (row->value != NULL && (value == NULL || value[0] == '\0'))
			return SF_FAIL(e, SF_E_USAGE, 0, "--%s takes %s", row->name, row->value);
		return set(o, &rows[i], value, e);
	}
	return SF_FAIL(e, SF_E_USAGE, 0, "there is no option '%s'", word);
}

static bool takes_rest(const struct sf_options *o)
{
	return commands[o->command].most == SF_OPTIONS_REST;
}

static enum sf_err take_word(const char *word, struct sf_options *o, struct sf_error *e)
{
	if (o->command == SF_COMMAND_NONE) {
		for (size_t i = 1; i < SF_COUNT(commands); i++) {
			if (strcmp(word, commands[i].shown.word) == 0)
				o->command = (enum sf_command)i;
		}
		if (o->command == SF_COMMAND_NONE)
			return SF_FAIL(e, SF_E_USAGE, 0, "there is no subcommand '%s'", word);
		return SF_OK;
	}
	if (takes_rest(o))
		return SF_FAIL(e, SF_E_USAGE, 0, "%s takes %s", commands[o->command].shown.word,
		    commands[o->command].shown.words);
	if (o->word_count == (size_t)commands[o->command].most)
		return SF_FAIL(e, SF_E_USAGE, 0, "'%s' is one word too many", word);
	o->words[o->word_count++] = word;
	o->argument = o->words[0];
	return SF_OK;
}

static enum sf_err check(const struct words *words, const struct sf_options *o, struct sf_error *e)
{
	const struct command *command = &commands[o->command];
	const bool is_short = takes_rest(o) ? o->rest == NULL || o->rest[0] == NULL
					    : o->word_count < (size_t)command->least;

	if (o->is_help)
		return SF_OK;
	if (o->command == SF_COMMAND_NONE)
		return SF_FAIL(e, SF_E_USAGE, 0, "no subcommand is given");
	if (is_short)
		return SF_FAIL(
		    e, SF_E_USAGE, 0, "%s takes %s", command->shown.word, command->shown.words);
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		if ((words->used >> i & 1) != 0 && !sf_options_is_for(i, o->command))
			return SF_FAIL(e, SF_E_USAGE, 0, "%s has no --%s", command->shown.word,
			    rows[i].shown.name);
	}
	return SF_OK;
}

enum sf_err sf_options_parse(
    int argc, char *const *argv, struct sf_options *ret_options, struct sf_error *e)
{
	struct words words = {.argc = argc, .argv = argv, .at = 1};
	bool is_over = false; /* "--" ends the options */
	struct sf_error first = {.code = SF_OK};

	*ret_options = (struct sf_options){0};
	/* To the end also after a failure: it is told in the form that --json asks for. */
	for (; words.at < argc && ret_options->rest == NULL; words.at++) {
		const char *word = argv[words.at];
		enum sf_err r = SF_OK;

		if (!is_over && strcmp(word, "--") == 0 && takes_rest(ret_options))
			ret_options->rest = argv + words.at + 1;
		else if (!is_over && strcmp(word, "--") == 0)
			is_over = true;
		else if (!is_over && word[0] == '-' && word[1] != '\0')
			r = take_option(&words, ret_options, e);
		else
			r = take_word(word, ret_options, e);
		if (r != SF_OK && first.code == SF_OK)
			first = *e;
	}
	if (first.code == SF_OK)
		return check(&words, ret_options, e);
	*e = first;
	return e->code;
}

const struct sf_option_row *sf_options_row(size_t index)
{
	return index < SF_COUNT(rows) ? &rows[index].shown : NULL;
}

bool sf_options_is_for(size_t index, enum sf_command command)
{
	return (rows[index].commands >> command & 1) != 0;
}

const struct sf_command_row *sf_options_command(enum sf_command command)
{
	return &commands[command].shown;
}

/* A name and what it is; a long name has a line of its own. */
static void add_line(struct sf_text *help, const char *left, const char *right)
{
	const bool is_long = strlen(left) > SF_LEFT_MAX;

	sf_text_addf(help, "  %-*s%s", SF_LEFT_MAX, left, is_long ? "\n" : "");
	sf_text_addf(help, "%*s %s\n", is_long ? 2 + SF_LEFT_MAX : 0, "", right);
}

static void add_options(enum sf_command command, struct sf_text *help)
{
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		const struct sf_option_row *row = &rows[i].shown;
		char left[32];
		struct sf_text l = SF_TEXT(left);

		if (command == SF_COMMAND_NONE ? rows[i].commands != FOR_ALL
					       : !sf_options_is_for(i, command))
			continue;
		if (row->letter != 0)
			sf_text_addf(&l, "-%c, ", row->letter);
		sf_text_addf(&l, "--%s%s%s", row->name, row->value == NULL ? "" : " ",
		    row->value == NULL ? "" : row->value);
		add_line(help, left, row->help);
	}
}

bool sf_options_help(enum sf_command command, struct sf_text *ret_help)
{
	const struct sf_command_row *one = &commands[command].shown;

	if (command != SF_COMMAND_NONE) {
		sf_text_addf(ret_help, "Usage: sfoauth %s [options]%s%s\n%s\n\nOptions:\n",
		    one->word, one->words[0] != '\0' ? " " : "", one->words, one->summary);
		add_options(command, ret_help);
		return sf_text_add(ret_help, "\nSee sfoauth(1).\n");
	}
	sf_text_add(ret_help, "Usage: sfoauth SUBCOMMAND [options]\n"
			      "Access tokens of Salesforce, for other programs.\n\nSubcommands:\n");
	for (size_t i = 1; i < SF_COUNT(commands); i++) {
		char left[64];
		struct sf_text l = SF_TEXT(left);

		if (i == SF_COMMAND_GIT)
			continue;
		sf_text_addf(&l, "%s%s%s", commands[i].shown.word,
		    commands[i].shown.words[0] != '\0' ? " " : "", commands[i].shown.words);
		add_line(ret_help, left, commands[i].shown.summary);
	}
	sf_text_add(ret_help, "\nOptions of all (--help after a subcommand shows its own):\n");
	add_options(command, ret_help);
	return sf_text_add(ret_help,
	    "\nExit status: 0 done, 1 refused, 2 usage, 3 configuration, 4 sign-in needed,\n"
	    "5 try later, 6 keyring locked or absent, 70 bug, 130 interrupted.\nSee sfoauth(1).\n");
}
