/*
 * Edits one key in the text of a configuration file, and writes files atomically. Finds sections
 * and keys by their form only; config_parse.c decides whether the result is valid.
 */
#include "conf_edit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "file.h"
#include "text.h"

#include "banned.h"

#define SF_LINE_EXTRA 8 /* brackets and blanks around a section's name */

/* A line of the text, with its line end. Borrows from the text. */
struct line {
	const char *at;
	size_t len;
};

static struct line line_at(const char *at)
{
	const size_t len = strcspn(at, "\n");

	return (struct line){at, at[len] == '\n' ? len + 1 : len};
}

static struct line trimmed(struct line line)
{
	while (line.len > 0 && strchr(" \t\n", line.at[line.len - 1]))
		line.len--;
	for (; line.len > 0 && strchr(" \t", line.at[0]) != NULL; line.at++)
		line.len--;
	return line;
}

static bool is_header(struct line line)
{
	line = trimmed(line);
	return line.len > 0 && line.at[0] == '[';
}

/* Is the line the header of this section? "[org  acme]" is that of "org acme". */
static bool is_section(struct line line, const char *section)
{
	char name[SF_CONFIG_NAME_MAX + SF_LINE_EXTRA];
	struct sf_text text = SF_TEXT(name);

	line = trimmed(line);
	if (line.len < 2 || line.at[0] != '[' || line.at[line.len - 1] != ']')
		return false;
	for (size_t i = 1; i < line.len - 1; i++) {
		const bool is_blank = line.at[i] == ' ' || line.at[i] == '\t';

		if (!is_blank || (text.len > 0 && name[text.len - 1] != ' '))
			(void)sf_text_add_char(&text, is_blank ? ' ' : line.at[i]);
	}
	return !text.overflow && strcmp(name, section) == 0;
}

/* Does the line set the key? "key = value" with any blanks around the key. */
static bool is_key(struct line line, const char *key)
{
	const size_t len = strlen(key);

	line = trimmed(line);
	if (line.len <= len || strncmp(line.at, key, len) != 0)
		return false;
	for (line.at += len, line.len -= len; line.len > 0; line.at++, line.len--) {
		if (*line.at != ' ' && *line.at != '\t')
			return *line.at == '=';
	}
	return false;
}

/* Where a new key goes: after the last line of the section that is not blank; NULL: no section. */
static const char *end_of(const char *text, const char *section)
{
	const char *end = NULL;
	bool is_in = false;

	for (struct line line = line_at(text); line.len > 0; line = line_at(line.at + line.len)) {
		if (is_header(line))
			is_in = is_section(line, section);
		if (is_in && trimmed(line).len > 0)
			end = line.at + line.len;
	}
	return end;
}

static void put_value(FILE *out, const struct sf_conf_edit *edit)
{
	(void)fprintf(out, "%s = %s\n", edit->key, edit->value);
}

static void copy_line(FILE *out, struct line line)
{
	(void)fwrite(line.at, 1, line.len, out);
	if (line.len > 0 && line.at[line.len - 1] != '\n')
		(void)fputc('\n', out);
}

bool sf_conf_edit_set(const char *text, const struct sf_conf_edit *edit, char **ret_text)
{
	const char *end = end_of(text, edit->section);
	bool is_in = false, is_put = !edit->value;
	char *result = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&result, &size);

	if (!out)
		return false;
	for (struct line line = line_at(text); line.len > 0; line = line_at(line.at + line.len)) {
		if (is_header(line))
			is_in = is_section(line, edit->section);
		if (!is_in || !is_key(line, edit->key))
			copy_line(out, line);
		else if (!is_put)
			put_value(out, edit);
		is_put = is_put || (is_in && is_key(line, edit->key));
		if (!is_put && line.at + line.len == end) {
			put_value(out, edit);
			is_put = true;
		}
	}
	if (!is_put)
		(void)fprintf(out, "%s[%s]\n", text[0] == '\0' ? "" : "\n", edit->section);
	if (!is_put)
		put_value(out, edit);
	if (fclose(out) != 0) {
		free(result);
		return false;
	}
	*ret_text = result;
	return true;
}

/*
 * Create the directories above the file that are missing, as they are for a new user. They are
 * readable for those who may read the file, independent of the umask.
 */
static bool make_directories(const char *path, unsigned file_mode)
{
	const mode_t mode = file_mode == 0600 ? 0700 : 0755;
	char parent[PATH_MAX];

	for (const char *slash = strchr(path + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		struct sf_text text = SF_TEXT(parent);

		if (!sf_text_add_bytes(&text, path, (size_t)(slash - path)))
			return false;
		if (mkdir(parent, mode) == 0 ? chmod(parent, mode) != 0 : errno != EEXIST)
			return false;
	}
	return true;
}

enum sf_err sf_conf_edit_write(
    const struct sf_conf_edit_file *file, const char *text, struct sf_error *e)
{
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	char beside[PATH_MAX];
	struct sf_text name = SF_TEXT(beside);

	if (!sf_text_addf(&name, "%s.XXXXXX", file->path) ||
	    !make_directories(file->path, file->mode))
		return SF_FAIL(
		    e, SF_E_SYSTEM, errno, "cannot make the directory of %s", file->path);
	/* A unique name: a second writer must not move this file into place half written. */
	fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot write %s", file->path);
	if (fchmod(fd, file->mode) != 0 || !sf_file_write_all(fd, text, strlen(text)) ||
	    fsync(fd) != 0 || rename(beside, file->path) != 0) {
		const int sys = errno;

		(void)unlink(beside);
		return SF_FAIL(e, SF_E_SYSTEM, sys, "cannot write %s", file->path);
	}
	return SF_OK;
}
