/*
 * May a person be asked on git's behalf? Not where the environment that git gives its helpers says
 * no: GIT_TERMINAL_PROMPT, GCM_INTERACTIVE, or credential.interactive by `git -c`.
 */
#pragma once

#include <stdbool.h>

bool sf_settings_git_may_ask(void);

/* A boolean as git reads it: is it false? Nothing is, too. */
bool sf_settings_git_is_false(const char *value);
