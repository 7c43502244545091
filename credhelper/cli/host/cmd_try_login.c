/*
 * sfoauth try-login USER: runs the PAM module for an account without a service, and shows each
 * rule as passed or failed. Starts no session and changes nothing.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "class_line.h"
#include "cmd.h"
#include "setup_guide.h"
#include "account_class.h"
#include "rule.h"
#include "json_out.h"
#include "reason.h"
#include "try_run.h"
#include "wrap.h"

#include "banned.h"

#define SF_MESSAGE_SIZE 4096
#define SF_MARK_INDENT  4

enum mark { HOLDS, FAILS, NOT_REACHED };

/* The result of the try run, as the text and the JSON output show it. */
struct show {
	const struct sf_cmd *cmd;
	const struct sf_try_run *run;
	const char *service, *user;
	enum { ALLOWED, REFUSED, PASSED_ON } outcome;
	const char *reason; /* of the audit line or the account class; "ok" if allowed */
	enum sf_rule rule;  /* the rule that refused; SF_RULE_NONE: no rule did */
	bool is_error;      /* refused by a failure, not by a rule or the account class */
	char sentence[SF_MESSAGE_SIZE], remedy[SF_MESSAGE_SIZE];
	struct sf_json_out *out; /* NULL: words */
};

static enum sf_rule rule_of(const char *reason)
{
	for (int rule = SF_RULE_NONE + 1; rule < SF_RULE_COUNT; rule++)
		if (strcmp(sf_rule_name((enum sf_rule)rule), reason) == 0)
			return (enum sf_rule)rule;
	return SF_RULE_NONE;
}

/*
 * The position of a rule in the order in which the module checks them. It checks the page for the
 * code before it shows it, long before the rules about the user.
 */
static int position_of(enum sf_rule rule)
{
	return rule == SF_RULE_VERIFICATION_URI ? SF_RULE_FIRST_FACTOR
						: (rule == SF_RULE_FIRST_FACTOR ? 0 : (int)rule);
}

/*
 * How a rule is shown. Rules before the one that refused hold; those after it were not reached. The
 * password flow shows no page.
 */
static enum mark mark_of(const struct show *show, enum sf_rule rule)
{
	const struct sf_audit_line *audit = &show->run->audit;
	const bool has_page = strcmp(audit->flow, sf_flows_name(SF_FLOW_PASSWORD)) != 0;

	if (rule == show->rule)
		return FAILS;
	if (rule == SF_RULE_VERIFICATION_URI && !has_page)
		return NOT_REACHED;
	if (show->outcome == ALLOWED || position_of(rule) < position_of(show->rule))
		return HOLDS;
	/* The module starts a flow only after this rule holds. */
	if (show->is_error && rule == SF_RULE_FIRST_FACTOR && strcmp(audit->flow, "-") != 0)
		return HOLDS;
	return NOT_REACHED;
}

/* The mark is a symbol, or two letters on a terminal without UTF-8. */
static void show_line(const struct show *show, enum mark mark, const char *text)
{
	static const char *const utf8[] = {"  ✓ ", "  ✗ ", "  - "};
	static const char *const ascii[] = {" ok ", " NO ", "  - "};

	sf_wrap_print(
	    stdout, (show->cmd->settings->is_utf8 ? utf8 : ascii)[mark], SF_MARK_INDENT, text);
}

static void show_words(const struct show *show)
{
	sf_wrap_print(stdout, "      ", 6, show->sentence);
	if (show->remedy[0] != '\0')
		sf_wrap_print(stdout, "      ", 6, show->remedy);
}

/* The first line: does sfoauth handle this account, or why not? */
static void show_account(const struct show *show)
{
	char text[SF_MESSAGE_SIZE];
	struct sf_text t = SF_TEXT(text);
	const bool is_refused =
	    show->outcome == REFUSED && show->rule == SF_RULE_NONE && !show->is_error;
	const bool is_unknown = show->is_error && show->run->audit.flow[0] == '-';

	(void)!sf_message_add(&t, SF_MESSAGE_TRY_IS_OURS, SF_WITH({"user", show->user}));
	show_line(show,
	    is_refused                                 ? FAILS
	    : show->outcome == PASSED_ON || is_unknown ? NOT_REACHED
						       : HOLDS,
	    text);
	if (is_refused || show->outcome == PASSED_ON)
		show_words(show);
}

/*
 * One line for each rule. A try run has no ssh connection, so for sshd the rule of the first
 * factor is assumed to hold, and the line says so.
 */
static void show_rules(const struct show *show)
{
	for (int i = SF_RULE_NONE + 1; i < SF_RULE_COUNT; i++) {
		const enum sf_rule rule = (enum sf_rule)i;
		const struct sf_reason *reason =
		    sf_reason_find(sf_language_of_environment(), sf_rule_name(rule));
		const bool is_given =
		    rule == SF_RULE_FIRST_FACTOR && strcmp(show->service, "sshd") == 0;
		const enum mark mark = mark_of(show, rule);
		const char *holds = reason != NULL ? reason->holds : sf_rule_name(rule);
		char given[SF_MESSAGE_SIZE];
		struct sf_text text = SF_TEXT(given);

		if (is_given && mark == HOLDS &&
		    sf_message_add(&text, SF_MESSAGE_TRY_IS_GIVEN, SF_WITH({"rule", holds})))
			holds = given;
		show_line(show, mark, holds);
		if (mark == FAILS)
			show_words(show);
	}
}

/* A failure that is no rule, with the detail of the audit line in brackets. */
static void show_error(const struct show *show)
{
	char why[SF_MESSAGE_SIZE];
	struct sf_text text = SF_TEXT(why);

	if (!show->is_error)
		return;
	show_line(show, FAILS, show->sentence);
	if (show->remedy[0] != '\0')
		sf_wrap_print(stdout, "      ", 6, show->remedy);
	if (strcmp(show->run->audit.why, "-") == 0)
		return;
	sf_text_addf(&text, "(%s)", show->run->audit.why);
	sf_wrap_print(stdout, "      ", 6, why);
}

/* All for a person; if the login is allowed, with the lines that the stack still needs. */
static void show_text(const struct show *show)
{
	const struct sf_try_run *r = show->run;
	const bool has_session =
	    strcmp(show->service, "su") != 0 && !sf_text_starts(show->service, "sudo");

	sf_message_print(
	    stdout, SF_MESSAGE_TRY_HEAD, SF_WITH({"user", show->user}, {"service", show->service}));
	show_account(show);
	show_rules(show);
	show_error(show);
	(void)printf("\n  auth     %s\n", r->auth);
	(void)printf("  account  %s\n",
	    r->account[0] != '\0' ? r->account : sf_message_row(SF_MESSAGE_TRY_NOT_ASKED));
	if (show->outcome == PASSED_ON)
		sf_message_print(stdout, SF_MESSAGE_TRY_PASSED_ON, NULL);
	if (show->outcome != ALLOWED)
		return;
	sf_message_print(stdout,
	    r->has_lines ? SF_MESSAGE_TRY_ALLOWED_ALREADY : SF_MESSAGE_TRY_ALLOWED,
	    SF_WITH({"service", show->service}));
	if (!r->has_lines)
		sf_setup_guide_print_stack(stdout, has_session);
}

static void fill_json(const struct show *show)
{
	static const char *const outcomes[] = {"allowed", "refused", "passed_on"};
	static const char *const marks[] = {"ok", "failed", "skipped"};
	const struct sf_try_run *r = show->run;

	sf_json_out_text(show->out, "user", show->user);
	sf_json_out_text(show->out, "service", show->service);
	sf_json_out_text(show->out, "outcome", outcomes[show->outcome]);
	sf_json_out_text(show->out, "reason", show->reason);
	sf_json_out_text(
	    show->out, "ref", show->outcome == REFUSED && r->has_audit ? r->audit.ref : NULL);
	sf_json_out_text(show->out, "why", show->sentence);
	sf_json_out_text(show->out, "remedy", show->remedy[0] != '\0' ? show->remedy : NULL);
	for (int rule = SF_RULE_NONE + 1; rule < SF_RULE_COUNT; rule++) {
		struct sf_json_out *row = sf_json_out_new();

		sf_json_out_text(row, "rule", sf_rule_name((enum sf_rule)rule));
		sf_json_out_text(row, "result", marks[mark_of(show, (enum sf_rule)rule)]);
		sf_json_out_append(show->out, "rules", row);
	}
	sf_json_out_text(show->out, "auth", r->auth);
	sf_json_out_text(show->out, "account", r->account[0] != '\0' ? r->account : NULL);
}

/* The exit code. Rules and account classes have no row in err.def, so they share NOT_LET_IN. */
static enum sf_err code_of(const struct show *show)
{
	for (int code = SF_OK + 1; show->is_error && code < SF_ERR_COUNT; code++)
		if (strcmp(sf_err_name((enum sf_err)code), show->reason) == 0)
			return (enum sf_err)code;
	return SF_E_NOT_LET_IN;
}

static bool is_class(const char *reason)
{
	enum sf_class_reason found;

	return sf_class_reason_find(reason, &found);
}

/*
 * Fill outcome, reason, rule and the words. A refusal without an audit line is an error of ours:
 * the module logs each decision. For a local account the module logs nothing, so the line is made
 * up.
 */
static enum sf_err fill_outcome(struct show *show, struct sf_error *e)
{
	const struct sf_try_run *r = show->run;
	struct sf_text sentence = SF_TEXT(show->sentence), remedy = SF_TEXT(show->remedy);
	struct sf_audit_line audit = r->audit;

	if (r->is_local) {
		show->outcome = PASSED_ON;
		show->reason = sf_class_reason_name(r->local);
		if (!sf_text_copy(audit.reason, sizeof(audit.reason), show->reason) ||
		    !sf_text_copy(audit.user, sizeof(audit.user), show->user) ||
		    !sf_text_copy(audit.service, sizeof(audit.service), show->service))
			return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_TRY_LONG_NAME, NULL);
	} else if (!r->has_audit) {
		return SF_FAIL(e, SF_E_WORKER, 0, "auth: %s, account: %s, and nothing was logged",
		    r->auth, r->account);
	} else {
		show->outcome =
		    strcmp(r->auth, "PAM_SUCCESS") == 0 && strcmp(r->account, "PAM_SUCCESS") == 0
			? ALLOWED
			: REFUSED;
		show->reason = r->audit.reason;
		show->rule = rule_of(show->reason);
		show->is_error = show->outcome == REFUSED && show->rule == SF_RULE_NONE &&
				 !is_class(show->reason);
	}
	if (!sf_audit_line_words(&audit, &sentence, &remedy))
		return SF_FAIL(e, SF_E_BUG, 0, "the words for %s do not fit", show->reason);
	return SF_OK;
}

enum sf_err sf_cmd_try_login(struct sf_cmd *cmd, struct sf_error *e)
{
	SF_CLEANUP(sf_json_out_freep) struct sf_json_out *out = NULL;
	struct sf_try_run run;
	struct show show = {
	    .cmd = cmd,
	    .run = &run,
	    .user = cmd->options->argument,
	    .service = cmd->options->service != NULL ? cmd->options->service : "sshd",
	    .rule = SF_RULE_NONE,
	};
	enum sf_err r;

	if (geteuid() != 0)
		return SF_FAIL_MESSAGE(e, SF_E_NEEDS_ROOT, SF_MESSAGE_TRY_NEEDS_ROOT, NULL);
	if (!sf_text_has_only(show.service, SF_TEXT_NAME))
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_TRY_BAD_SERVICE, NULL);
	r = sf_try_run_run(show.service, show.user, &run, e);
	if (r == SF_OK)
		r = fill_outcome(&show, e);
	if (r != SF_OK)
		return r;
	if (cmd->options->is_json) {
		show.out = out = sf_json_out_reply();
		fill_json(&show);
	} else {
		show_text(&show);
	}
	if (show.outcome == REFUSED) {
		*cmd->ret_partial = SF_TAKE(out);
		return SF_FAIL_MESSAGE(
		    e, code_of(&show), SF_MESSAGE_TRY_REFERENCE, SF_WITH({"ref", run.audit.ref}));
	}
	sf_json_out_text(out, "status", "ok");
	return !out ? SF_OK : sf_json_out_print(out, e);
}
