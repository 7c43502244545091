/*
 * The pages that the listener shows in the browser. One style, light and dark; they load nothing
 * from elsewhere, and all arguments are escaped. Their texts are in page.def.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "language.h"
#include "text.h"

#define SF_PAGE_SIZE 4096 /* of the largest response, header and body */

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
	const char *reason; /* argument of FAILED, any UTF-8; else NULL */
	const char *host;   /* argument of PASSED_ON and REFUSAL_PASSED_ON; else NULL */
};

/* Build the whole HTTP response. False: it does not fit. */
SF_CHECKED bool sf_page_render(const struct sf_page *page, struct sf_text *ret_response);

/*
 * Build a 204 response without a body: for favicon.ico (allow is NULL), or for a CORS preflight
 * request from the origin allow. False: it does not fit.
 */
SF_CHECKED bool sf_page_render_empty(const char *allow, struct sf_text *ret_response);
