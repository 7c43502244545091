/* What git's environment says about prompts of a credential helper (gitcredentials(7)). */
#pragma once

#include <stdbool.h>

/*
 * May a helper ask the person? Not if GIT_TERMINAL_PROMPT, GCM_INTERACTIVE or
 * credential.interactive, set with `git -c`, forbids it. Never fails.
 */
bool sf_settings_git_may_ask(void);

/* Is this boolean of git false? Empty text is false, and so is "never" of GCM_INTERACTIVE. */
bool sf_settings_git_is_false(const char *value);
