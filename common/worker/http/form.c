/*
 * Forms and the values of a query: libcurl encodes; decoding here is stricter than libcurl's. It
 * does not split a form into fields.
 */
#include "form.h"

#include <curl/curl.h>

#include "banned.h"

/* Wipes the text too: libcurl uses our allocators (sf_http_start). */
static void curl_freep(char **text)
{
	curl_free(*text);
}

bool sf_form_add(struct sf_secret *form, const char *key, const char *value)
{
	SF_CLEANUP(curl_freep) char *escaped = curl_easy_escape(NULL, value, 0);

	return escaped && (sf_secret_len(form) == 0 || sf_secret_add_text(form, "&")) &&
	       sf_secret_add_text(form, key) && sf_secret_add_text(form, "=") &&
	       sf_secret_add_text(form, escaped);
}

bool sf_form_add_secret(struct sf_secret *form, const char *key, const struct sf_secret *value)
{
	return sf_form_add(form, key, sf_secret_reveal(value));
}

bool sf_form_add_query(struct sf_text *text, const char *key, const char *value)
{
	SF_CLEANUP(curl_freep) char *escaped = curl_easy_escape(NULL, value, 0);

	return escaped && sf_text_addf(text, "&%s=%s", key, escaped);
}

enum sf_form_value sf_form_decode(const char *bytes, size_t len, char *ret, size_t size)
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
