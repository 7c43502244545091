#include "stack.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "text.h"
#include "words.h"

#include "banned.h"

#define DEPTH_MAX  8
#define PATH_SIZE  512
#define BLANKS     " \t"
#define LINE_SIZE  1024
#define ALL_PHASES (-1)

static const char *const phases[] = {
    [SF_STACK_AUTH] = "auth",
    [SF_STACK_ACCOUNT] = "account",
    [SF_STACK_SESSION] = "session",
    [SF_STACK_PASSWORD] = "password",
};

static const char *const values[] = {
    [SF_STACK_SUCCESS] = "success",
    [SF_STACK_USER_UNKNOWN] = "user_unknown",
    [SF_STACK_AUTH_ERR] = "auth_err",
    [SF_STACK_PERM_DENIED] = "perm_denied",
    [SF_STACK_AUTHINFO_UNAVAIL] = "authinfo_unavail",
    [SF_STACK_SERVICE_ERR] = "service_err",
    [SF_STACK_SYSTEM_ERR] = "system_err",
    [SF_STACK_CONV_ERR] = "conv_err",
};

static const char *const actions[] = {
    [SF_STACK_BAD] = "bad",
    [SF_STACK_DIE] = "die",
    [SF_STACK_IGNORE] = "ignore",
    [SF_STACK_OK] = "ok",
    [SF_STACK_DONE] = "done",
    [SF_STACK_RESET] = "reset",
};

/* Where we are: reading is one pass, and what is included is read in its place. */
struct reading {
	const char *directory;
	struct sf_stack *stack;
	unsigned depth;
};

/* The index of a word in a list of names, or count. */
static size_t index_of(const char *const *names, size_t count, const char *word)
{
	size_t i = 0;

	while (i < count && strcmp(names[i], word) != 0)
		i++;
	return i;
}

/* The next word of *rest; a control in brackets is one. NULL at the end. */
static char *next_word(char **rest)
{
	char *word = *rest + strspn(*rest, BLANKS), *end = NULL;

	if (*word == '\0')
		return NULL;
	end = *word == '[' ? strchr(word, ']') : word + strcspn(word, BLANKS);
	if (end == NULL)
		return NULL;
	end += *end == ']';
	*rest = end + (*end != '\0');
	*end = '\0';
	return word;
}

static bool read_action(const char *word, enum sf_stack_action *ret)
{
	const size_t at = index_of(actions, SF_COUNT(actions), word);
	uint32_t lines = 0;

	if (at < SF_COUNT(actions))
		*ret = (enum sf_stack_action)at;
	else if (sf_text_u32(word, 1, SF_STACK_LINES_MAX, &lines))
		*ret = SF_STACK_JUMP;
	else
		return false;
	return true;
}

/* [value=action value=action default=action]; what is named counts, wherever default stands. */
static bool read_brackets(char *control, enum sf_stack_action ret[static SF_STACK_VALUE_COUNT])
{
	bool is_named[SF_STACK_VALUE_COUNT] = {false};
	enum sf_stack_action by_default = SF_STACK_BAD, action;
	char *rest = control + 1, *word;

	rest[strlen(rest) - 1] = '\0';
	while ((word = next_word(&rest)) != NULL) {
		char *equals = strchr(word, '=');

		if (equals == NULL || !read_action(equals + 1, &action))
			return false;
		*equals = '\0';
		const size_t at = index_of(values, SF_COUNT(values), word);
		if (at < SF_COUNT(values)) {
			ret[at] = action;
			is_named[at] = true;
		}
		if (strcmp(word, "default") == 0)
			by_default = action;
	}
	for (size_t i = 0; i < SF_STACK_VALUE_COUNT; i++)
		ret[i] = is_named[i] ? ret[i] : by_default;
	return true;
}

static bool read_control(char *control, enum sf_stack_action ret[static SF_STACK_VALUE_COUNT])
{
	static const struct {
		const char *word;
		enum sf_stack_action success, others;
	} rows[] = {
	    {"required", SF_STACK_OK, SF_STACK_BAD},
	    {"requisite", SF_STACK_OK, SF_STACK_DIE},
	    {"sufficient", SF_STACK_DONE, SF_STACK_IGNORE},
	    {"optional", SF_STACK_OK, SF_STACK_IGNORE},
	};

	if (control[0] == '[')
		return read_brackets(control, ret);
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		if (strcmp(rows[i].word, control) != 0)
			continue;
		for (size_t v = 0; v < SF_STACK_VALUE_COUNT; v++)
			ret[v] = v == SF_STACK_SUCCESS ? rows[i].success : rows[i].others;
		return true;
	}
	return false;
}

static enum sf_err read_file(
    struct reading *reading, const char *name, int only, struct sf_error *e);

/* A line of one module, or one that includes. only: the phase that is wanted, or ALL_PHASES. */
/* NOLINTNEXTLINE(misc-no-recursion): read_file counts the depth */
static enum sf_err read_line(
    struct reading *reading, char *text, const char *file, int only, struct sf_error *e)
{
	struct sf_stack *stack = reading->stack;
	struct sf_stack_line line = {.phase = SF_STACK_AUTH};
	char *type = next_word(&text), *control = NULL, *module = NULL, *name = NULL;
	size_t phase;

	if (type == NULL)
		return SF_OK;
	control = next_word(&text);
	if (strcmp(type, "@include") == 0 && control != NULL)
		return read_file(reading, control, only, e);
	phase = index_of(phases, SF_COUNT(phases), type + (type[0] == '-'));
	module = control == NULL ? NULL : next_word(&text);
	if (phase == SF_COUNT(phases) || module == NULL)
		return SF_FAIL_WORD(e, SF_E_CONFIG, SF_WORD_STACK_LINE, SF_WITH({"file", file}));
	if (only != ALL_PHASES && only != (int)phase)
		return SF_OK;
	if (strcmp(control, "include") == 0 || strcmp(control, "substack") == 0)
		return read_file(reading, module, (int)phase, e);
	name = strrchr(module, '/');
	line.phase = (enum sf_stack_phase)phase;
	if (!read_control(control, line.actions) ||
	    !sf_text_copy(line.module, sizeof(line.module), name == NULL ? module : name + 1) ||
	    !sf_text_copy(line.file, sizeof(line.file), file))
		return SF_FAIL_WORD(e, SF_E_CONFIG, SF_WORD_STACK_CONTROL, SF_WITH({"file", file}));
	if (stack->count == SF_STACK_LINES_MAX)
		return SF_FAIL_WORD(e, SF_E_CONFIG, SF_WORD_STACK_LINES,
		    SF_WITH({"file", file}, {"most", SF_NUMBER(SF_STACK_LINES_MAX)}));
	stack->lines[stack->count++] = line;
	return SF_OK;
}

/* Lines, where a backslash at the end takes the next one along and # begins a comment. */
/* NOLINTNEXTLINE(misc-no-recursion): read_file counts the depth */
static enum sf_err read_text(
    struct reading *reading, char *text, const char *file, int only, struct sf_error *e)
{
	char *rest = text;

	for (char *at = text; *at != '\0'; at++) {
		if (at[0] == '\\' && at[1] == '\n')
			at[0] = at[1] = ' ';
	}
	while (*rest != '\0') {
		char *line = rest;
		const size_t len = strcspn(line, "\n");
		enum sf_err r;

		rest += len + (line[len] == '\n');
		line[len] = '\0';
		line[strcspn(line, "#")] = '\0';
		r = read_line(reading, line, file, only, e);
		if (r != SF_OK)
			return r;
	}
	return SF_OK;
}

static void free_text(char **text)
{
	free(*text);
}

/* NOLINTNEXTLINE(misc-no-recursion): read_file counts the depth */
static enum sf_err read_file(
    struct reading *reading, const char *name, int only, struct sf_error *e)
{
	SF_CLEANUP(free_text) char *text = NULL;
	char path[PATH_SIZE];
	struct sf_text t = SF_TEXT(path);
	const struct sf_file_ask ask = {
	    .path = path, .max = SF_STACK_FILE_MAX, .check_directories = true};
	size_t len = 0;
	enum sf_err r;

	if (name[0] == '/' ? !sf_text_add(&t, name)
			   : !sf_text_addf(&t, "%s/%s", reading->directory, name))
		return SF_FAIL_WORD(
		    e, SF_E_CONFIG, SF_WORD_STACK_NAME, SF_WITH({"directory", reading->directory}));
	if (reading->depth == DEPTH_MAX)
		return SF_FAIL_WORD(e, SF_E_CONFIG, SF_WORD_STACK_DEPTH, SF_WITH({"path", path}));
	r = sf_file_read(&ask, &text, &len, e);
	if (r != SF_OK)
		return r;
	reading->depth++;
	r = read_text(reading, text, name, only, e);
	reading->depth--;
	return r;
}

enum sf_err sf_stack_read(
    const char *directory, const char *service, struct sf_stack *ret_stack, struct sf_error *e)
{
	struct reading reading = {.directory = directory, .stack = ret_stack};

	ret_stack->count = 0;
	return read_file(&reading, service, ALL_PHASES, e);
}

enum sf_err sf_stack_parse(const char *directory, const char *name, char *text,
    struct sf_stack *ret_stack, struct sf_error *e)
{
	struct reading reading = {.directory = directory, .stack = ret_stack, .depth = 1};

	ret_stack->count = 0;
	return read_text(&reading, text, name, ALL_PHASES, e);
}

size_t sf_stack_find(const struct sf_stack *stack, enum sf_stack_phase phase, const char *module)
{
	size_t i = 0;

	while (i < stack->count &&
	       (stack->lines[i].phase != phase || strcmp(stack->lines[i].module, module) != 0))
		i++;
	return i;
}

bool sf_stack_refuses(const struct sf_stack_line *line)
{
	for (size_t i = SF_STACK_AUTH_ERR; i < SF_STACK_VALUE_COUNT; i++) {
		if (line->actions[i] != SF_STACK_BAD && line->actions[i] != SF_STACK_DIE)
			return false;
	}
	return true;
}
