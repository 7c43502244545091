#include "form.h"

#include <string.h>

#include "banned.h"

static bool add_percent(struct sf_secret *form, const char *value)
{
	static const char plain[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
	static const char digits[] = "0123456789ABCDEF";

	for (; *value; value++) {
		unsigned char c = (unsigned char)*value;
		const char escaped[] = {'%', digits[c >> 4], digits[c & 15]};
		bool is_plain = strchr(plain, *value) != NULL;

		if (!sf_secret_add(form, is_plain ? value : escaped, is_plain ? 1 : 3))
			return false;
	}
	return true;
}

bool sf_form_add(struct sf_secret *form, const char *key, const char *value)
{
	return (sf_secret_len(form) == 0 || sf_secret_add_text(form, "&")) &&
	       sf_secret_add_text(form, key) && sf_secret_add_text(form, "=") &&
	       add_percent(form, value);
}

bool sf_form_add_secret(struct sf_secret *form, const char *key, const struct sf_secret *value)
{
	return sf_form_add(form, key, sf_secret_reveal(value));
}
