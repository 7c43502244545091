#include "http.h"

#include <string.h>
#include <strings.h>

#include "banned.h"

bool sf_http_reply_is_html(const char *type, const struct sf_secret *body)
{
	const char *text = sf_secret_reveal(body);

	return (type && strncasecmp(type, "text/html", strlen("text/html")) == 0) ||
	       text[strspn(text, " \t\r\n")] == '<';
}

void sf_http_reply_clear(struct sf_http_reply *reply)
{
	reply->body = sf_secret_free(reply->body);
}
