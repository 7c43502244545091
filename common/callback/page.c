/*
 * Builds the HTTP responses of the listener: the pages of page.def, and empty ones. Sends nothing.
 */
#include "page.h"

#include <string.h>

#include "render.h"

#include "banned.h"

#define BODY_SIZE  3072 /* of the HTML */
#define WORDS_SIZE 512  /* of a paragraph, before it is escaped */

static const struct {
	const char *title, *text;
} rows[SF_LANGUAGE_COUNT][SF_PAGE_COUNT] = {
#define SF_PAGE(id, title, text) [SF_LANGUAGE_EN][SF_PAGE_##id] = {title, text},
#include "page.def"
#undef SF_PAGE
#define SF_PAGE(id, title, text) [SF_LANGUAGE_DE][SF_PAGE_##id] = {title, text},
#include "page.de.def"
#undef SF_PAGE
};

/* The build fails if page.de.def lacks a row or has another order. */
enum {
#define SF_PAGE(id, title, text) GERMAN_##id,
#include "page.de.def"
#undef SF_PAGE
	GERMAN_COUNT
};
#define SF_PAGE(id, title, text) _Static_assert((int)GERMAN_##id == (int)SF_PAGE_##id, #id);
#include "page.def"
#undef SF_PAGE
_Static_assert((int)GERMAN_COUNT == (int)SF_PAGE_COUNT, "rows of page.de.def");

/*
 * The page's URL may have an authorization code. It is used already; these headers still keep it
 * out of referrers, caches and scripts.
 */
#define HEAD                                                                                       \
	"Content-Type: text/html; charset=utf-8\r\n"                                               \
	"Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; img-src data:; "  \
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"                          \
	"Referrer-Policy: no-referrer\r\n"                                                         \
	"X-Content-Type-Options: nosniff\r\n"                                                      \
	"Cross-Origin-Resource-Policy: same-origin\r\n"                                            \
	"Cache-Control: no-store\r\n"                                                              \
	"Connection: close\r\n"

#define TOP                                                                                        \
	"<head>\n"                                                                                 \
	"<meta charset=\"utf-8\">\n"                                                               \
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"               \
	"<meta name=\"color-scheme\" content=\"light dark\">\n"                                    \
	"<link rel=\"icon\" href=\"data:,\">\n"

#define STYLE                                                                                      \
	"<style>\n"                                                                                \
	":root { color-scheme: light dark; --ink: #1c2024; --paper: #f6f7f8; --card: #ffffff; "    \
	"--line: #d5d9de; }\n"                                                                     \
	"@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --paper: #17191c; "         \
	"--card: #22262b; --line: #3a4048; } }\n"                                                  \
	"body { margin: 0; min-height: 100vh; display: grid; place-items: center; "                \
	"background: var(--paper); color: var(--ink); font: 1.125rem/1.5 system-ui, "              \
	"sans-serif; }\n"                                                                          \
	"main { margin: 1rem; padding: 2rem 2.5rem; max-width: 30rem; background: var(--card); "   \
	"border: 1px solid var(--line); border-radius: 0.75rem; overflow-wrap: anywhere; }\n"      \
	"h1 { margin: 0 0 0.75rem; font-size: 1.5rem; line-height: 1.25; }\n"                      \
	"p { margin: 0; }\n"                                                                       \
	"</style>\n"

/* Escape for HTML: {reason} may contain text that a server chose. */
static void add_escaped(struct sf_text *text, const char *words)
{
	for (; *words; words++) {
		switch (*words) {
		case '&':
			sf_text_add(text, "&amp;");
			break;
		case '<':
			sf_text_add(text, "&lt;");
			break;
		case '>':
			sf_text_add(text, "&gt;");
			break;
		case '"':
			sf_text_add(text, "&quot;");
			break;
		case '\'':
			sf_text_add(text, "&#39;");
			break;
		default:
			sf_text_add_char(text, *words);
		}
	}
}

bool sf_page_render(const struct sf_page *page, struct sf_text *ret_response)
{
	static const char languages[][3] = {[SF_LANGUAGE_EN] = "en", [SF_LANGUAGE_DE] = "de"};
	const char *title = rows[page->language][page->id].title;
	char body[BODY_SIZE], words[WORDS_SIZE];
	struct sf_text text = SF_TEXT(body), paragraph = SF_TEXT(words);

	if (!sf_render(&paragraph, rows[page->language][page->id].text,
		SF_WITH({"reason", page->reason}, {"host", page->host})))
		return false;
	sf_text_addf(&text, "<!DOCTYPE html>\n<html lang=\"%s\">\n", languages[page->language]);
	sf_text_add(&text, TOP "<title>");
	add_escaped(&text, title);
	sf_text_add(&text, "</title>\n" STYLE "</head>\n<body>\n<main>\n<h1>");
	add_escaped(&text, title);
	sf_text_add(&text, "</h1>\n<p>");
	add_escaped(&text, words);
	sf_text_add(&text, "</p>\n</main>\n</body>\n</html>\n");
	return !text.overflow &&
	       sf_text_addf(ret_response, "HTTP/1.1 %s\r\n" HEAD "Content-Length: %zu\r\n\r\n",
		   page->status, text.len) &&
	       sf_text_add_bytes(ret_response, text.buf, text.len);
}

bool sf_page_render_empty(const char *allow, struct sf_text *ret_response)
{
	sf_text_add(ret_response, "HTTP/1.1 204 No Content\r\n");
	if (allow)
		sf_text_addf(ret_response,
		    "Access-Control-Allow-Origin: %s\r\n"
		    "Access-Control-Allow-Methods: GET\r\n"
		    "Access-Control-Allow-Private-Network: true\r\n",
		    allow);
	return sf_text_add(ret_response, "Cache-Control: no-store\r\nConnection: close\r\n\r\n");
}
