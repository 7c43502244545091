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
#define VENDOR     "/usr/lib/pam.d" /* Linux-PAM reads a file here if /etc/pam.d lacks it */
#define ALL_PHASES (-1)

static const char *const phases[] = {
    [SF_PAM_STACK_AUTH] = "auth",
    [SF_PAM_STACK_ACCOUNT] = "account",
    [SF_PAM_STACK_SESSION] = "session",
    [SF_PAM_STACK_PASSWORD] = "password",
};

/* The state while reading. It takes one pass: an included file is read in its place. */
struct reading {
	const char *directory;
	struct sf_pam_stack *stack;
	unsigned depth;     /* of includes */
	unsigned substack;  /* number of the current substack; 0: none */
	unsigned substacks; /* how many have started */
};

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
	/* Linux-PAM takes these characters for a part of the name, which nobody sees. */
	if (phase == SF_COUNT(phases) || !module || strpbrk(module, "\r\v\f"))
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
	if (!sf_pam_stack_control_read(control, &line) ||
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
