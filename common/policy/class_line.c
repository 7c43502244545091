/* Format and parse the debug line about the class of an account. Nothing is decided here. */
#include "class_line.h"

#include <string.h>

#include "banned.h"

static const char classes[][7] = {
    [SF_CLASS_LOCAL] = "local",
    [SF_CLASS_OURS] = "ours",
    [SF_CLASS_NOBODY] = "nobody",
};

bool sf_class_line_format(const struct sf_class_line *line, struct sf_text *ret_text)
{
	return sf_text_addf(ret_text, "class=%s reason=%s phase=%s", classes[line->account_class],
	    sf_class_reason_name(line->reason), line->phase);
}

/*
 * Copy the word that follows `prefix` at *at, up to a blank, and move *at behind it. False: another
 * prefix, or the word is empty or too long.
 */
static bool take_word(const char **at, const char *prefix, char *ret, size_t size)
{
	struct sf_text text = sf_text_over(ret, size);
	size_t len;

	if (!sf_text_starts(*at, prefix))
		return false;
	*at += strlen(prefix);
	len = strcspn(*at, " ");
	if (len == 0 || !sf_text_add_bytes(&text, *at, len))
		return false;
	*at += len;
	return true;
}

static bool find_class(const char *name, enum sf_class *ret_class)
{
	for (size_t i = 0; i < SF_COUNT(classes); i++) {
		if (strcmp(classes[i], name) != 0)
			continue;
		*ret_class = (enum sf_class)i;
		return true;
	}
	return false;
}

bool sf_class_reason_find(const char *name, enum sf_class_reason *ret_reason)
{
	static const enum sf_class_reason reasons[] = {
#define X(reason, text) SF_CLASS_REASON_##reason,
	    SF_CLASS_REASONS(X)
#undef X
	};

	for (size_t i = 0; i < SF_COUNT(reasons); i++) {
		if (strcmp(sf_class_reason_name(reasons[i]), name) != 0)
			continue;
		*ret_reason = reasons[i];
		return true;
	}
	return false;
}

bool sf_class_line_parse(const char *text, struct sf_class_line *ret_line)
{
	struct sf_class_line line;
	char class_name[16], reason[32];

	if (!take_word(&text, "sfoauth: class=", class_name, sizeof(class_name)) ||
	    !take_word(&text, " reason=", reason, sizeof(reason)) ||
	    !take_word(&text, " phase=", line.phase, sizeof(line.phase)) || *text != '\0' ||
	    !find_class(class_name, &line.account_class) ||
	    !sf_class_reason_find(reason, &line.reason))
		return false;
	*ret_line = line;
	return true;
}
