/*
 * sfoauth why REFERENCE, --user ACCOUNT or --last: finds the audit line of a refused login and
 * explains it. Says so if nothing proves that the module wrote the line.
 */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "job.h"
#include "audit_log.h"
#include "json_out.h"
#include "audit_line.h"
#include "wrap.h"

#include "banned.h"

#define SF_MESSAGE_SIZE 4096

static bool is_known(const char *value)
{
	return strcmp(value, "-") != 0;
}

/* Print a row. In each language, all heads have the same width. */
static void show_row(enum sf_message head, const char *text)
{
	const char *row = sf_message_row(head);

	sf_wrap_print(stdout, row, sf_wrap_columns(row), text);
}

/* A row whose text is a message with arguments. */
static void show_message(enum sf_message head, enum sf_message word, const struct sf_arg *args)
{
	char line[SF_MESSAGE_SIZE];
	struct sf_text text = SF_TEXT(line);

	if (sf_message_add(&text, word, args))
		show_row(head, line);
}

/* What happened to the token, from its name in job.h; an unknown name is shown as it is. */
static const char *token_words(const char *state)
{
	static const enum sf_message words[] = {
	    [SF_TOKEN_STATE_NONE] = SF_MESSAGE_WHY_TOKEN_NONE,
	    [SF_TOKEN_STATE_KEPT] = SF_MESSAGE_WHY_TOKEN_KEPT,
	    [SF_TOKEN_STATE_REVOKED] = SF_MESSAGE_WHY_TOKEN_REVOKED,
	    [SF_TOKEN_STATE_ORPHANED] = SF_MESSAGE_WHY_TOKEN_ORPHANED,
	};

	for (size_t i = 0; i < SF_COUNT(words); i++)
		if (strcmp(sf_token_state_name((enum sf_token_state)i), state) == 0)
			return sf_message_row(words[i]);
	return state;
}

/* The rows before the explanation: account, who approved, org and token. */
static void show_facts(const struct sf_audit_line *r)
{
	char who[2 * SF_AUDIT_LINE_VALUE_SIZE];
	struct sf_text text = SF_TEXT(who);

	if (is_known(r->rhost))
		show_message(SF_MESSAGE_WHY_HEAD_ACCOUNT, SF_MESSAGE_WHY_ACCOUNT_FROM,
		    SF_WITH({"user", r->user}, {"uid", r->uid}, {"service", r->service},
			{"rhost", r->rhost}));
	else
		show_message(SF_MESSAGE_WHY_HEAD_ACCOUNT, SF_MESSAGE_WHY_ACCOUNT,
		    SF_WITH({"user", r->user}, {"uid", r->uid}, {"service", r->service}));
	sf_text_add(
	    &text, is_known(r->sf_user) ? r->sf_user : sf_message_row(SF_MESSAGE_WHY_NOBODY));
	if (is_known(r->sf_id))
		sf_text_addf(&text, " (%s)", r->sf_id);
	show_row(SF_MESSAGE_WHY_HEAD_APPROVED, who);
	if (is_known(r->org) && is_known(r->flow))
		show_message(SF_MESSAGE_WHY_HEAD_ORG, SF_MESSAGE_WHY_ORG_FLOW,
		    SF_WITH({"org", r->org}, {"flow", r->flow}));
	else if (is_known(r->org))
		show_row(SF_MESSAGE_WHY_HEAD_ORG, r->org);
	if (is_known(r->token))
		show_row(SF_MESSAGE_WHY_HEAD_TOKEN, token_words(r->token));
}

static void show(const struct sf_audit_log_entry *entry, const char *sentence, const char *remedy)
{
	const struct sf_audit_line *r = &entry->audit;
	const bool is_denied = strcmp(r->result, "denied") == 0;
	const size_t indent = sf_wrap_columns(sf_message_row(SF_MESSAGE_WHY_HEAD_WHY));
	char head[SF_WRAP_COLUMNS], line[2 * SF_AUDIT_LINE_VALUE_SIZE];
	struct sf_text head_text = SF_TEXT(head), text = SF_TEXT(line);

	sf_message_print(stdout, is_denied ? SF_MESSAGE_WHY_REFUSED : SF_MESSAGE_WHY_UNDECIDED,
	    SF_WITH({"ref", r->ref}, {"when", entry->when}));
	show_facts(r);
	(void)putchar('\n');
	show_row(SF_MESSAGE_WHY_HEAD_WHY, sentence);
	if (remedy[0] != '\0')
		show_row(SF_MESSAGE_WHY_HEAD_REMEDY, remedy);
	sf_text_addf(&head_text, "%*s", (int)indent, "");
	if (is_known(r->why))
		sf_text_addf(&text, "(%s: %s)", r->reason, r->why);
	else
		sf_text_addf(&text, "(%s)", r->reason);
	sf_wrap_print(stdout, head, indent, line);
}

static enum sf_err show_json(const struct sf_audit_log_entry *entry, const char *unproven,
    const char *sentence, const char *remedy, struct sf_error *e)
{
	SF_CLEANUP(sf_json_out_freep) struct sf_json_out *out = sf_json_out_reply();

	sf_json_out_text(out, "status", "ok");
	sf_json_out_text(out, "time", entry->when);
#define X(name)                                                                                    \
	sf_json_out_text(out, #name, is_known(entry->audit.name) ? entry->audit.name : NULL);
	SF_AUDIT_LINE_FIELDS(X)
#undef X
	sf_json_out_text(out, "message", sentence);
	sf_json_out_text(out, "remedy", remedy[0] != '\0' ? remedy : NULL);
	sf_json_out_number(out, "lines", entry->count);
	sf_json_out_bool(out, "by_root", entry->is_roots);
	sf_json_out_text(out, "newer_unproven", unproven[0] != '\0' ? unproven : NULL);
	return sf_json_out_print(out, e);
}

/* The reference that was typed, or that of the newest refusal. Exactly one way must be named. */
static enum sf_err find_ref(
    const struct sf_options *options, struct sf_audit_log_newest *ret_newest, struct sf_error *e)
{
	*ret_newest = (struct sf_audit_log_newest){.unproven = ""};
	if ((options->argument != NULL) + (options->user != NULL) + options->is_last != 1)
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_WHY_WAYS, NULL);
	if (!options->argument)
		return sf_audit_log_newest(options->user, ret_newest, e);
	if (!sf_audit_line_ref(options->argument, ret_newest->ref))
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_WHY_USAGE, NULL);
	return SF_OK;
}

enum sf_err sf_cmd_why(struct sf_cmd *cmd, struct sf_error *e)
{
	char sentence[SF_MESSAGE_SIZE], remedy[SF_MESSAGE_SIZE];
	struct sf_text sentence_text = SF_TEXT(sentence), remedy_text = SF_TEXT(remedy);
	struct sf_audit_log_newest newest;
	struct sf_audit_log_entry entry;
	enum sf_err r = find_ref(cmd->options, &newest, e);

	/* The newest one is searched again by its reference: another line may have the same. */
	if (r == SF_OK)
		r = sf_audit_log_find(newest.ref, &entry, e);
	if (r != SF_OK)
		return r;
	if (!sf_audit_line_words(&entry.audit, &sentence_text, &remedy_text))
		return SF_FAIL(e, SF_E_BUG, 0, "the words for %s do not fit", entry.audit.reason);
	if (cmd->options->is_json)
		return show_json(&entry, newest.unproven, sentence, remedy, e);
	show(&entry, sentence, remedy);
	(void)fflush(stdout);
	if (entry.count > 1)
		sf_cmd_tell(cmd, SF_MESSAGE_WHY_FORGED, SF_WITH({"n", SF_NUMBER(entry.count)}));
	else if (!entry.is_roots)
		sf_cmd_tell(cmd, SF_MESSAGE_WHY_UNPROVEN, NULL);
	if (newest.unproven[0] != '\0')
		sf_cmd_tell(cmd, SF_MESSAGE_WHY_NEWER, SF_WITH({"ref", newest.unproven}));
	return SF_OK;
}
