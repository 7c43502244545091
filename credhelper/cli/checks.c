#include "checks.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "failure.h"
#include "text.h"

#include "banned.h"

#define SF_CHECK_TEXT_SIZE 2048

static const struct {
	const char *json, *words, *colour;
} results[] = {
    [SF_CHECK_OK] = {"ok", "ok", "\033[32m"},
    [SF_CHECK_FAILED] = {"failed", "not ok", "\033[31m"},
    [SF_CHECK_SKIPPED] = {"skipped", "-", ""},
};

static void show_words(
    const struct sf_cmd *cmd, const struct sf_check *check, const char *said, const char *remedy)
{
	const bool has_colour = cmd->settings->has_colour && isatty(STDOUT_FILENO);
	const char *colour = has_colour ? results[check->result].colour : "";

	(void)printf("  %s%-6s%s  %-10s %s\n", colour, results[check->result].words,
	    colour[0] != '\0' ? "\033[0m" : "", check->name, said);
	if (remedy[0] != '\0')
		(void)printf("  %6s  %-10s %s\n", "", "", remedy);
	(void)fflush(stdout);
}

void sf_checks_show(
    const struct sf_cmd *cmd, const struct sf_check *check, struct sf_output_json *out)
{
	char said_buf[SF_CHECK_TEXT_SIZE], remedy_buf[SF_CHECK_TEXT_SIZE];
	const char *said = sf_failure_printable(check->said, said_buf, sizeof(said_buf));
	const char *remedy = check->remedy == NULL ? ""
						   : sf_failure_printable(check->remedy, remedy_buf,
							 sizeof(remedy_buf));
	struct sf_output_json *row;

	if (out == NULL) {
		show_words(cmd, check, said, remedy);
		return;
	}
	row = sf_output_json_new();
	sf_output_json_text(row, "check", check->name);
	sf_output_json_text(row, "result", results[check->result].json);
	sf_output_json_text(row, "said", said);
	if (remedy[0] != '\0')
		sf_output_json_text(row, "remedy", remedy);
	if (check->reason != SF_OK)
		sf_output_json_text(row, "error", sf_err_name(check->reason));
	sf_output_json_append(out, "checks", row);
}

void sf_checks_show_failed(const struct sf_cmd *cmd, const char *name, const struct sf_error *e,
    struct sf_output_json *out)
{
	const struct sf_failure failure = {
	    .error = e,
	    .end = &cmd->end,
	    .org = cmd->org,
	    .language = sf_language_of_environment(),
	};
	char words[SF_CHECK_TEXT_SIZE], setup[SF_CHECK_TEXT_SIZE];
	struct sf_text words_text = SF_TEXT(words), setup_text = SF_TEXT(setup);
	const bool fits =
	    sf_failure_words(&failure, &words_text, &setup_text) &&
	    (setup[0] == '\0' || sf_text_addf(&words_text, " In Salesforce Setup: %s", setup));
	const struct sf_check check = {
	    .name = name,
	    .result = SF_CHECK_FAILED,
	    .said = e->detail,
	    .remedy = fits ? words : sf_err_sentence_in(failure.language, e->code),
	    .reason = e->code,
	};

	sf_checks_show(cmd, &check, out);
}
