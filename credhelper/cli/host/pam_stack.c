/*
 * Reads a PAM stack as Linux-PAM reads it, so that doctor can say what a stack lets through. It
 * models files of /etc/pam.d with /usr/lib/pam.d behind them, comments, continued lines, @include,
 * include, substack, the four words and the brackets of a control, and jumps (a line keeps only
 * its longest). It does not model: /etc/pam.conf, the service "other", what a leading "-" means
 * for a missing module, return values outside of enum sf_pam_stack_value, and what modules really
 * return. It loads none.
 */
#include "pam_stack.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "text.h"
#include "messages.h"

#include "banned.h"

#define DEPTH_MAX  8 /* of includes; also stops a circle */
#define PATH_SIZE  512
#define BLANKS     " \t"
#define WORD       "_" SF_TEXT_LOWER_DIGITS
#define VENDOR     "/usr/lib/pam.d" /* Linux-PAM reads a file here if /etc/pam.d lacks it */
#define ALL_PHASES (-1)

static const char *const phases[] = {
    [SF_PAM_STACK_AUTH] = "auth",
    [SF_PAM_STACK_ACCOUNT] = "account",
    [SF_PAM_STACK_SESSION] = "session",
    [SF_PAM_STACK_PASSWORD] = "password",
};

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

/* The state while reading. It takes one pass: an included file is read in its place. */
struct reading {
	const char *directory;
	struct sf_pam_stack *stack;
	unsigned depth;     /* of includes */
	unsigned substack;  /* number of the current substack; 0: none */
	unsigned substacks; /* how many have started */
};

/* The index of a word in a list of names, or count. */
static size_t index_of(const char *const *names, size_t count, const char *word)
{
	size_t i = 0;

	while (i < count && strcmp(names[i], word) != 0)
		i++;
	return i;
}

/*
 * Split off the next word of *rest. A control in brackets is one word: it keeps its "[" and loses
 * its "]". NULL at the end, or if the bracket is not closed.
 */
static char *next_word(char **rest)
{
	char *word = *rest + strspn(*rest, BLANKS), *end = NULL;

	if (*word == '\0')
		return NULL;
	end = *word == '[' ? strchr(word, ']') : word + strcspn(word, BLANKS);
	if (!end)
		return NULL;
	*rest = end + (*end != '\0');
	*end = '\0';
	return word;
}

/* "auth", in any case, with or without a leading "-". SF_COUNT(phases): no phase. */
static size_t phase_of(const char *word)
{
	size_t i = 0;

	word += word[0] == '-';
	while (i < SF_COUNT(phases) && !sf_text_equal_nocase(phases[i], word))
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

/* Fill line->actions from a control. False: Linux-PAM does not know it. */
static bool read_control(char *control, struct sf_pam_stack_line *line)
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

static enum sf_err read_file(
    struct reading *reading, const char *name, int only, struct sf_error *e);

/* NOLINTNEXTLINE(misc-no-recursion): read_file counts the depth */
static enum sf_err read_substack(
    struct reading *reading, const char *name, int only, struct sf_error *e)
{
	const unsigned outer = reading->substack;
	enum sf_err r;

	reading->substack = ++reading->substacks;
	r = read_file(reading, name, only, e);
	reading->substack = outer;
	return r;
}

/*
 * Read a line with a module or an include. An include in a line of a phase takes only the lines of
 * that phase. only: the wanted phase, or ALL_PHASES.
 */
/* NOLINTNEXTLINE(misc-no-recursion): read_file counts the depth */
static enum sf_err read_line(
    struct reading *reading, char *text, const char *file, int only, struct sf_error *e)
{
	struct sf_pam_stack *stack = reading->stack;
	struct sf_pam_stack_line line = {.phase = SF_PAM_STACK_AUTH};
	char *type = next_word(&text), *control = NULL, *module = NULL, *name = NULL;
	size_t phase;

	if (!type)
		return SF_OK;
	control = next_word(&text);
	if (sf_text_equal_nocase(type, "@include") && control)
		return read_file(reading, control, only, e);
	phase = phase_of(type);
	module = !control ? NULL : next_word(&text);
	if (phase == SF_COUNT(phases) || !module)
		return SF_FAIL_MESSAGE(
		    e, SF_E_CONFIG, SF_MESSAGE_STACK_LINE, SF_WITH({"file", file}));
	if (only != ALL_PHASES && only != (int)phase)
		return SF_OK;
	if (sf_text_equal_nocase(control, "include"))
		return read_file(reading, module, (int)phase, e);
	if (sf_text_equal_nocase(control, "substack"))
		return read_substack(reading, module, (int)phase, e);
	name = strrchr(module, '/');
	line.phase = (enum sf_pam_stack_phase)phase;
	line.substack = reading->substack;
	if (!read_control(control, &line) ||
	    !sf_text_copy(line.module, sizeof(line.module), !name ? module : name + 1) ||
	    !sf_text_copy(line.file, sizeof(line.file), file))
		return SF_FAIL_MESSAGE(
		    e, SF_E_CONFIG, SF_MESSAGE_STACK_CONTROL, SF_WITH({"file", file}));
	text += strspn(text, BLANKS);
	if (!sf_text_copy(line.arguments, sizeof(line.arguments), text))
		memcpy(line.arguments, "...", sizeof("..."));
	if (stack->count == SF_PAM_STACK_LINES_MAX)
		return SF_FAIL_MESSAGE(e, SF_E_CONFIG, SF_MESSAGE_STACK_LINES,
		    SF_WITH({"file", file}, {"most", SF_NUMBER(SF_PAM_STACK_LINES_MAX)}));
	stack->lines[stack->count++] = line;
	return SF_OK;
}

/*
 * The next line as Linux-PAM assembles it: "#" starts a comment, and a backslash at the end joins
 * the next line that has text. NULL at the end. If the file ends after a backslash, Linux-PAM
 * refuses everybody: one character of the line is left, so that read_line() refuses it.
 */
static char *next_line(char **rest)
{
	char *line = *rest, *next = line;
	size_t kept = 0;
	bool is_continued = false;

	while (*next != '\0') {
		char *at = next + strspn(next, BLANKS);
		const size_t len = strcspn(at, "\n"), text_len = strcspn(at, "#\n");

		next = at + len + (at[len] == '\n');
		if (text_len == 0)
			continue;
		memmove(line + kept, at, text_len);
		kept += text_len;
		while (text_len == len && kept > 0 && strchr(BLANKS "\r\v\f", line[kept - 1]))
			kept--;
		is_continued = text_len == len && kept > 0 && line[kept - 1] == '\\';
		if (!is_continued)
			break;
		line[kept - 1] = ' ';
	}
	*rest = next;
	if (kept == 0)
		return NULL;
	line[is_continued ? 1 : kept] = '\0';
	return line;
}

/* NOLINTNEXTLINE(misc-no-recursion): read_file counts the depth */
static enum sf_err read_text(
    struct reading *reading, char *text, const char *file, int only, struct sf_error *e)
{
	char *rest = text, *line;

	while ((line = next_line(&rest)) != NULL) {
		enum sf_err r = read_line(reading, line, file, only, e);

		if (r != SF_OK)
			return r;
	}
	return SF_OK;
}

static void free_text(char **text)
{
	free(*text);
}

/*
 * Read a file that only root and its owner can change. A name with "/" at its start is a path, as
 * in Linux-PAM.
 */
static enum sf_err read_from(
    const char *directory, const char *name, char **ret_text, struct sf_error *e)
{
	char path[PATH_SIZE];
	struct sf_text t = SF_TEXT(path);
	const struct sf_file_params params = {
	    .path = path, .max = SF_PAM_STACK_FILE_MAX, .check_directories = true};
	size_t len = 0;

	if (name[0] == '/' ? !sf_text_add(&t, name) : !sf_text_addf(&t, "%s/%s", directory, name))
		return SF_FAIL_MESSAGE(
		    e, SF_E_CONFIG, SF_MESSAGE_STACK_NAME, SF_WITH({"directory", directory}));
	return sf_file_read(&params, ret_text, &len, e);
}

/* NOLINTNEXTLINE(misc-no-recursion): depth is counted */
static enum sf_err read_file(
    struct reading *reading, const char *name, int only, struct sf_error *e)
{
	SF_CLEANUP(free_text) char *text = NULL;
	struct sf_error vendors;
	enum sf_err r;

	if (reading->depth == DEPTH_MAX)
		return SF_FAIL_MESSAGE(
		    e, SF_E_CONFIG, SF_MESSAGE_STACK_DEPTH, SF_WITH({"path", name}));
	r = read_from(reading->directory, name, &text, e);
	if (r == SF_E_CONFIG && e->sys == ENOENT)
		r = read_from(VENDOR, name, &text, &vendors) == SF_OK ? SF_OK : r;
	/* ENOENT means that the service has no file; a missing included file is an error. */
	if (r != SF_OK && reading->depth > 0)
		e->sys = 0;
	if (r != SF_OK || !text)
		return r;
	reading->depth++;
	r = read_text(reading, text, name, only, e);
	reading->depth--;
	return r;
}

enum sf_err sf_pam_stack_read(
    const char *directory, const char *service, struct sf_pam_stack *ret_stack, struct sf_error *e)
{
	struct reading reading = {.directory = directory, .stack = ret_stack};

	ret_stack->count = 0;
	return read_file(&reading, service, ALL_PHASES, e);
}

enum sf_err sf_pam_stack_parse(const char *directory, const char *name, char *text,
    struct sf_pam_stack *ret_stack, struct sf_error *e)
{
	struct reading reading = {.directory = directory, .stack = ret_stack, .depth = 1};

	ret_stack->count = 0;
	return read_text(&reading, text, name, ALL_PHASES, e);
}
