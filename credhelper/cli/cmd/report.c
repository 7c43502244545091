/*
 * Reports a failure to the person and, with --json, to a program. Chooses words; decides nothing
 * and changes nothing.
 */
#include "report.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "advice.h"
#include "json_out.h"
#include "messages.h"
#include "wrap.h"

#include "banned.h"

#define SF_PRINTED_SIZE  (4 * SF_ERROR_DETAIL_SIZE)
#define SF_SENTENCE_SIZE 1024
#define SF_SETUP_SIZE    4096
#define SF_LEAD          "         "
#define SF_LEAD_SIZE     64
#define SF_WAIT_SIZE     64
#define SF_MINUTE_S      60
#define SF_HOUR_S        3600

const char *sf_report_printable(const char *text, char *ret, size_t size)
{
	if (sf_text_is_clean(text, strlen(text)))
		return text;
	sf_text_escape(ret, size, text, strlen(text));
	return ret;
}

/* Add "later" (retry_s 0: no Retry-After), or "in N minutes". Rounded up: not asked too early. */
static bool add_wait(struct sf_text *text, enum sf_language language, uint32_t retry_s)
{
	enum sf_message word = SF_MESSAGE_WAIT_HOURS;
	uint32_t count = (retry_s + SF_HOUR_S - 1) / SF_HOUR_S;

	if (retry_s == 0) {
		word = SF_MESSAGE_WAIT_LATER;
	} else if (retry_s <= 2 * SF_MINUTE_S) {
		word = retry_s == 1 ? SF_MESSAGE_WAIT_SECOND : SF_MESSAGE_WAIT_SECONDS;
		count = retry_s;
	} else if (retry_s <= 2 * SF_HOUR_S) {
		word = SF_MESSAGE_WAIT_MINUTES;
		count = (retry_s + SF_MINUTE_S - 1) / SF_MINUTE_S;
	}
	return sf_render(
	    text, sf_message_row_in(language, word), SF_WITH({"count", SF_NUMBER(count)}));
}

/* Append a row of advice.def with {wait} and {words} filled in; {callbacks} becomes empty. */
static bool render(struct sf_text *text, const struct sf_report *failure, const char *row)
{
	const struct sf_outcome *outcome = &failure->end->outcome;
	char wait_buf[SF_WAIT_SIZE], words_buf[sizeof(outcome->words) + 2];
	struct sf_text wait = SF_TEXT(wait_buf), words = SF_TEXT(words_buf);

	return add_wait(&wait, failure->language, outcome->retry_s) &&
	       sf_text_addf(&words, "'%s'", outcome->words) &&
	       sf_render(
		   text, row, SF_WITH({"wait", wait_buf}, {"words", words_buf}, {"callbacks", ""}));
}

/*
 * Append the callbacks of the org, each on a line of its own, because lines are copied whole.
 * `sfoauth why` explains a host's log without an org: then the text names the configuration key.
 */
static bool add_callbacks(struct sf_text *text, const struct sf_report *failure)
{
	const struct sf_org *org = failure->org;
	bool fits = true;

	if (!org)
		return sf_text_add(
		    text, sf_message_row_in(failure->language, SF_MESSAGE_CALLBACKS_OF_ORG));
	for (size_t i = 0; fits && i < org->callback.count; i++)
		fits = sf_text_addf(text, "\n             %s", org->callback.items[i]);
	return fits;
}

/*
 * The advice for the failure; NULL: none. The last job's row counts only if its error is the one
 * reported: it may be of a refresh before the sign-in that failed for another reason.
 */
static const struct sf_advice *find_advice(const struct sf_report *failure)
{
	if (failure->end->error.code != failure->error->code)
		return NULL;
	return sf_advice_find(failure->end->row);
}

bool sf_report_words(
    const struct sf_report *failure, struct sf_text *ret_sentence, struct sf_text *ret_setup)
{
	const struct sf_advice *advice = find_advice(failure);
	const char *setup = NULL;

	if (!advice)
		return sf_text_add(
		    ret_sentence, sf_err_sentence_in(failure->language, failure->error->code));
	setup = sf_advice_setup(failure->language, advice);
	return render(ret_sentence, failure, sf_advice_sentence(failure->language, advice)) &&
	       render(ret_setup, failure, setup) &&
	       (!sf_text_ends(setup, "{callbacks}") || add_callbacks(ret_setup, failure));
}

/* Print one text: wrapped between words on a terminal, else as one line, which grep finds. */
static void print_line(const char *lead, const char *text)
{
	const struct sf_wrap wrap = {.head = lead,
	    .indent = sf_wrap_columns(lead),
	    .text = text,
	    .columns = sf_wrap_width(STDERR_FILENO)};
	char buf[2 * SF_SETUP_SIZE];
	struct sf_text wrapped = SF_TEXT(buf);

	if (isatty(STDERR_FILENO) && sf_wrap_add(&wrap, &wrapped))
		(void)fputs(buf, stderr);
	else
		(void)fprintf(stderr, "%s%s\n", lead, text);
}

/* Print the report as text. setup and detail may be "". */
static void print_words(const char *sentence, const char *setup, const char *detail)
{
	char buf[SF_SETUP_SIZE + SF_LEAD_SIZE];
	struct sf_text text = SF_TEXT(buf);

	print_line("sfoauth: ", sentence);
	/* Setup instructions and detail are indented: they belong to the sentence. */
	if (setup[0] != '\0' &&
	    sf_text_addf(&text, "%s: %s", sf_message_row(SF_MESSAGE_IN_SETUP), setup))
		print_line(SF_LEAD, buf);
	text = SF_TEXT(buf);
	if (detail[0] != '\0' && sf_text_addf(&text, "(%s)", detail))
		print_line(SF_LEAD, buf);
}

/* Print the report as JSON, with what the command has already collected. retry: exit status 5. */
static void print_json(const struct sf_cmd *cmd, const struct sf_report *failure,
    const char *sentence, const char *setup, const char *detail)
{
	enum sf_err code = failure->error->code;
	const struct sf_advice *advice = find_advice(failure);
	const int status = sf_err_exit(code);
	struct sf_json_out *out = *cmd->ret_partial;
	struct sf_error ignored;

	if (!out)
		*cmd->ret_partial = out = sf_json_out_reply();
	sf_json_out_text(out, "status", "error");
	sf_json_out_text(out, "error", sf_err_name(code));
	sf_json_out_text(out, "row", advice != NULL ? advice->row : NULL);
	sf_json_out_text(out, "message", sentence);
	sf_json_out_text(out, "setup", setup[0] != '\0' ? setup : NULL);
	sf_json_out_text(out, "detail", detail);
	sf_json_out_number(out, "exit", (uint64_t)status);
	sf_json_out_bool(out, "retry", status == sf_err_exit(SF_E_UNAVAILABLE));
	if (failure->end->outcome.retry_s > 0)
		sf_json_out_number(out, "retry_after", failure->end->outcome.retry_s);
	(void)!sf_json_out_print(out, &ignored);
}

void sf_report_say(const struct sf_cmd *cmd, const struct sf_error *e)
{
	const struct sf_report failure = {
	    .error = e,
	    .end = &cmd->end,
	    .org = cmd->org,
	    .language = sf_language_of_environment(),
	};
	const bool is_git = cmd->options->command == SF_COMMAND_GIT;
	char sentence[SF_SENTENCE_SIZE], setup[SF_SETUP_SIZE], printed[SF_PRINTED_SIZE];
	struct sf_text sentence_text = SF_TEXT(sentence), setup_text = SF_TEXT(setup);
	const char *detail = sf_report_printable(e->detail, printed, sizeof(printed));

	/* The advice does not fit: use the sentence of err.def, which always fits. */
	if (!sf_report_words(&failure, &sentence_text, &setup_text)) {
		(void)!sf_text_copy(
		    sentence, sizeof(sentence), sf_err_sentence_in(failure.language, e->code));
		setup[0] = '\0';
	}
	/* Checks have printed each failure with its words. The first one gives the exit status. */
	if (cmd->has_rows) {
		(void)!sf_text_copy(
		    sentence, sizeof(sentence), sf_message_row(SF_MESSAGE_CHECKS_NOT_WELL));
		setup[0] = '\0';
	}
	/*
	 * git's output is no place for details, except the line of a wrong configuration file and
	 * the two usernames of a sign-in that is not the one asked for.
	 */
	if (is_git)
		print_words(sentence, "",
		    e->code == SF_E_OTHER_USER || (e->code == SF_E_CONFIG && !find_advice(&failure))
			? detail
			: "");
	else
		print_words(sentence, setup, detail);
	if (cmd->options->is_json && !is_git)
		print_json(cmd, &failure, sentence, setup, detail);
}
