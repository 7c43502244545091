/* The words of the PAM dialogue by id and language, and what may be shown as a code. */
#include "ui.h"

#include <string.h>

#include "banned.h"

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

bool sf_ui_render(
    struct sf_text *text, const struct sf_ui_message *message, const struct sf_arg *args)
{
	if ((unsigned)message->id >= SF_MSG_COUNT || message->language >= SF_LANGUAGE_COUNT)
		return false;
	return sf_render(text, words[message->language][message->id], args);
}
