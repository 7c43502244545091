/* Encode and decode the frames SHOW and ASK, by which a flow reaches the person. */
#include <string.h>

#include "job.h"
#include "text.h"

#include "banned.h"

#define ASK_WORD_SIZE 16

void sf_show_to_frame(const struct sf_show *show, struct sf_frame *frame)
{
	sf_wire_begin(frame, SF_WIRE_SHOW);
	sf_wire_put_text(frame, SF_TAG_URI, show->verification_uri);
	if (show->user_code[0] != '\0')
		sf_wire_put_text(frame, SF_TAG_CODE, show->user_code);
	sf_wire_put_u32(frame, SF_TAG_LIFE_S, show->life_s);
}

enum sf_err sf_show_from_frame(
    const struct sf_frame *frame, struct sf_show *ret_show, struct sf_error *e)
{
	struct sf_show show = {0};
	enum sf_err r = SF_OK;

	/* Fails for a frame of another type: it has no address. */
	r = sf_wire_text(
	    frame, SF_TAG_URI, show.verification_uri, sizeof(show.verification_uri), e);
	if (r == SF_OK)
		r = sf_wire_opt_text(frame, SF_TAG_CODE, show.user_code, sizeof(show.user_code), e);
	if (r == SF_OK)
		r = sf_wire_u32(frame, SF_TAG_LIFE_S, &show.life_s, e);
	if (r != SF_OK)
		return r;
	if (!sf_text_is_printable(show.verification_uri) || strchr(show.verification_uri, ' '))
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "the address to show is not printable");
	if (sf_wire_has(frame, SF_TAG_CODE) && !sf_ui_is_code(show.user_code))
		return SF_FAIL(e, SF_E_PROTOCOL, 0,
		    "the code to show must be %d to %d of A-Z 0-9 and -", SF_UI_CODE_MIN,
		    SF_UI_CODE_SIZE - 1);
	*ret_show = show;
	return SF_OK;
}

/* What a flow may ask for: a word in the frame. The other side has the words of the prompt. */
static const char *const ask_words[] = {
    [SF_ASK_PASSWORD] = "password",
    [SF_ASK_CALLBACK] = "callback",
};

void sf_ask_to_frame(enum sf_ask what, struct sf_frame *frame)
{
	sf_wire_begin(frame, SF_WIRE_ASK);
	sf_wire_put_text(frame, SF_TAG_TEXT, ask_words[what]);
}

enum sf_err sf_ask_from_frame(
    const struct sf_frame *frame, enum sf_ask *ret_what, struct sf_error *e)
{
	char word[ASK_WORD_SIZE];
	enum sf_err r = sf_wire_text(frame, SF_TAG_TEXT, word, sizeof(word), e);

	if (r != SF_OK)
		return r;
	for (int i = 0; i < SF_ASK_COUNT; i++) {
		if (strcmp(ask_words[i], word) != 0)
			continue;
		*ret_what = (enum sf_ask)i;
		return SF_OK;
	}
	return SF_FAIL(e, SF_E_PROTOCOL, 0, "the worker asks for something unknown");
}
