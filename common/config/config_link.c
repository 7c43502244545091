/* Checks addresses that are registered with an app. They are compared as text, never resolved. */
#include "config_link.h"

#include <string.h>

#include "text.h"

#include "banned.h"

bool sf_config_link_is_good(const struct sf_link_params *params)
{
	static const char remote[] = "https://", local[] = "http://localhost";
	const char *rest = params->text + sizeof(remote) - 1;

	if (!sf_text_is_printable(params->text) ||
	    params->text[strcspn(params->text, " #@\\")] != '\0')
		return false;
	if (sf_text_starts(params->text, remote))
		return *rest != '\0' && *rest != '/' && *rest != '?' && *rest != ':';
	if (!params->may_be_local || !sf_text_starts(params->text, local))
		return false;
	rest = params->text + sizeof(local) - 1;
	return *rest == '\0' || *rest == '/' || *rest == ':';
}
