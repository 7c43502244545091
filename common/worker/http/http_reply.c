/* Writes a request's mark, and finds out whether a reply is HTML. Does not send anything. */
#include "http_reply.h"

#include <string.h>
#include <strings.h>

#include "file.h"

#include "banned.h"

bool sf_http_request_mark(const struct sf_http_request *request)
{
	return !request->mark ||
	       sf_file_write_all(request->mark_fd, request->mark, strlen(request->mark));
}

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
