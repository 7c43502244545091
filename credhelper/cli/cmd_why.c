#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "logbook.h"
#include "output.h"
#include "refusal.h"
#include "wrap.h"

#include "banned.h"

#define SF_WORDS_SIZE 4096

static bool is_known(const char *value)
{
	return strcmp(value, "-") != 0;
}

/* Of a rule the module says no more than its name. */
static bool adds_nothing(const struct sf_refusal *r)
{
	return !is_known(r->why) ||
	       (sf_text_starts(r->why, "rule ") && sf_text_ends(r->why, " does not hold"));
}

static void show_row(const char *label, const char *text)
{
	char head[16];
	struct sf_text t = SF_TEXT(head);

	sf_text_addf(&t, "  %-9s", label);
	sf_wrap_print(stdout, head, 11, text);
}

static void show(const struct sf_logbook_entry *entry, const char *sentence, const char *remedy)
{
	const struct sf_refusal *r = &entry->refusal;
	char line[4 * SF_REFUSAL_VALUE_SIZE];
	struct sf_text text = SF_TEXT(line);

	(void)printf("%s: %s, %s\n\n", r->ref,
	    strcmp(r->result, "denied") == 0 ? "refused" : "could not be decided", entry->when);
	sf_text_addf(&text, "%s (uid %s), service %s", r->user, r->uid, r->service);
	if (is_known(r->rhost))
		sf_text_addf(&text, ", from %s", r->rhost);
	show_row("account", line);
	text = SF_TEXT(line);
	sf_text_addf(&text, "%s%s%s%s", is_known(r->sf_user) ? r->sf_user : "nobody",
	    is_known(r->sf_id) ? " (" : "", is_known(r->sf_id) ? r->sf_id : "",
	    is_known(r->sf_id) ? ")" : "");
	show_row("approved", line);
	if (is_known(r->org)) {
		text = SF_TEXT(line);
		sf_text_addf(&text, "%s%s%s%s%s", r->org, is_known(r->flow) ? ", flow " : "",
		    is_known(r->flow) ? r->flow : "", is_known(r->token) ? ", token: " : "",
		    is_known(r->token) ? r->token : "");
		show_row("org", line);
	}
	(void)putchar('\n');
	show_row("why", sentence);
	if (remedy[0] != '\0')
		show_row("remedy", remedy);
	text = SF_TEXT(line);
	sf_text_addf(&text, "(%s%s%s)", r->reason, adds_nothing(r) ? "" : ": ",
	    adds_nothing(r) ? "" : r->why);
	show_row("", line);
}

static enum sf_err show_json(const struct sf_logbook_entry *entry, const char *sentence,
    const char *remedy, struct sf_error *e)
{
	SF_CLEANUP(sf_output_json_freep) struct sf_output_json *out = sf_output_json_reply();

	sf_output_json_text(out, "status", "ok");
	sf_output_json_text(out, "time", entry->when);
#define X(name)                                                                                    \
	sf_output_json_text(out, #name, is_known(entry->refusal.name) ? entry->refusal.name : NULL);
	SF_REFUSAL_FIELDS(X)
#undef X
	sf_output_json_text(out, "message", sentence);
	sf_output_json_text(out, "remedy", remedy[0] != '\0' ? remedy : NULL);
	sf_output_json_number(out, "lines", entry->count);
	return sf_output_json_print(out, e);
}

enum sf_err sf_cmd_why(struct sf_cmd *cmd, struct sf_error *e)
{
	char ref[SF_REFUSAL_REF_SIZE], sentence[SF_WORDS_SIZE], remedy[SF_WORDS_SIZE];
	struct sf_text sentence_text = SF_TEXT(sentence), remedy_text = SF_TEXT(remedy);
	struct sf_logbook_entry entry;
	enum sf_err r;

	if (!sf_refusal_ref(cmd->options->argument, ref))
		return SF_FAIL(
		    e, SF_E_USAGE, 0, "a reference looks like 7K3F-Q2PD: no 0, O, 1 or I is in it");
	r = sf_logbook_find(ref, &entry, e);
	if (r != SF_OK)
		return r;
	if (!sf_refusal_words(&entry.refusal, &sentence_text, &remedy_text))
		return SF_FAIL(e, SF_E_BUG, 0, "the words for %s do not fit", entry.refusal.reason);
	if (cmd->options->is_json)
		return show_json(&entry, sentence, remedy, e);
	show(&entry, sentence, remedy);
	if (entry.count > 1)
		sf_cmd_say(cmd,
		    "The log has %zu lines with this reference, and the module wrote one of them:\n"
		    "anybody on this host can write to the log. This is the first.\n",
		    entry.count);
	return SF_OK;
}
