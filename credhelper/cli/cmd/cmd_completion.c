/*
 * sfoauth completion: print a completion script for bash, zsh or fish. Scripts are made from the
 * rows of options.h. Nothing here names a subcommand or an option, except `git`, which is internal,
 * and `exec`, whose arguments are a command.
 *
 * A row says what values a shell may offer. Names of orgs are not in the script, because they
 * change with the configuration: the script runs `sfoauth completion orgs` when it needs them.
 */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "text.h"

#include "banned.h"

static const char list_orgs[] = "sfoauth completion orgs 2>/dev/null";

/* Print text in single quotes. quote: how a quote within is written: '\'' in zsh, \' in fish. */
static void put_quoted(const char *text, const char *quote)
{
	(void)putchar('\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			(void)fputs(quote, stdout);
		else
			(void)putchar(*text);
	}
	(void)putchar('\'');
}

/* Is the subcommand offered? `git` is not: git runs it, not people. */
static bool is_shown(int command)
{
	return command != SF_COMMAND_NONE && !sf_options_is_internal((enum sf_command)command);
}

/* The words of all subcommands: a pattern of bash needs " | " between them, a list a blank. */
static void put_commands(const char *between)
{
	const char *before = "";

	for (int i = 0; i < SF_COMMAND_COUNT; i++) {
		if (!is_shown(i))
			continue;
		(void)printf("%s%s", before, sf_options_command((enum sf_command)i)->word);
		before = between;
	}
}

/* Are the choices of a row the names of orgs, which only sfoauth itself knows? */
static bool is_orgs(const char *choices)
{
	return strcmp(choices, "@orgs") == 0;
}

/*
 * bash: one function. It finds the subcommand among the words typed, sets `words` (values) and
 * `options` for the position of the cursor, and lets compgen choose those that fit.
 */

/* The shell assignment of the values to offer. */
static void bash_words(const char *choices)
{
	if (is_orgs(choices))
		(void)printf("words=$(%s)", list_orgs);
	else
		(void)printf("words='%s'", choices);
}

/* The patterns of an option; one of several rows of that name is known by its subcommands. */
static void bash_option(size_t index)
{
	const struct sf_option_row *row = sf_options_row(index), *other;
	const char *before = "";
	bool is_alone = true;

	for (size_t i = 0; (other = sf_options_row(i)) != NULL; i++)
		is_alone = is_alone && (i == index || strcmp(other->name, row->name) != 0);
	if (is_alone)
		(void)printf("*:--%s", row->name);
	if (is_alone && row->letter != 0)
		(void)printf(" | *:-%c", row->letter);
	for (int i = 0; !is_alone && i < SF_COMMAND_COUNT; i++) {
		if (!is_shown(i) || !sf_options_is_for(index, (enum sf_command)i))
			continue;
		(void)printf(
		    "%s%s:--%s", before, sf_options_command((enum sf_command)i)->word, row->name);
		before = " | ";
	}
}

/* Branches by the previous word: an option that takes a value. Leaves the case open. */
static void bash_values(void)
{
	const struct sf_option_row *row;

	(void)printf("\tcase $command:$prev in\n");
	for (size_t i = 0; (row = sf_options_row(i)) != NULL; i++) {
		if (row->value == SF_OPTIONS_NOTHING)
			continue;
		(void)printf("\t");
		bash_option(i);
		(void)printf(") ");
		bash_words(row->choices);
		(void)printf(" ;;\n");
	}
	(void)printf("\t*)\n\t\tcase $command in\n");
}

/* The branch of one subcommand: values of its first argument, and its options. */
static void bash_command(int command)
{
	const struct sf_command_row *shown = sf_options_command((enum sf_command)command);
	const struct sf_option_row *row;

	(void)printf("\t\t%s) ", shown->word);
	bash_words(shown->choices);
	(void)printf(" options='");
	for (size_t i = 0; (row = sf_options_row(i)) != NULL; i++) {
		if (sf_options_is_for(i, (enum sf_command)command))
			(void)printf("--%s ", row->name);
	}
	(void)printf("' ;;\n");
}

/*
 * The whole script. After `exec --` it completes as a shell does for a command line; otherwise a
 * word that begins with "-" gets options, any other gets values.
 */
static void put_bash(void)
{
	(void)printf("# Completions of sfoauth for bash: eval \"$(sfoauth completion bash)\"\n"
		     "_sfoauth()\n{\n"
		     "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
		     "\tlocal command='' words='' options='' i\n"
		     "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		     "\t\tcase $command:${COMP_WORDS[i]} in\n"
		     "\t\texec:--) COMPREPLY=($(compgen -c -f -- \"$cur\")) && return ;;\n"
		     "\t\t:-*) ;;\n\t\t:*) case ${COMP_WORDS[i]} in ");
	put_commands(" | ");
	(void)printf(") command=${COMP_WORDS[i]} ;; esac ;;\n\t\tesac\n\tdone\n");
	bash_values();
	(void)printf("\t\t'') words='");
	put_commands(" ");
	(void)printf("' options='");
	const struct sf_option_row *row;
	for (size_t i = 0; (row = sf_options_row(i)) != NULL; i++) {
		if (sf_options_is_for(i, SF_COMMAND_NONE))
			(void)printf("--%s ", row->name);
	}
	(void)printf("' ;;\n");
	for (int i = 0; i < SF_COMMAND_COUNT; i++) {
		if (is_shown(i))
			bash_command(i);
	}
	(void)printf("\t\tesac ;;\n\tesac\n\t[[ $cur != -* ]] || words=$options\n"
		     "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\n"
		     "complete -F _sfoauth sfoauth\n");
}

/* zsh: rows for _arguments, whose format is "-o[HELP]:NAME:(VALUES)" (zshcompsys(1)). */

/* The ":NAME:(VALUES)" of a row; org names are computed when the person presses Tab. */
static void zsh_values(const char *value, const char *choices)
{
	(void)printf(":%s:", value);
	if (is_orgs(choices))
		(void)printf("{compadd -- $(%s)}", list_orgs);
	else
		(void)printf("(%s)", choices);
}

/* All options of a subcommand; one with a letter has two rows. */
static void zsh_options(enum sf_command command)
{
	const struct sf_option_row *row;

	for (size_t i = 0; (row = sf_options_row(i)) != NULL; i++) {
		if (!sf_options_is_for(i, command))
			continue;

		const char *help = sf_message_row(row->help);

		for (int is_short = 0; is_short < (row->letter != 0 ? 2 : 1); is_short++) {
			char text[256];
			struct sf_text spec = SF_TEXT(text);

			if (is_short)
				sf_text_addf(&spec, "-%c[%s]", row->letter, help);
			else
				sf_text_addf(&spec, "--%s[%s]", row->name, help);
			(void)fputs(" \\\n\t\t\t", stdout);
			put_quoted(text, "'\\''");
			if (row->value != SF_OPTIONS_NOTHING) {
				(void)putchar('\'');
				zsh_values(sf_message_row(row->value), row->choices);
				(void)putchar('\'');
			}
		}
	}
}

/* The whole script: subcommands with summaries, then the options and arguments of each. */
static void put_zsh(void)
{
	(void)printf("#compdef sfoauth\n"
		     "# Completions of sfoauth for zsh: source <(sfoauth completion zsh)\n"
		     "_sfoauth()\n{\n\tlocal curcontext=$curcontext state line\n"
		     "\tlocal -a subcommands\n\tsubcommands=(\n");
	for (int i = 0; i < SF_COMMAND_COUNT; i++) {
		const struct sf_command_row *shown = sf_options_command((enum sf_command)i);
		char text[256];
		struct sf_text row = SF_TEXT(text);

		if (!is_shown(i))
			continue;
		sf_text_addf(&row, "%s:%s", shown->word, sf_message_row(shown->summary));
		(void)fputs("\t\t", stdout);
		put_quoted(text, "'\\''");
		(void)putchar('\n');
	}
	(void)printf("\t)\n\t_arguments -C");
	zsh_options(SF_COMMAND_NONE);
	(void)printf(" \\\n\t\t\t'1:subcommand:->subcommand' '*::argument:->argument'\n"
		     "\tcase $state in\n\tsubcommand) _describe subcommand subcommands ;;\n"
		     "\targument)\n\t\tcase $words[1] in\n");
	for (int i = 0; i < SF_COMMAND_COUNT; i++) {
		const struct sf_command_row *shown = sf_options_command((enum sf_command)i);

		if (!is_shown(i))
			continue;
		(void)printf("\t\t%s) _arguments", shown->word);
		zsh_options((enum sf_command)i);
		if (i == SF_COMMAND_EXEC)
			(void)printf(" \\\n\t\t\t'*::command:_normal'");
		else if (shown->choices[0] != '\0') {
			(void)printf(" \\\n\t\t\t'1");
			zsh_values(shown->word, shown->choices);
			(void)printf("'");
		}
		(void)printf(" ;;\n");
	}
	(void)printf("\t\tesac ;;\n\tesac\n}\ncompdef _sfoauth sfoauth\n");
}

/* fish: one `complete` line for each option of each subcommand; -n says when it holds. */

/* One option of one subcommand; NONE: of sfoauth itself, so without a condition. */
static void fish_option(const struct sf_option_row *row, int command)
{
	(void)printf("complete -c sfoauth");
	if (command != SF_COMMAND_NONE)
		(void)printf(" -n '__fish_seen_subcommand_from %s'",
		    sf_options_command((enum sf_command)command)->word);
	if (row->letter != 0)
		(void)printf(" -s %c", row->letter);
	(void)printf(" -l %s", row->name);
	if (row->value != SF_OPTIONS_NOTHING && is_orgs(row->choices))
		(void)printf(" -x -a '(%s)'", list_orgs);
	else if (row->value != SF_OPTIONS_NOTHING)
		(void)printf(" -x -a '%s'", row->choices);
	(void)printf(" -d ");
	put_quoted(sf_message_row(row->help), "\\'");
	(void)putchar('\n');
}

/* The whole script. An option of every subcommand is one line, not one for each of them. */
static void put_fish(void)
{
	const struct sf_option_row *row;

	(void)printf("# Completions of sfoauth for fish: sfoauth completion fish | source\n"
		     "complete -c sfoauth -f\n");
	for (int i = 0; i < SF_COMMAND_COUNT; i++) {
		const struct sf_command_row *shown = sf_options_command((enum sf_command)i);

		if (!is_shown(i))
			continue;
		(void)printf("complete -c sfoauth -n __fish_use_subcommand -a %s -d ", shown->word);
		put_quoted(sf_message_row(shown->summary), "\\'");
		(void)putchar('\n');
		if (shown->choices[0] == '\0')
			continue;
		(void)printf(
		    "complete -c sfoauth -n '__fish_seen_subcommand_from %s' -a '%s%s%s'\n",
		    shown->word, is_orgs(shown->choices) ? "(" : "",
		    is_orgs(shown->choices) ? list_orgs : shown->choices,
		    is_orgs(shown->choices) ? ")" : "");
	}
	for (size_t i = 0; (row = sf_options_row(i)) != NULL; i++) {
		if (sf_options_is_for(i, SF_COMMAND_NONE)) {
			fish_option(row, SF_COMMAND_NONE);
			continue;
		}
		for (int command = 0; command < SF_COMMAND_COUNT; command++) {
			if (is_shown(command) && sf_options_is_for(i, (enum sf_command)command))
				fish_option(row, command);
		}
	}
}

/*
 * "orgs" is no shell: the scripts call it at each Tab, so it reads the configuration only, and a
 * broken one offers nothing.
 */
enum sf_err sf_cmd_completion(struct sf_cmd *cmd, struct sf_error *e)
{
	const char *shell = cmd->options->argument;
	const struct sf_config *config = cmd->settings->config;

	if (strcmp(shell, "bash") == 0)
		put_bash();
	else if (strcmp(shell, "zsh") == 0)
		put_zsh();
	else if (strcmp(shell, "fish") == 0)
		put_fish();
	else if (strcmp(shell, "orgs") != 0)
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_NO_SUCH_SHELL, NULL);
	for (size_t i = 0; strcmp(shell, "orgs") == 0 && i < config->org_count; i++) {
		if (config->orgs[i].login_url[0] != '\0')
			(void)printf("%s\n", config->orgs[i].name);
	}
	return SF_OK;
}
