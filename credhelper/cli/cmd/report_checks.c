/*
 * Prints rows of checks, as text or JSON. Does not count them, and decides nothing about the exit
 * status.
 */
#include "report_checks.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "report.h"
#include "text.h"
#include "wrap.h"

#include "banned.h"

#define SF_CHECK_TEXT_SIZE 4096

/* Indents the remedy. As wide as what comes before said: "  not ok  login.defs ". */
#define SF_LEAD "                     "

static const struct {
	const char *json, *colour;
} results[] = {
    [SF_CHECK_OK] = {"ok", "\033[32m"},
    [SF_CHECK_FAILED] = {"failed", "\033[31m"},
    [SF_CHECK_SKIPPED] = {"skipped", ""},
};

/* The result as text. */
static const char *words_of(enum sf_check_result result)
{
	switch (result) {
	case SF_CHECK_OK:
		return sf_message_row(SF_MESSAGE_CHECK_OK);
	case SF_CHECK_FAILED:
		return sf_message_row(SF_MESSAGE_CHECK_FAILED);
	case SF_CHECK_SKIPPED:
		break;
	}
	return "-";
}

/*
 * Escape the text line by line into ret. With keeps_lines line ends stay; otherwise they become
 * spaces, so that the row is one line for grep and JSON. Returns ret.
 */
static const char *lay_out(const char *text, bool keeps_lines, char ret[static SF_CHECK_TEXT_SIZE])
{
	struct sf_text out = sf_text_over(ret, SF_CHECK_TEXT_SIZE);
	char line[SF_CHECK_TEXT_SIZE], escaped[SF_CHECK_TEXT_SIZE];

	for (;;) {
		const size_t len = strcspn(text, "\n");
		struct sf_text line_text = SF_TEXT(line);

		sf_text_add_bytes(&line_text, text, len);
		sf_text_add(&out, sf_report_printable(line, escaped, sizeof(escaped)));
		text += len;
		if (*text == '\0')
			return ret;
		text++;
		if (keeps_lines || !sf_text_ends(ret, " "))
			sf_text_add_char(&out, keeps_lines ? '\n' : ' ');
		if (!keeps_lines)
			text += strspn(text, " ");
	}
}

/* Print text after a lead that is already on the line; wrapped for a person. */
static void print_text(const char *text, bool is_person)
{
	const struct sf_wrap wrap = {.head = SF_LEAD,
	    .indent = strlen(SF_LEAD),
	    .text = text,
	    .columns = sf_wrap_width(STDOUT_FILENO)};
	char buf[2 * SF_CHECK_TEXT_SIZE];
	struct sf_text wrapped = SF_TEXT(buf);

	if (is_person && sf_wrap_add(&wrap, &wrapped))
		(void)fputs(buf + strlen(SF_LEAD), stdout);
	else
		(void)printf("%s\n", text);
}

/* Print one row as text. Flushed, because the next check may take seconds. */
static void show_words(const struct sf_cmd *cmd, const struct sf_check *check, bool is_person,
    const char *said, const char *remedy)
{
	const bool has_colour = is_person && cmd->settings->has_colour;
	const char *colour = has_colour ? results[check->result].colour : "";

	(void)printf("  %s%-6s%s  %-10s ", colour, words_of(check->result),
	    colour[0] != '\0' ? "\033[0m" : "", check->name);
	print_text(said, is_person);
	if (remedy[0] != '\0') {
		(void)fputs(SF_LEAD, stdout);
		print_text(remedy, is_person);
	}
	(void)fflush(stdout);
}

void sf_report_checks_show(
    const struct sf_cmd *cmd, const struct sf_check *check, struct sf_json_out *out)
{
	const bool is_person = !out && isatty(STDOUT_FILENO);
	char said_buf[SF_CHECK_TEXT_SIZE], remedy_buf[SF_CHECK_TEXT_SIZE];
	const char *said = lay_out(check->said, false, said_buf);
	const char *remedy =
	    lay_out(check->remedy != NULL ? check->remedy : "", is_person, remedy_buf);
	struct sf_json_out *row;

	if (!out) {
		show_words(cmd, check, is_person, said, remedy);
		return;
	}
	row = sf_json_out_new();
	sf_json_out_text(row, "check", check->name);
	sf_json_out_text(row, "result", results[check->result].json);
	sf_json_out_text(row, "said", said);
	if (remedy[0] != '\0')
		sf_json_out_text(row, "remedy", remedy);
	if (check->reason != SF_OK)
		sf_json_out_text(row, "error", sf_err_name(check->reason));
	sf_json_out_append(out, "checks", row);
}

void sf_report_checks_show_failed(
    const struct sf_cmd *cmd, const char *name, const struct sf_error *e, struct sf_json_out *out)
{
	const struct sf_report failure = {
	    .error = e,
	    .end = &cmd->end,
	    .org = cmd->org,
	    .language = sf_language_of_environment(),
	};
	char words[SF_CHECK_TEXT_SIZE], setup[SF_CHECK_TEXT_SIZE];
	struct sf_text words_text = SF_TEXT(words), setup_text = SF_TEXT(setup);
	const bool fits = sf_report_words(&failure, &words_text, &setup_text) &&
			  (setup[0] == '\0' || sf_text_addf(&words_text, " %s: %s",
						   sf_message_row(SF_MESSAGE_IN_SETUP), setup));
	const struct sf_check check = {
	    .name = name,
	    .result = SF_CHECK_FAILED,
	    .said = e->detail,
	    .remedy = fits ? words : sf_err_sentence_in(failure.language, e->code),
	    .reason = e->code,
	};

	sf_report_checks_show(cmd, &check, out);
}
