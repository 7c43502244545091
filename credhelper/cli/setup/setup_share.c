/* Formats and parses the setup line for colleagues. The values are checked by the config parser. */
#include "setup_share.h"

#include <string.h>

#include "messages.h"

#include "banned.h"

/*
 * Append a value, after a comma unless it is the first. False if it does not fit, or has a
 * character that separates values or that a shell interprets.
 */
static bool add_value(struct sf_text *line, const char *value)
{
	return strcspn(value, ", \t\n'\"\\$`") == strlen(value) &&
	       (line->buf[line->len - 1] == ':' || sf_text_add_char(line, ',')) &&
	       sf_text_add(line, value);
}

bool sf_setup_share_format(const struct sf_org *org, struct sf_text *ret_line)
{
	bool fits = sf_text_add(ret_line, SF_SETUP_SHARE_PREFIX) &&
		    add_value(ret_line, org->name) && add_value(ret_line, org->login_url) &&
		    add_value(ret_line, org->client_id) &&
		    add_value(ret_line, org->organization_id);

	for (size_t i = 0; i < org->callback.count && i < SF_SETUP_SHARE_CALLBACKS_MAX; i++)
		fits = fits && add_value(ret_line, org->callback.items[i]);
	return fits;
}

/* Split off the value at *at: its comma becomes a NUL, and *at moves on. NULL after the last. */
static const char *next_value(char **at)
{
	char *part = *at, *comma = !part ? NULL : strchr(part, ',');

	if (comma)
		*comma++ = '\0';
	*at = comma;
	return part;
}

enum sf_err sf_setup_share_parse(
    const char *line, struct sf_setup_share *ret_share, struct sf_error *e)
{
	char *at = ret_share->parts;

	if (!sf_text_starts(line, SF_SETUP_SHARE_PREFIX) || !sf_text_is_printable(line) ||
	    strchr(line, ' ') ||
	    !sf_text_copy(
		ret_share->parts, sizeof(ret_share->parts), line + strlen(SF_SETUP_SHARE_PREFIX)))
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_SHARE_NOT_ONE, NULL);
	ret_share->name = next_value(&at);
	ret_share->login_url = next_value(&at);
	ret_share->client_id = next_value(&at);
	ret_share->organization_id = next_value(&at);
	if (!ret_share->organization_id || ret_share->name[0] == '\0' ||
	    ret_share->login_url[0] == '\0' || ret_share->client_id[0] == '\0')
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_SHARE_CUT, NULL);
	for (ret_share->callback_count = 0; at != NULL; ret_share->callback_count++) {
		if (ret_share->callback_count == SF_SETUP_SHARE_CALLBACKS_MAX)
			return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_SHARE_CALLBACKS,
			    SF_WITH({"max", SF_NUMBER(SF_SETUP_SHARE_CALLBACKS_MAX)}));
		ret_share->callbacks[ret_share->callback_count] = next_value(&at);
	}
	return SF_OK;
}
