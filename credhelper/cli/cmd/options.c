/*
 * The parser of the command line and the texts of --help. Knows names and numbers of arguments;
 * what values mean is the subcommand's matter.
 */
#include "options.h"

#include <string.h>

#include "flows.h"

#include "banned.h"

/* Of --min-life, in seconds. No session of Salesforce lasts longer than a day. */
#define SF_MIN_LIFE_MAX_S 86400

#define FOR(name)    (UINT64_C(1) << SF_COMMAND_##name)
#define FOR_ALL      (~UINT64_C(0))
#define AT(name)     offsetof(struct sf_options, name)
#define SF_LEFT_MAX  18 /* columns of the names in help; SF_LEFT_MAX + 3 + 59 is 80 */
#define SF_LEFT_SIZE 64

/*
 * The options, in the order of help. A new one needs a field in struct sf_options, a row here and
 * its texts in help.def and help.de.def. At most 64 rows: struct words has a bit for each.
 */
static const struct row {
	struct sf_option_row shown;
	uint64_t commands; /* bits FOR(...) */
	/* Offset in struct sf_options. Without a value: bool; TIME: uint32_t seconds; else text. */
	size_t field;
} rows[] = {
    {{"org", 'o', SF_MESSAGE_VALUE_NAME, "@orgs", SF_MESSAGE_OPTION_ORG}, FOR_ALL, AT(org)},
    {{"user", 0, SF_MESSAGE_VALUE_USERNAME, "", SF_MESSAGE_OPTION_USER}, ~FOR(WHY), AT(user)},
    {{"user", 0, SF_MESSAGE_VALUE_NAME, "", SF_MESSAGE_OPTION_WHY_USER}, FOR(WHY), AT(user)},
    {{"last", 0, SF_OPTIONS_NOTHING, "", SF_MESSAGE_OPTION_LAST}, FOR(WHY), AT(is_last)},
    {{"json", 0, SF_OPTIONS_NOTHING, "", SF_MESSAGE_OPTION_JSON}, FOR_ALL, AT(is_json)},
    {{"quiet", 0, SF_OPTIONS_NOTHING, "", SF_MESSAGE_OPTION_QUIET}, FOR_ALL, AT(is_quiet)},
    {{"debug", 0, SF_OPTIONS_NOTHING, "", SF_MESSAGE_OPTION_DEBUG}, FOR_ALL, AT(is_debug)},
    {{"help", 'h', SF_OPTIONS_NOTHING, "", SF_MESSAGE_OPTION_HELP}, FOR_ALL, AT(is_help)},
    {{"version", 0, SF_OPTIONS_NOTHING, "", SF_MESSAGE_OPTION_VERSION}, FOR(NONE), AT(is_version)},
    {{"scopes", 0, SF_MESSAGE_VALUE_LIST, "", SF_MESSAGE_OPTION_SCOPES}, FOR(LOGIN), AT(scopes)},
    {{"no-refresh", 0, SF_OPTIONS_NOTHING, "", SF_MESSAGE_OPTION_NO_REFRESH}, FOR(LOGIN),
	AT(no_refresh)},
    {{"flow", 0, SF_MESSAGE_VALUE_FLOW, SF_FLOWS_CHOICES_COMMAND, SF_MESSAGE_OPTION_FLOW},
	FOR(LOGIN) | FOR(SETUP), AT(flow)},
    {{"username", 0, SF_MESSAGE_VALUE_USERNAME, "", SF_MESSAGE_OPTION_USERNAME}, FOR(LOGIN),
	AT(username)},
    {{"password-stdin", 0, SF_OPTIONS_NOTHING, "", SF_MESSAGE_OPTION_PASSWORD_STDIN}, FOR(LOGIN),
	AT(is_password_stdin)},
    {{"prompt", 0, SF_MESSAGE_VALUE_WORDS, "login consent select_account",
	 SF_MESSAGE_OPTION_PROMPT},
	FOR(LOGIN), AT(prompt)},
    {{"verbose", 0, SF_OPTIONS_NOTHING, "", SF_MESSAGE_OPTION_VERBOSE}, FOR(LOGIN), AT(is_verbose)},
    {{"remember", 0, SF_OPTIONS_NOTHING, "", SF_MESSAGE_OPTION_REMEMBER}, FOR(LOGIN),
	AT(is_remember)},
    {{"no-qr", 0, SF_OPTIONS_NOTHING, "", SF_MESSAGE_OPTION_NO_QR}, FOR(LOGIN) | FOR(SETUP),
	AT(is_no_qr)},
    {{"host", 0, SF_OPTIONS_NOTHING, "", SF_MESSAGE_OPTION_HOST}, FOR(SETUP), AT(is_host)},
    {{"share", 0, SF_OPTIONS_NOTHING, "", SF_MESSAGE_OPTION_SHARE}, FOR(SETUP), AT(is_share)},
    {{"login-url", 0, SF_MESSAGE_VALUE_URL, "", SF_MESSAGE_OPTION_LOGIN_URL}, FOR(SETUP),
	AT(login_url)},
    {{"client-id", 0, SF_MESSAGE_VALUE_KEY, "", SF_MESSAGE_OPTION_CLIENT_ID}, FOR(SETUP),
	AT(client_id)},
    {{"callback", 0, SF_MESSAGE_VALUE_URL, "", SF_MESSAGE_OPTION_CALLBACK}, FOR(SETUP),
	AT(callback)},
    {{"proxy", 0, SF_MESSAGE_VALUE_URL, "", SF_MESSAGE_OPTION_PROXY}, FOR(SETUP), AT(proxy)},
    {{"ca-file", 0, SF_MESSAGE_VALUE_FILE, "", SF_MESSAGE_OPTION_CA_FILE}, FOR(SETUP), AT(ca_file)},
    {{"client-secret", 0, SF_OPTIONS_NOTHING, "", SF_MESSAGE_OPTION_CLIENT_SECRET}, FOR(SETUP),
	AT(is_client_secret)},
    {{"username-template", 0, SF_MESSAGE_VALUE_TEXT, "", SF_MESSAGE_OPTION_USERNAME_TEMPLATE},
	FOR(SETUP), AT(username_template)},
    {{"user-map", 0, SF_MESSAGE_VALUE_FILE, "", SF_MESSAGE_OPTION_USER_MAP}, FOR(SETUP),
	AT(user_map)},
    {{"first-factor", 0, SF_MESSAGE_VALUE_WHAT, "none publickey", SF_MESSAGE_OPTION_FIRST_FACTOR},
	FOR(SETUP), AT(first_factor)},
    {{"no-try", 0, SF_OPTIONS_NOTHING, "", SF_MESSAGE_OPTION_NO_TRY}, FOR(SETUP), AT(is_no_try)},
    {{"no-wait", 0, SF_OPTIONS_NOTHING, "", SF_MESSAGE_OPTION_NO_WAIT}, FOR(SETUP), AT(is_no_wait)},
    {{"yes", 0, SF_OPTIONS_NOTHING, "", SF_MESSAGE_OPTION_YES}, FOR(SETUP), AT(is_yes)},
    {{"service", 0, SF_MESSAGE_VALUE_NAME, "sshd login su sudo", SF_MESSAGE_OPTION_SERVICE},
	FOR(TRY_LOGIN), AT(service)},
    {{"permission", 0, SF_MESSAGE_VALUE_NAME, "", SF_MESSAGE_OPTION_PERMISSION}, FOR(USERS),
	AT(permission)},
    {{"all", 0, SF_OPTIONS_NOTHING, "", SF_MESSAGE_OPTION_ALL}, FOR(LOGOUT), AT(is_all)},
    {{"format", 0, SF_MESSAGE_VALUE_FORM, "raw header env json curl", SF_MESSAGE_OPTION_FORMAT},
	FOR(TOKEN), AT(format)},
    {{"format", 0, SF_MESSAGE_VALUE_FORM, "csv table", SF_MESSAGE_OPTION_QUERY_FORMAT}, FOR(QUERY),
	AT(format)},
    {{"method", 0, SF_MESSAGE_VALUE_WHAT, "GET POST PATCH DELETE", SF_MESSAGE_OPTION_METHOD},
	FOR(API), AT(method)},
    {{"data", 0, SF_MESSAGE_VALUE_DATA, "", SF_MESSAGE_OPTION_DATA}, FOR(API), AT(data)},
    {{"min-life", 0, SF_MESSAGE_VALUE_TIME, "5m 30m 1h", SF_MESSAGE_OPTION_MIN_LIFE},
	FOR(TOKEN) | FOR(EXEC), AT(min_life_s)},
    {{"clear", 0, SF_OPTIONS_NOTHING, "", SF_MESSAGE_OPTION_CLEAR}, FOR(USE), AT(is_clear)},
    {{"remove", 0, SF_OPTIONS_NOTHING, "", SF_MESSAGE_OPTION_REMOVE}, FOR(SETUP_GIT),
	AT(is_remove)},
};

/* The subcommands by enum sf_command, made from SF_COMMANDS. NONE has no word of its own. */
static const struct command {
	struct sf_command_row shown;
	int least, most;
} commands[] = {[SF_COMMAND_NONE] = {{"", SF_OPTIONS_NOTHING, "", SF_OPTIONS_NOTHING}, 0, 0},
#define X(id, fn, word, words, least, most, choices, summary)                                      \
	[SF_COMMAND_##id] = {{word, words, choices, summary}, least, most},
    SF_COMMANDS(X)
#undef X
};

/* Is it a list of prompt values (OpenID Connect Core 3.1.2.1) that Salesforce knows? */
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

/* Store the value in the row's field. The offset and the type are the row's, see struct row. */
static enum sf_err set_field(
    struct sf_options *o, const struct row *row, const char *value, struct sf_error *e)
{
	void *field = (char *)o + row->field;

	if (row->shown.value == SF_OPTIONS_NOTHING) {
		*(bool *)field = true;
		return SF_OK;
	}
	if (row->shown.value == SF_MESSAGE_VALUE_TIME) {
		if (sf_text_duration(value, 1, SF_MIN_LIFE_MAX_S, field))
			return SF_OK;
		return SF_FAIL_MESSAGE(
		    e, SF_E_USAGE, SF_MESSAGE_NOT_A_TIME, SF_WITH({"option", row->shown.name}));
	}
	*(const char **)field = value;
	if (row->field == AT(prompt) && !is_prompt(value))
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_NOT_A_PROMPT, NULL);
	return SF_OK;
}

/*
 * Does the word name the option? *ret_value: the value within the word (--org=x, -ox), or NULL if
 * the next word is the value.
 */
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

/* Where the parser stands in argv. */
struct words {
	int argc;
	char *const *argv;
	int at;
	uint64_t used; /* bit i: rows[i] was given; checked when the subcommand is known */
};

/* Parse the option at words->at, and take the next word if that is its value. */
static enum sf_err parse_option(struct words *words, struct sf_options *o, struct sf_error *e)
{
	const char *word = words->argv[words->at], *value = NULL;

	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		const struct sf_option_row *row = &rows[i].shown;

		if (!is_named(row, word, &value))
			continue;
		words->used |= UINT64_C(1) << i;
		if (row->value == SF_OPTIONS_NOTHING && value)
			return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_VALUE_TOO_MUCH,
			    SF_WITH({"option", row->name}));
		if (row->value != SF_OPTIONS_NOTHING && !value)
			value = ++words->at < words->argc ? words->argv[words->at] : NULL;
		if (row->value != SF_OPTIONS_NOTHING && (!value || value[0] == '\0'))
			return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_VALUE_WANTED,
			    SF_WITH({"option", row->name}, {"value", sf_message_row(row->value)}));
		return set_field(o, &rows[i], value, e);
	}
	return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_NO_SUCH_OPTION, SF_WITH({"option", word}));
}

/* Does the subcommand take a whole command: after "--", or all arguments? */
static bool takes_rest(const struct sf_options *o)
{
	return commands[o->command].most < 0;
}

/* Does the rest begin at this word? `ssh --help` is a question to us: ssh has no such option. */
static bool is_verbatim(const struct sf_options *o, const char *word)
{
	return commands[o->command].most == SF_OPTIONS_VERBATIM && strcmp(word, "--help") != 0;
}

/* Fail with USAGE: the arguments of the subcommand are missing, or do not follow "--". */
static enum sf_err fail_words_wanted(enum sf_command command, struct sf_error *e)
{
	const struct sf_command_row *row = &commands[command].shown;

	return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_WORDS_WANTED,
	    SF_WITH({"command", row->word}, {"words", sf_message_row(row->words)}));
}

/* Parse a word that is no option: the first is the subcommand, others are its arguments. */
static enum sf_err parse_word(const char *word, struct sf_options *o, struct sf_error *e)
{
	if (o->command == SF_COMMAND_NONE && !o->is_help && strcmp(word, "help") == 0) {
		o->is_help = true; /* `help token` is `token --help` */
		return SF_OK;
	}
	if (o->command == SF_COMMAND_NONE) {
		for (size_t i = 1; i < SF_COUNT(commands); i++) {
			if (strcmp(word, commands[i].shown.word) == 0)
				o->command = (enum sf_command)i;
		}
		if (o->command == SF_COMMAND_NONE)
			return SF_FAIL_MESSAGE(
			    e, SF_E_USAGE, SF_MESSAGE_NO_SUCH_SUBCOMMAND, SF_WITH({"word", word}));
		return SF_OK;
	}
	if (takes_rest(o) && !o->is_help)
		return fail_words_wanted(o->command, e);
	if (takes_rest(o) || o->word_count == (size_t)commands[o->command].most)
		return SF_FAIL_MESSAGE(
		    e, SF_E_USAGE, SF_MESSAGE_ONE_WORD_TOO_MANY, SF_WITH({"word", word}));
	o->words[o->word_count++] = word;
	o->argument = o->words[0];
	return SF_OK;
}

/* Does the subcommand take an option of this name? --format has two rows. */
static bool has_option(enum sf_command command, const char *name)
{
	for (size_t i = 0; i < SF_COUNT(rows); i++)
		if (strcmp(rows[i].shown.name, name) == 0 && sf_options_is_for(i, command))
			return true;
	return false;
}

/* After the last word: is there a subcommand, with all its arguments, and only its options? */
static enum sf_err check_words(
    const struct words *words, const struct sf_options *o, struct sf_error *e)
{
	const struct command *command = &commands[o->command];
	const bool is_short = takes_rest(o) ? command->least > 0 && (!o->rest || !o->rest[0])
					    : o->word_count < (size_t)command->least;

	if (o->is_help || (o->is_version && o->command == SF_COMMAND_NONE))
		return SF_OK;
	if (o->command == SF_COMMAND_NONE)
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_SUBCOMMAND_MISSING, NULL);
	if (is_short)
		return fail_words_wanted(o->command, e);
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		if ((words->used >> i & 1) != 0 && !has_option(o->command, rows[i].shown.name))
			return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_OPTION_OF_ANOTHER,
			    SF_WITH(
				{"command", command->shown.word}, {"option", rows[i].shown.name}));
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
	/* Do not stop at a failure: a later --json decides how it is reported. */
	for (; words.at < argc && !ret_options->rest; words.at++) {
		const char *word = argv[words.at];
		enum sf_err r = SF_OK;

		if (is_verbatim(ret_options, word))
			ret_options->rest = argv + words.at;
		else if (!is_over && strcmp(word, "--") == 0 && takes_rest(ret_options))
			ret_options->rest = argv + words.at + 1;
		else if (!is_over && strcmp(word, "--") == 0)
			is_over = true;
		else if (!is_over && word[0] == '-' && word[1] != '\0')
			r = parse_option(&words, ret_options, e);
		else
			r = parse_word(word, ret_options, e);
		if (r != SF_OK && first.code == SF_OK)
			first = *e;
	}
	if (!ret_options->rest && takes_rest(ret_options) && is_verbatim(ret_options, ""))
		ret_options->rest = argv + argc;
	if (first.code == SF_OK)
		return check_words(&words, ret_options, e);
	*e = first;
	return e->code;
}

const struct sf_option_row *sf_options_row(size_t index)
{
	return index < SF_COUNT(rows) ? &rows[index].shown : NULL;
}

bool sf_options_is_for(size_t index, enum sf_command command)
{
	return (rows[index].commands >> command & 1) != 0 &&
	       (commands[command].most != SF_OPTIONS_VERBATIM || rows[index].field == AT(is_help));
}

const struct sf_command_row *sf_options_command(enum sf_command command)
{
	return &commands[command].shown;
}

bool sf_options_is_internal(enum sf_command command)
{
	return command == SF_COMMAND_GIT || command == SF_COMMAND_ASKPASS;
}

/* Add a name and its description in two columns; after a long name the second is on a new line. */
static void add_line(struct sf_text *help, const char *left, enum sf_message right)
{
	const bool is_long = strlen(left) > SF_LEFT_MAX;

	sf_text_addf(help, "  %-*s%s", SF_LEFT_MAX, left, is_long ? "\n" : "");
	sf_text_addf(help, "%*s %s\n", is_long ? 2 + SF_LEFT_MAX : 0, "", sf_message_row(right));
}

/* Add a line for each option of the subcommand: letter, name, value, description. */
static void add_options(enum sf_command command, struct sf_text *help)
{
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		const struct sf_option_row *row = &rows[i].shown;
		char left[SF_LEFT_SIZE];
		struct sf_text l = SF_TEXT(left);

		if (!sf_options_is_for(i, command))
			continue;
		if (row->letter != 0)
			sf_text_addf(&l, "-%c, ", row->letter);
		sf_text_addf(&l, "--%s", row->name);
		if (row->value != SF_OPTIONS_NOTHING)
			sf_text_addf(&l, " %s", sf_message_row(row->value));
		add_line(help, left, row->help);
	}
}

/* Usage and summary of one subcommand; its options follow. */
static bool help_one(const struct sf_command_row *row, struct sf_text *ret_help)
{
	char usage[SF_LEFT_SIZE];
	struct sf_text text = SF_TEXT(usage);

	sf_text_addf(&text, "%s %s", row->word, sf_message_row(SF_MESSAGE_WORDS_OPTIONS));
	if (row->words != SF_OPTIONS_NOTHING)
		sf_text_addf(&text, " %s", sf_message_row(row->words));
	return sf_message_add(ret_help, SF_MESSAGE_HELP_ONE,
	    SF_WITH({"usage", usage}, {"summary", sf_message_row(row->summary)}));
}

bool sf_options_help(enum sf_command command, struct sf_text *ret_help)
{
	if (command != SF_COMMAND_NONE) {
		if (!help_one(&commands[command].shown, ret_help))
			return false;
		add_options(command, ret_help);
		return sf_text_add(ret_help, sf_message_row(SF_MESSAGE_HELP_ONE_END));
	}
	sf_text_add(ret_help, sf_message_row(SF_MESSAGE_HELP_ALL));
	for (size_t i = 1; i < SF_COUNT(commands); i++) {
		const struct sf_command_row *row = &commands[i].shown;
		char left[SF_LEFT_SIZE];
		struct sf_text l = SF_TEXT(left);

		if (sf_options_is_internal((enum sf_command)i))
			continue;
		sf_text_add(&l, row->word);
		if (row->words != SF_OPTIONS_NOTHING)
			sf_text_addf(&l, " %s", sf_message_row(row->words));
		add_line(ret_help, left, row->summary);
	}
	sf_text_add(ret_help, sf_message_row(SF_MESSAGE_HELP_ALL_OPTIONS));
	add_options(command, ret_help);
	return sf_text_add(ret_help, sf_message_row(SF_MESSAGE_HELP_ALL_END));
}
