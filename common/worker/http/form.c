/*
 * Builds forms and queries; libcurl encodes. Decoding a value is form_value.c in the base.
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
