/*
 * The control of a line of a PAM stack: a word such as "required", or brackets with an action for
 * each return value. Fills the actions of the line, as Linux-PAM does; reads no file.
 */
#include "pam_stack.h"

#include <stdint.h>
#include <string.h>

#include "text.h"

#include "banned.h"

#define BLANKS " \t\r\v\f" /* inside brackets; between words, Linux-PAM knows fewer */
#define WORD   "_" SF_TEXT_LOWER_DIGITS

static const char *const values[] = {
    [SF_PAM_STACK_SUCCESS] = "success",
    [SF_PAM_STACK_USER_UNKNOWN] = "user_unknown",
    [SF_PAM_STACK_AUTH_ERR] = "auth_err",
    [SF_PAM_STACK_PERM_DENIED] = "perm_denied",
    [SF_PAM_STACK_AUTHINFO_UNAVAIL] = "authinfo_unavail",
    [SF_PAM_STACK_SERVICE_ERR] = "service_err",
    [SF_PAM_STACK_SYSTEM_ERR] = "system_err",
    [SF_PAM_STACK_CONV_ERR] = "conv_err",
    [SF_PAM_STACK_BUF_ERR] = "buf_err",
    [SF_PAM_STACK_MODULE_UNKNOWN] = "module_unknown",
    /* Valid, but not looked at. Linux-PAM refuses a control with any other word. */
    "open_err",
    "symbol_err",
    "cred_insufficient",
    "maxtries",
    "new_authtok_reqd",
    "acct_expired",
    "session_err",
    "cred_unavail",
    "cred_expired",
    "cred_err",
    "no_module_data",
    "authtok_err",
    "authtok_recover_err",
    "authtok_lock_busy",
    "authtok_disable_aging",
    "try_again",
    "ignore",
    "abort",
    "authtok_expired",
    "bad_item",
    "conv_again",
    "incomplete",
};

static const char *const actions[] = {
    [SF_PAM_STACK_BAD] = "bad",
    [SF_PAM_STACK_DIE] = "die",
    [SF_PAM_STACK_IGNORE] = "ignore",
    [SF_PAM_STACK_OK] = "ok",
    [SF_PAM_STACK_DONE] = "done",
    [SF_PAM_STACK_RESET] = "reset",
};

/* The index of a word in a list of names, or count. */
static size_t index_of(const char *const *names, size_t count, const char *word)
{
	size_t i = 0;

	while (i < count && strcmp(names[i], word) != 0)
		i++;
	return i;
}

/* An action by name, or a number of lines to jump; *jump keeps the longest. False: neither. */
static bool read_action(const char *word, enum sf_pam_stack_action *ret, unsigned *jump)
{
	const size_t at = index_of(actions, SF_COUNT(actions), word);
	uint32_t lines = 0;

	if (at < SF_COUNT(actions)) {
		*ret = (enum sf_pam_stack_action)at;
		return true;
	}
	if (!sf_text_u32(word, 1, SF_PAM_STACK_LINES_MAX, &lines))
		return false;
	*ret = SF_PAM_STACK_JUMP;
	*jump = lines > *jump ? lines : *jump;
	return true;
}

/* Split off "value = action" of *rest, with or without blanks; return value. NULL: no pair. */
static char *next_pair(char **rest, char **ret_action)
{
	char *value = *rest + strspn(*rest, BLANKS), *end = value + strspn(value, WORD);
	char *equals = end + strspn(end, BLANKS), *after = NULL;

	if (*equals != '=')
		return NULL;
	*ret_action = equals + 1 + strspn(equals + 1, BLANKS);
	after = *ret_action + strspn(*ret_action, WORD);
	if (*after != '\0' && !strchr(BLANKS, *after))
		return NULL;
	*rest = after + (*after != '\0');
	*end = *after = '\0';
	return value;
}

/*
 * Read "[value=action value=action default=action". A named value has its own action, all others
 * that of the first default. False: Linux-PAM refuses the control.
 */
static bool read_brackets(char *control, struct sf_pam_stack_line *line)
{
	bool is_named[SF_PAM_STACK_VALUE_COUNT] = {false}, has_default = false;
	enum sf_pam_stack_action by_default = SF_PAM_STACK_BAD, action;
	char *rest = control + 1;

	while (rest[strspn(rest, BLANKS)] != '\0') {
		char *equals = NULL, *word = next_pair(&rest, &equals);

		if (!word || !read_action(equals, &action, &line->jump))
			return false;
		line->resets = line->resets || action == SF_PAM_STACK_RESET;
		const size_t at = index_of(values, SF_COUNT(values), word);
		if (at < SF_PAM_STACK_VALUE_COUNT) {
			line->actions[at] = action;
			is_named[at] = true;
		} else if (strcmp(word, "default") == 0) {
			by_default = has_default ? by_default : action;
			has_default = true;
		} else if (at == SF_COUNT(values)) {
			return false;
		}
	}
	for (size_t i = 0; i < SF_PAM_STACK_VALUE_COUNT; i++)
		line->actions[i] = is_named[i] ? line->actions[i] : by_default;
	return true;
}

bool sf_pam_stack_control_read(char *control, struct sf_pam_stack_line *line)
{
	static const struct {
		const char *word;
		enum sf_pam_stack_action success, others;
	} rows[] = {
	    {"required", SF_PAM_STACK_OK, SF_PAM_STACK_BAD},
	    {"requisite", SF_PAM_STACK_OK, SF_PAM_STACK_DIE},
	    {"sufficient", SF_PAM_STACK_DONE, SF_PAM_STACK_IGNORE},
	    {"optional", SF_PAM_STACK_OK, SF_PAM_STACK_IGNORE},
	};

	if (control[0] == '[')
		return read_brackets(control, line);
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		if (!sf_text_equal_nocase(rows[i].word, control))
			continue;
		for (size_t v = 0; v < SF_PAM_STACK_VALUE_COUNT; v++)
			line->actions[v] =
			    v == SF_PAM_STACK_SUCCESS ? rows[i].success : rows[i].others;
		return true;
	}
	return false;
}
