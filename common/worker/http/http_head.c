#include "http_head.h"

#include <string.h>
#include <strings.h>
#include <time.h>

#include "text.h"

#include "banned.h"

#define LENGTH_DIGITS_MAX  15
#define SECONDS_DIGITS_MAX 9
#define DATE_SIZE          40

static bool refuse(struct sf_http_head *head, const char *rule)
{
	head->broken = rule;
	return false;
}

/* "HTTP/1.0 " or "HTTP/1.1 ", three digits, then a space or the end. */
static bool take_status(struct sf_http_head *head, const char *line, size_t len)
{
	if (len < 12 || memcmp(line, "HTTP/1.", 7) != 0 || (line[7] != '0' && line[7] != '1') ||
	    line[8] != ' ' || line[9] < '1' || line[9] > '5' || (len > 12 && line[12] != ' '))
		return refuse(head, "the status line");
	for (size_t i = 10; i < 12; i++)
		if (line[i] < '0' || line[i] > '9')
			return refuse(head, "the status line");
	head->is_begun = true;
	head->is_final = line[9] != '1';
	return true;
}

/* From a line to its value, which begins at or after at. */
static void trim(const char **text, size_t *len, size_t at)
{
	while (at < *len && ((*text)[at] == ' ' || (*text)[at] == '\t'))
		at++;
	while (*len > at && ((*text)[*len - 1] == ' ' || (*text)[*len - 1] == '\t'))
		(*len)--;
	*text += at;
	*len -= at;
}

static bool has_value(const char *line, size_t len, const char *name, const char *value)
{
	trim(&line, &len, strlen(name));
	return len == strlen(value) && strncasecmp(line, value, len) == 0;
}

/* Where two lines say how long the body is, nobody knows how long it is. */
static bool take_framing(struct sf_http_head *head, const char *line, size_t len)
{
	static const char length[] = "Content-Length:", encoding[] = "Transfer-Encoding:";
	bool is_length =
	    len >= sizeof(length) - 1 && strncasecmp(line, length, sizeof(length) - 1) == 0;
	size_t digits = 0;

	if (!is_length &&
	    (len < sizeof(encoding) - 1 || strncasecmp(line, encoding, sizeof(encoding) - 1) != 0))
		return true;
	if (head->is_framed)
		return refuse(head, "a second length");
	head->is_framed = true;
	if (!is_length)
		return true;
	trim(&line, &len, sizeof(length) - 1);
	while (digits < len && line[digits] >= '0' && line[digits] <= '9')
		digits++;
	return (digits == len && len > 0 && len <= LENGTH_DIGITS_MAX) || refuse(head, "its length");
}

/* 0: in another form. */
static uint64_t read_date(const char *line, size_t len)
{
	char buf[DATE_SIZE];
	struct sf_text text = SF_TEXT(buf);
	struct tm when = {0};

	if (!sf_text_add_bytes(&text, line, len))
		return 0;
	const char *end = strptime(buf, "%a, %d %b %Y %H:%M:%S GMT", &when);
	const time_t at = end && *end == '\0' ? timegm(&when) : -1;

	return at > 0 ? (uint64_t)at : 0;
}

/* Up to the digits of a number of seconds that makes sense; 0: none. */
static uint64_t read_seconds(const char *line, size_t len)
{
	uint64_t number = 0;

	if (len > SECONDS_DIGITS_MAX)
		return 0;
	for (size_t i = 0; i < len; i++) {
		if (line[i] < '0' || line[i] > '9')
			return 0;
		number = number * 10 + (uint64_t)(line[i] - '0');
	}
	return number;
}

/* The line is NAME: VALUE with this name; line and len are then the value's. */
static bool is_field(const char **line, size_t *len, const char *name)
{
	const size_t name_len = strlen(name);

	if (*len < name_len || strncasecmp(*line, name, name_len) != 0)
		return false;
	trim(line, len, name_len);
	return true;
}

/* Hints, no more: what has no sense is passed over, and of two the second counts. */
static void take_times(struct sf_http_head *head, const char *line, size_t len)
{
	if (is_field(&line, &len, "Date:")) {
		head->date_s = read_date(line, len);
	} else if (is_field(&line, &len, "Retry-After:")) {
		head->retry_s = read_seconds(line, len);
		head->retry_at_s = head->retry_s == 0 ? read_date(line, len) : 0;
	}
}

/* NAME: VALUE */
static bool take_field(struct sf_http_head *head, const char *line, size_t len)
{
	static const struct {
		const char *name, *value;
	} rows[] = {{"Transfer-Encoding:", "chunked"}, {"Content-Encoding:", "identity"}};
	const char *colon = memchr(line, ':', len);
	bool is_folded = line[0] == ' ' || line[0] == '\t';

	if (is_folded || !colon || colon == line || colon[-1] == ' ' || colon[-1] == '\t')
		return refuse(head, "a line of the head");
	for (size_t i = 0; i < SF_COUNT(rows); i++)
		if (len >= strlen(rows[i].name) &&
		    strncasecmp(line, rows[i].name, strlen(rows[i].name)) == 0 &&
		    !has_value(line, len, rows[i].name, rows[i].value))
			return refuse(head, "an encoding that was not asked for");
	if (head->is_final)
		take_times(head, line, len);
	return take_framing(head, line, len);
}

bool sf_http_head_line(struct sf_http_head *head, const char *line, size_t len)
{
	if (len > SF_HTTP_HEAD_MAX - head->len)
		return refuse(head, "its size");
	head->len += len;
	if (len > 0 && line[len - 1] == '\n')
		len -= len > 1 && line[len - 2] == '\r' ? 2 : 1;
	if (memchr(line, '\0', len) || memchr(line, '\r', len))
		return refuse(head, "a control character");
	/* After the body: trailers, which nobody reads. */
	if (head->is_whole)
		return true;
	if (!head->is_begun)
		return take_status(head, line, len);
	if (len > 0)
		return take_field(head, line, len);
	head->is_whole = head->is_final;
	head->is_begun = head->is_final;
	head->is_framed = head->is_framed && head->is_final;
	return true;
}

uint32_t sf_http_head_retry_s(const struct sf_http_head *head, uint64_t now_s)
{
	const uint64_t there_s = head->date_s > 0 ? head->date_s : now_s;
	const uint64_t wait_s =
	    head->retry_at_s > there_s ? head->retry_at_s - there_s : head->retry_s;

	return wait_s <= SF_HTTP_HEAD_RETRY_MAX_S ? (uint32_t)wait_s : 0;
}
