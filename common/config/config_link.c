#include "config_link.h"

#include <string.h>

#include "text.h"

#include "banned.h"

bool sf_config_link_is_good(const struct sf_link_ask *ask)
{
	static const char remote[] = "https://", local[] = "http://localhost";
	const char *rest = ask->text + sizeof(remote) - 1;

	if (!sf_text_is_printable(ask->text) || ask->text[strcspn(ask->text, " #@\\")] != '\0')
		return false;
	if (sf_text_starts(ask->text, remote))
		return *rest != '\0' && *rest != '/' && *rest != '?' && *rest != ':';
	if (!ask->may_be_local || !sf_text_starts(ask->text, local))
		return false;
	rest = ask->text + sizeof(local) - 1;
	return *rest == '\0' || *rest == '/' || *rest == ':';
}
