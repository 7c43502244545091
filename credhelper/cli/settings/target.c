/*
 * Resolves a target: the origin of the org, the key of its tokens, and whether the kernel keyring
 * may hold them. Reads no store.
 */
#include "target.h"

#include "text.h"

#include "banned.h"

enum sf_err sf_target_resolve(struct sf_target *target, struct sf_error *e)
{
	struct sf_text key = SF_TEXT(target->key);
	/* An org of the environment may share its origin with one of a file, but not its tokens. */
	const bool is_from_environment = target->settings->is_from_environment;
	enum sf_err r = sf_origin_parse(target->org->login_url, &target->origin, e);

	if (r != SF_OK)
		return r;
	target->has_kernel = target->org->is_kernel_cache && !is_from_environment;
	if (!sf_text_addf(
		&key, "%s%s", is_from_environment ? "environment:" : "", target->origin.text))
		return SF_FAIL(e, SF_E_BUG, 0, "the key of %s does not fit", target->origin.text);
	return SF_OK;
}
