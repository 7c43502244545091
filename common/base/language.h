/*
 * The languages. Their texts are compiled in: the tables dialogue.def, err.def, advice.def,
 * reason.def, the worker's page.def and the command's messages/ are English, and X.de.def has the
 * same rows in German.
 */
#pragma once

#include <stdbool.h>

/* In the order of the choices of [pam] language in config.def. */
enum sf_language { SF_LANGUAGE_EN, SF_LANGUAGE_DE, SF_LANGUAGE_COUNT };

/*
 * The language of a locale such as "de_AT.UTF-8" (locale(7)). German for de, with or without a
 * country, if the terminal shows UTF-8, because the German texts contain umlauts. Otherwise
 * English, also for NULL.
 */
enum sf_language sf_language_of(const char *locale, bool is_utf8);

/* Whether the terminal shows UTF-8, by LC_ALL, LC_CTYPE, LANG. False in a setuid process. */
bool sf_language_is_utf8(void);

/* The language by LC_ALL, LC_MESSAGES, LANG. English if the terminal does not show UTF-8. */
enum sf_language sf_language_of_environment(void);
