/*
 * The few pages that the listener shows: one look, light and dark, nothing from anywhere else, and
 * everything that is not ours escaped. Their words are in page.def.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "language.h"
#include "text.h"

#define SF_PAGE_SIZE 4096 /* head and body of any of them */

enum sf_page_id {
#define SF_PAGE(id, title, text) SF_PAGE_##id,
#include "page.def"
#undef SF_PAGE
	SF_PAGE_COUNT
};

struct sf_page {
	enum sf_page_id id;
	enum sf_language language;
	const char *status; /* "200 OK" */
	const char *reason; /* argument of FAILED, anything that is UTF-8; else NULL */
};

/* The whole HTTP response. False: does not fit. */
SF_CHECKED bool sf_page_render(const struct sf_page *page, struct sf_text *ret_response);

/* A response without a body: 204 for favicon.ico, and to a preflight with allow as its origin. */
SF_CHECKED bool sf_page_render_empty(const char *allow, struct sf_text *ret_response);
