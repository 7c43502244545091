/* Messages by id and language, rendered with their named arguments. */
#include "ui.h"

#include <string.h>

#include "banned.h"

#define ARGS_MAX 16

static const char *const words[SF_LANGUAGE_COUNT][SF_MSG_COUNT] = {
#define SF_MSG(id, text) [SF_LANGUAGE_EN][SF_MSG_##id] = (text),
#include "dialogue.def"
#undef SF_MSG
#define SF_MSG(id, text) [SF_LANGUAGE_DE][SF_MSG_##id] = (text),
#include "dialogue.de.def"
#undef SF_MSG
};

/* German must have every message. An unknown or repeated one does not compile. */
enum {
#define SF_MSG(id, text) IN_GERMAN_##id,
#include "dialogue.de.def"
#undef SF_MSG
	IN_GERMAN_COUNT
};
_Static_assert((int)IN_GERMAN_COUNT == (int)SF_MSG_COUNT, "dialogue.de.def lacks a message");

bool sf_ui_is_code(const char *code)
{
	const size_t len = strlen(code);

	return len >= SF_UI_CODE_MIN && len < SF_UI_CODE_SIZE &&
	       sf_text_has_only(code, "-" SF_TEXT_UPPER_DIGITS);
}

/* Add a value that may come from outside: clean text unchanged, any other escaped. */
static bool add_value(struct sf_text *text, const char *value)
{
	char escaped[1024];
	size_t len = strlen(value);

	if (sf_text_is_clean(value, len))
		return sf_text_add_bytes(text, value, len);
	/* Each byte takes up to four. A value that might be cut is refused. */
	if (len * 4 >= sizeof(escaped))
		return false;
	sf_text_escape(escaped, sizeof(escaped), value, len);
	return sf_text_add(text, escaped);
}

/* The index of the argument with this name of len bytes; arg_count: there is none. */
static size_t find_arg(const char *name, size_t len, const struct sf_ui_arg *args, size_t arg_count)
{
	size_t i = 0;

	while (
	    i < arg_count && (strlen(args[i].name) != len || memcmp(args[i].name, name, len) != 0))
		i++;
	return i;
}

static bool render(struct sf_text *text, const char *message, const struct sf_ui_arg *args,
    size_t arg_count, bool used[static ARGS_MAX])
{
	while (*message != '\0') {
		size_t plain = strcspn(message, "{");
		size_t name_len, index;

		if (!sf_text_add_bytes(text, message, plain))
			return false;
		message += plain;
		if (*message == '\0')
			break;
		name_len = strcspn(++message, "}");
		index = find_arg(message, name_len, args, arg_count);
		if (message[name_len] != '}' || index == arg_count)
			return false;
		if (!add_value(text, args[index].value))
			return false;
		used[index] = true;
		message += name_len + 1;
	}
	return true;
}

bool sf_ui_fill(
    struct sf_text *text, const char *message, const struct sf_ui_arg *args, size_t arg_count)
{
	size_t start = text->len;
	bool used[ARGS_MAX] = {false};
	bool whole = arg_count <= ARGS_MAX && render(text, message, args, arg_count, used);

	for (size_t i = 0; whole && i < arg_count; i++)
		whole = used[i];
	/* All or nothing: a person never sees half a sentence. */
	if (!whole) {
		text->len = start;
		text->buf[start] = '\0';
	}
	return whole;
}

bool sf_ui_render(struct sf_text *text, const struct sf_ui_message *message,
    const struct sf_ui_arg *args, size_t arg_count)
{
	if ((unsigned)message->id >= SF_MSG_COUNT || message->language >= SF_LANGUAGE_COUNT)
		return false;
	return sf_ui_fill(text, words[message->language][message->id], args, arg_count);
}
