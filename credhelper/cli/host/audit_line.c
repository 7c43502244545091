/*
 * Parses an audit line of the PAM module and explains it. Anybody can write to a log, so a line is
 * outside input; whether root wrote it is for audit_log.c to find out.
 */
#include "audit_line.h"

#include <stddef.h>
#include <string.h>

#include "advice.h"
#include "log.h"
#include "report.h"
#include "reason.h"
#include "messages.h"

#include "banned.h"

#define SF_ROW_SIZE 64

static const struct field {
	const char *name;
	size_t offset;
} fields[] = {
#define X(name) {#name, offsetof(struct sf_audit_line, name)},
    SF_AUDIT_LINE_FIELDS(X)
#undef X
};

/* The value of a hex digit as the log writes it, in lower case; 16 for anything else. */
static unsigned hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10) : 16;
}

/*
 * Append a value and undo the escapes of printable ASCII, such as the quote and the backslash.
 * Control characters and bytes above ASCII stay escaped: a terminal must not see them.
 */
static bool add_readable(struct sf_text *text, const char *value, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = value[i];

		if (c == '\\' && len - i >= 4 && value[i + 1] == 'x') {
			const unsigned high = hex_value(value[i + 2]);
			const unsigned low = hex_value(value[i + 3]);

			if (high >= 2 && high <= 7 && low < 16 && (high < 7 || low < 15)) {
				c = (char)(high * 16 + low);
				i += 3;
			}
		}
		if (!sf_text_add_char(text, c))
			return false;
	}
	return true;
}

/*
 * Read the value at *at, a word or a text in quotes, and move *at behind it. The module escapes
 * quotes in a value, so the next quote ends it.
 */
static bool take_value(const char **at, char *ret, size_t size)
{
	const bool is_quoted = **at == '\'';
	const char *start = *at + is_quoted;
	const size_t len = strcspn(start, is_quoted ? "'" : " '=");
	struct sf_text text = sf_text_over(ret, size);

	if (len == 0 || (is_quoted && start[len] != '\''))
		return false;
	*at = start + len + is_quoted;
	return is_quoted ? add_readable(&text, start, len) : sf_text_add_bytes(&text, start, len);
}

bool sf_audit_line_parse(const char *line, struct sf_audit_line *ret_audit)
{
	static const char prefix[] = "sfoauth:";
	struct sf_audit_line audit;
	const char *at = line + strlen(prefix);

	if (!sf_text_starts(line, prefix) || !sf_text_is_clean(line, strlen(line)))
		return false;
	for (size_t i = 0; i < SF_COUNT(fields); i++) {
		const size_t len = strlen(fields[i].name);

		if (at[0] != ' ' || strncmp(at + 1, fields[i].name, len) != 0 || at[1 + len] != '=')
			return false;
		at += len + 2;
		if (!take_value(&at, (char *)&audit + fields[i].offset, SF_AUDIT_LINE_VALUE_SIZE))
			return false;
	}
	if (*at != '\0')
		return false;
	*ret_audit = audit;
	return true;
}

/*
 * Append a row of reason.def, with the fields of the line as its arguments; "-" reads "(unknown)".
 */
static bool render(struct sf_text *text, const struct sf_audit_line *audit, const char *row)
{
	struct sf_arg args[SF_COUNT(fields) + 1] = {{NULL, NULL}};

	for (size_t i = 0; i < SF_COUNT(fields); i++) {
		const char *value = (const char *)audit + fields[i].offset;

		args[i].name = fields[i].name;
		args[i].value =
		    strcmp(value, "-") == 0 ? sf_message_row(SF_MESSAGE_REFUSAL_UNKNOWN) : value;
	}
	return sf_render(text, row, args);
}

/* The error that a reason names; SF_OK if it names a rule or an account class. */
static enum sf_err code_of(const char *reason)
{
	for (int code = SF_OK + 1; code < SF_ERR_COUNT; code++)
		if (strcmp(sf_err_name((enum sf_err)code), reason) == 0)
			return (enum sf_err)code;
	return SF_OK;
}

/* The next part of a list that "; " separates; NULL after the last. */
static const char *next_part(const char *part)
{
	const char *end = strstr(part, "; ");

	return end ? end + strlen("; ") : NULL;
}

/*
 * The reply class of Salesforce in why, as a row of advice.def. The last one counts: the module
 * appends it to a detail that may quote the network, so an earlier one could be forged.
 */
static bool find_row(const char *why, char ret_row[static SF_ROW_SIZE])
{
	bool is_found = false;

	for (const char *part = why; part; part = next_part(part)) {
		const char *at = part + strlen(SF_AUDIT_ANSWER);
		char row[SF_ROW_SIZE];
		struct sf_text text = SF_TEXT(row);

		if (sf_text_starts(part, SF_AUDIT_ANSWER) &&
		    sf_text_add_bytes(&text, at, strcspn(at, ";")) && sf_advice_find(row))
			is_found = sf_text_copy(ret_row, SF_ROW_SIZE, row);
	}
	return is_found;
}

/*
 * The sentence and the switch in Setup for a reply class. The log does not contain the text of
 * Salesforce, so "..." stands for it.
 */
static bool add_advice(
    const char *row, enum sf_err code, struct sf_text *ret_sentence, struct sf_text *ret_remedy)
{
	struct sf_error error = {.code = code};
	struct sf_job_result end = {.error = {.code = code}, .outcome = {.words = "..."}};
	const struct sf_report failure = {
	    .error = &error, .end = &end, .language = sf_language_of_environment()};
	char setup[SF_AUDIT_LINE_VALUE_SIZE * 4];
	struct sf_text setup_text = SF_TEXT(setup);

	return sf_text_copy(end.row, sizeof(end.row), row) &&
	       sf_report_words(&failure, ret_sentence, &setup_text) &&
	       (setup[0] == '\0' ||
		   sf_text_addf(ret_remedy, "%s: %s", sf_message_row(SF_MESSAGE_IN_SETUP), setup));
}

bool sf_audit_line_words(
    const struct sf_audit_line *audit, struct sf_text *ret_sentence, struct sf_text *ret_remedy)
{
	const enum sf_language language = sf_language_of_environment();
	const struct sf_reason *reason = sf_reason_find(language, audit->reason);
	enum sf_err code = code_of(audit->reason);
	char row[SF_ROW_SIZE];

	if (code != SF_OK && find_row(audit->why, row))
		return add_advice(row, code, ret_sentence, ret_remedy);
	if (!reason)
		return sf_message_add(ret_sentence, SF_MESSAGE_REFUSAL_NEW_REASON,
		    SF_WITH({"reason", audit->reason}));
	return render(ret_sentence, audit,
		   reason->sentence[0] != '\0' ? reason->sentence
					       : sf_err_sentence_in(language, code)) &&
	       render(ret_remedy, audit, reason->remedy);
}

/* The alphabet is that of the module: without 0, O, 1 and I. */
bool sf_audit_line_ref(const char *typed, char ret_ref[static SF_AUDIT_LINE_REF_SIZE])
{
	struct sf_text text = sf_text_over(ret_ref, SF_AUDIT_LINE_REF_SIZE);

	for (; *typed != '\0'; typed++) {
		const char c = *typed >= 'a' && *typed <= 'z' ? (char)(*typed - 'a' + 'A') : *typed;

		if (c == '-' && text.len == 5 && typed[-1] != '-')
			continue;
		if (!strchr(SF_TEXT_READABLE, c) || !sf_text_add_char(&text, c))
			return false;
		if (text.len == 4 && !sf_text_add_char(&text, '-'))
			return false;
	}
	return text.len == SF_AUDIT_LINE_REF_SIZE - 1;
}
