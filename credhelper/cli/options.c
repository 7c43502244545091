#include "options.h"

#include <string.h>

#include "banned.h"

#define SF_MIN_LIFE_MAX_S 86400

enum id { ORG, USER, JSON, QUIET, HELP, SCOPES, NO_REFRESH, ALL, FORMAT, MIN_LIFE };

#define FOR(name) (1U << SF_COMMAND_##name)
#define FOR_ALL   (~0U)

static const struct row {
	enum id id;
	const char *name;
	char letter;       /* 0: none */
	const char *value; /* NULL: takes none */
	unsigned commands; /* bits FOR(...) */
	const char *help;
} rows[] = {
    {ORG, "org", 'o', "NAME", FOR_ALL, "the org, by its name in the configuration"},
    {USER, "user", 0, "USERNAME", FOR_ALL, "the Salesforce username, where several are stored"},
    {JSON, "json", 0, NULL, FOR_ALL, "JSON on standard output, also for failures"},
    {QUIET, "quiet", 0, NULL, FOR_ALL, "no words on standard error but failures and codes"},
    {HELP, "help", 0, NULL, FOR_ALL, "this text"},
    {SCOPES, "scopes", 0, "LIST", FOR(LOGIN), "the scopes to ask for, in place of the org's"},
    {NO_REFRESH, "no-refresh", 0, NULL, FOR(LOGIN), "ask for no refresh token"},
    {ALL, "all", 0, NULL, FOR(LOGOUT), "all orgs and all users"},
    {FORMAT, "format", 0, "FORM", FOR(TOKEN), "raw (the default), header, env, json or curl"},
    {MIN_LIFE, "min-life", 0, "TIME", FOR(TOKEN), "how long the token must still live: 90, 5m, 1h"},
};

static const struct command {
	const char *word, *argument, *summary;
} commands[] = {[SF_COMMAND_NONE] = {"", "", ""},
#define X(id, word, argument, summary) [SF_COMMAND_##id] = {word, argument, summary},
    SF_COMMANDS(X)
#undef X
};

static enum sf_err set(
    struct sf_options *o, const struct row *row, const char *value, struct sf_error *e)
{
	switch (row->id) {
	case ORG:
		o->org = value;
		break;
	case USER:
		o->user = value;
		break;
	case JSON:
		o->is_json = true;
		break;
	case QUIET:
		o->is_quiet = true;
		break;
	case HELP:
		o->is_help = true;
		break;
	case SCOPES:
		o->scopes = value;
		break;
	case NO_REFRESH:
		o->no_refresh = true;
		break;
	case ALL:
		o->is_all = true;
		break;
	case FORMAT:
		o->format = value;
		break;
	case MIN_LIFE:
		if (!sf_text_duration(value, 1, SF_MIN_LIFE_MAX_S, &o->min_life_s))
			return SF_FAIL(e, SF_E_USAGE, 0, "--min-life takes 1 second to 24 hours");
		break;
	}
	return SF_OK;
}

/* Does the word name the option, and where is its value: NULL where it is not in this word. */
static bool is_named(const struct row *row, const char *word, const char **ret_value)
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
	unsigned used; /* bits of ids, to check them against the subcommand */
};

static enum sf_err take_option(struct words *words, struct sf_options *o, struct sf_error *e)
{
	const char *word = words->argv[words->at], *value = NULL;

	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		if (!is_named(&rows[i], word, &value))
			continue;
		words->used |= 1U << rows[i].id;
		if (rows[i].value == NULL && value != NULL)
			return SF_FAIL(e, SF_E_USAGE, 0, "--%s takes no value", rows[i].name);
		if (rows[i].value != NULL && value == NULL)
			value = ++words->at < words->argc ? words->argv[words->at] : NULL;
		if (rows[i].value != NULL && (value == NULL || value[0] == '\0'))
			return SF_FAIL(
			    e, SF_E_USAGE, 0, "--%s takes %s", rows[i].name, rows[i].value);
		return set(o, &rows[i], value, e);
	}
	return SF_FAIL(e, SF_E_USAGE, 0, "there is no option '%s'", word);
}

static enum sf_err take_word(const char *word, struct sf_options *o, struct sf_error *e)
{
	if (o->command == SF_COMMAND_NONE) {
		for (size_t i = 1; i < SF_COUNT(commands); i++) {
			if (strcmp(word, commands[i].word) == 0)
				o->command = (enum sf_command)i;
		}
		if (o->command == SF_COMMAND_NONE)
			return SF_FAIL(e, SF_E_USAGE, 0, "there is no subcommand '%s'", word);
		return SF_OK;
	}
	if (commands[o->command].argument[0] == '\0' || o->argument != NULL)
		return SF_FAIL(e, SF_E_USAGE, 0, "'%s' is one word too many", word);
	o->argument = word;
	return SF_OK;
}

static enum sf_err check(const struct words *words, const struct sf_options *o, struct sf_error *e)
{
	const struct command *command = &commands[o->command];

	if (o->is_help)
		return SF_OK;
	if (o->command == SF_COMMAND_NONE)
		return SF_FAIL(e, SF_E_USAGE, 0, "no subcommand is given");
	if (command->argument[0] != '\0' && o->argument == NULL)
		return SF_FAIL(e, SF_E_USAGE, 0, "%s takes %s", command->word, command->argument);
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		if ((words->used >> rows[i].id & 1) != 0 &&
		    (rows[i].commands >> o->command & 1) == 0)
			return SF_FAIL(
			    e, SF_E_USAGE, 0, "%s has no --%s", command->word, rows[i].name);
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
	for (; words.at < argc; words.at++) {
		const char *word = argv[words.at];
		enum sf_err r = SF_OK;

		if (!is_over && strcmp(word, "--") == 0)
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

static void add_options(enum sf_command command, struct sf_text *help)
{
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		char left[32];
		struct sf_text l = SF_TEXT(left);

		if (command == SF_COMMAND_NONE ? rows[i].commands != FOR_ALL
					       : (rows[i].commands >> command & 1) == 0)
			continue;
		if (rows[i].letter != 0)
			sf_text_addf(&l, "-%c, ", rows[i].letter);
		sf_text_addf(&l, "--%s%s%s", rows[i].name, rows[i].value == NULL ? "" : " ",
		    rows[i].value == NULL ? "" : rows[i].value);
		sf_text_addf(help, "  %-18s %s\n", left, rows[i].help);
	}
}

bool sf_options_help(enum sf_command command, struct sf_text *ret_help)
{
	const struct command *one = &commands[command];

	if (command != SF_COMMAND_NONE) {
		sf_text_addf(ret_help, "Usage: sfoauth %s [options]%s%s\n%s\n\nOptions:\n",
		    one->word, one->argument[0] != '\0' ? " " : "", one->argument, one->summary);
		add_options(command, ret_help);
		return sf_text_add(ret_help, "\nSee sfoauth(1).\n");
	}
	sf_text_add(ret_help, "Usage: sfoauth SUBCOMMAND [options]\n"
			      "Access tokens of Salesforce, for other programs.\n\nSubcommands:\n");
	for (size_t i = 1; i < SF_COUNT(commands); i++) {
		char left[32];
		struct sf_text l = SF_TEXT(left);

		if (i == SF_COMMAND_GIT)
			continue;
		sf_text_addf(&l, "%s %s", commands[i].word, commands[i].argument);
		sf_text_addf(ret_help, "  %-18s %s\n", left, commands[i].summary);
	}
	sf_text_add(ret_help, "\nOptions of all (--help after a subcommand shows its own):\n");
	add_options(command, ret_help);
	return sf_text_add(ret_help,
	    "\nExit status: 0 done, 1 refused, 2 usage, 3 configuration, 4 sign-in needed,\n"
	    "5 try later, 6 keyring locked or absent, 70 bug, 130 interrupted. See sfoauth(1).\n");
}
