/*
 * Resolves a target: the origin of the org, the key of its tokens, and whether the kernel keyring
 * may hold them. Reads no store.
 */
#include "target.h"

#include <string.h>

#include "text.h"

#include "banned.h"

/* Does another org of the configuration have this origin, with an app of its own? */
static bool is_shared(const struct sf_target *target)
{
	const struct sf_config *config = target->settings->config;
	struct sf_origin origin;
	struct sf_error ignored;

	for (size_t i = 0; config && i < config->org_count; i++) {
		const struct sf_org *org = &config->orgs[i];

		if (strcmp(org->client_id, target->org->client_id) != 0 &&
		    sf_origin_parse(org->login_url, &origin, &ignored) == SF_OK &&
		    sf_origin_equal(&origin, &target->origin))
			return true;
	}
	return false;
}

enum sf_err sf_target_resolve(struct sf_target *target, struct sf_error *e)
{
	struct sf_text key = SF_TEXT(target->key), app_key = SF_TEXT(target->app_key);
	/* An org of the environment may share its origin with one of a file, but not its tokens. */
	const bool is_from_environment = target->settings->is_from_environment;
	enum sf_err r = sf_origin_parse(target->org->login_url, &target->origin, e);

	if (r != SF_OK)
		return r;
	target->has_kernel = target->org->is_kernel_cache && !is_from_environment;
	target->has_own_git = !is_shared(target);
	/* What a person has signed in for is never what the app gets as itself. */
	target->takes_old = target->has_own_git && !target->is_itself && !is_from_environment;
	sf_token_app(target->app, target->org->client_id, target->is_itself);
	if (!sf_text_addf(
		&key, "%s%s", is_from_environment ? "environment:" : "", target->origin.text) ||
	    !sf_text_addf(&app_key, "%s@%s", target->app, target->key))
		return SF_FAIL(e, SF_E_BUG, 0, "the key of %s does not fit", target->origin.text);
	return SF_OK;
}
