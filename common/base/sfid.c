/* Salesforce ids: their check characters, and the path of an identity URL. */
#include "sfid.h"

#include <string.h>

#include "text.h"

#include "banned.h"

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_alnum(char c)
{
	return is_upper(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool sf_sfid_parse(const char *id, const char *prefix, char ret[static SF_SFID_SIZE])
{
	size_t len = strlen(id);
	char full[SF_SFID_SIZE] = {0};

	if ((len != 15 && len != 18) || !sf_text_starts(id, prefix))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_alnum(id[i]))
			return false;
	memcpy(full, id, 15);
	/* One check character for each five: bit j is set if character j is in upper case. */
	for (size_t group = 0; group < 3; group++) {
		unsigned bits = 0;

		for (unsigned j = 0; j < 5; j++)
			if (is_upper(id[group * 5 + j]))
				bits |= 1U << j;
		full[15 + group] = SF_TEXT_UPPER_DIGITS[bits];
	}
	if (len == 18 && memcmp(full, id, 18) != 0)
		return false;
	memcpy(ret, full, sizeof(full));
	return true;
}

bool sf_sfid_split(
    const char *path, char ret_org[static SF_SFID_SIZE], char ret_user[static SF_SFID_SIZE])
{
	char org[SF_SFID_SIZE], user[SF_SFID_SIZE];

	if (!sf_text_starts(path, "/id/"))
		return false;

	const char *first = path + strlen("/id/");
	size_t first_len = strcspn(first, "/");

	if (first[first_len] != '/')
		return false;

	const char *second = first + first_len + 1;
	size_t second_len = strcspn(second, "?");

	if (first_len >= sizeof(org) || second_len >= sizeof(user))
		return false;
	memcpy(org, first, first_len);
	org[first_len] = '\0';
	memcpy(user, second, second_len);
	user[second_len] = '\0';
	return sf_sfid_parse(org, "00D", ret_org) && sf_sfid_parse(user, "005", ret_user);
}
