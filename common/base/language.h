/*
 * The languages that have compiled tables of words: messages.def, err.def, advice.def, reason.def,
 * the worker's page.def and the command's messages.def are the English ones, X.de.def has the same
 * rows in German.
 */
#pragma once

#include <stdbool.h>

/* The order is that of the choices in config.def. */
enum sf_language { SF_LANGUAGE_EN, SF_LANGUAGE_DE, SF_LANGUAGE_COUNT };

/*
 * The language of a locale such as "de_AT.UTF-8" (locale(7)): German for de alone or with a
 * country, where the terminal has its letters; otherwise English, also for NULL.
 */
enum sf_language sf_language_of(const char *locale, bool is_utf8);

/* By LC_ALL, LC_CTYPE, LANG: does the terminal show UTF-8? False in a setuid process. */
bool sf_language_is_utf8(void);

/* By LC_ALL, LC_MESSAGES, LANG, and whether the terminal shows UTF-8. */
enum sf_language sf_language_of_environment(void);
