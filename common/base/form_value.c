/*
 * Decodes one value of a form or of a query, more strictly than libcurl does. Does not split a form
 * into fields.
 */
#include "form_value.h"

#include "text.h"

#include "banned.h"

enum sf_form_value sf_form_value_decode(const char *bytes, size_t len, char *ret, size_t size)
{
	struct sf_text text = sf_text_over(ret, size);

	for (size_t i = 0; i < len; i++) {
		int c = bytes[i] == '+' ? ' ' : (unsigned char)bytes[i];

		if (c == '%') {
			c = sf_text_percent_byte(bytes + i, len - i);
			i += 2;
		}
		if (c <= 0)
			return SF_FORM_VALUE_BROKEN;
		if (!sf_text_add_char(&text, (char)c))
			return SF_FORM_VALUE_CUT;
	}
	return SF_FORM_VALUE_WHOLE;
}
