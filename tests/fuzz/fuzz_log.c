/*
 * Fuzzes the audit line with any bytes as its values. It must be one printable line with all fields
 * in their order, and no value may look like another field. A NUL ends a value of the input.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "text.h"

#include "banned.h"

#define VALUE_SIZE 700
#define VALUES     13

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* The one line that was logged. */
struct seen {
	char line[4096];
	unsigned count;
};

static void sink(void *context, int level, const char *line)
{
	struct seen *seen = context;

	(void)level;
	require(sf_text_copy(seen->line, sizeof(seen->line), line));
	require(sf_text_is_clean(line, strlen(line)));
	seen->count++;
}

static unsigned hex(char c)
{
	return c >= 'a' ? (unsigned)(c - 'a') + 10 : (unsigned)(c - '0');
}

/* The value that was logged reads back as the value that was given, or as its beginning. */
static void require_value(const char *logged, size_t len, const char *given)
{
	size_t at = 0;

	for (; at < len; given++) {
		unsigned char c = (unsigned char)logged[at];

		if (len - at == 3 && memcmp(logged + at, "...", 3) == 0 &&
		    strcmp(given, "...") != 0)
			return;
		if (c == '\\') {
			require(len - at >= 4 && logged[at + 1] == 'x');
			c = (unsigned char)(hex(logged[at + 2]) * 16 + hex(logged[at + 3]));
			at += 3;
		}
		require(*given != '\0' && c == (unsigned char)*given);
		at++;
	}
	require(*given == '\0');
}

/* ` NAME=VALUE` at *at; moves on behind it. */
static void require_field(const char **at, const char *name, const char *given)
{
	const char *value = *at + 1 + strlen(name) + 1;
	size_t len;

	require(**at == ' ' && sf_text_starts(*at + 1, name) && value[-1] == '=');
	if (*value == '\'') {
		len = strcspn(value + 1, "'");
		require(value[1 + len] == '\'');
		require_value(value + 1, len, given);
		*at = value + len + 2;
		return;
	}
	len = strcspn(value, " ");
	require(len > 0 && !memchr(value, '\'', len) && !memchr(value, '"', len));
	require(!memchr(value, '=', len));
	/* Unknown is a bare "-"; a value that is itself "-" is not printed so. */
	if (len == 1 && *value == '-')
		require(given[0] == '\0');
	else
		require_value(value, len, given);
	*at = value + len;
}

static void try_audit(char values[VALUES][VALUE_SIZE])
{
	static const char *const names[] = {"result", "ref", "reason", "service", "phase", "user",
	    "uid", "org", "sf_id", "sf_user", "flow", "rhost", "token", "why"};
	const struct sf_audit audit = {.result = values[0],
	    .ref = values[1],
	    .reason = values[2],
	    .service = values[3],
	    .phase = values[4],
	    .user = values[5],
	    .has_uid = values[5][0] != '\0',
	    .uid = 1003,
	    .org = values[6],
	    .sf_id = values[7],
	    .sf_user = values[8],
	    .flow = values[9],
	    .rhost = values[10],
	    .token = values[11],
	    .why = values[12]};
	struct seen seen = {.count = 0};

	sf_log_set_sink(sink, &seen);
	sf_audit(5, &audit);
	require(seen.count == 1 && sf_text_starts(seen.line, "sfoauth: "));

	const char *at = seen.line + strlen("sfoauth:");

	for (size_t i = 0, value = 0; i < SF_COUNT(names); i++) {
		bool is_uid = strcmp(names[i], "uid") == 0;

		require_field(
		    &at, names[i], is_uid ? (audit.has_uid ? "1003" : "") : values[value]);
		value += is_uid ? 0 : 1;
	}
	require(*at == '\0');
}

static void try_lines(const char *value)
{
	struct sf_error e = {.where = "fuzz"};
	struct seen seen = {.count = 0};
	char ref[SF_LOG_REF_SIZE];

	sf_log_set_sink(sink, &seen);
	(void)SF_FAIL(&e, SF_E_DENIED, 1, "%s", value);
	sf_log_error(&e);
	e.where = NULL;
	sf_log_error(&e);
	sf_log_line(5, "%s", value);
	require(seen.count == 3);
	sf_log_new_ref(ref);
	require(strlen(ref) == SF_LOG_REF_SIZE - 1 && ref[4] == '-');
	sf_log_set_sink(NULL, NULL);
	sf_log_line(5, "%s", value);
	require(seen.count == 3);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char values[VALUES][VALUE_SIZE] = {""};

	for (size_t i = 0, at = 0; i < VALUES && at < size; i++) {
		const uint8_t *end = memchr(data + at, '\0', size - at);
		size_t len = end ? (size_t)(end - (data + at)) : size - at;

		memcpy(values[i], data + at, len < VALUE_SIZE ? len : VALUE_SIZE - 1);
		at += len + 1;
	}
	try_audit(values);
	for (size_t i = 0; i < VALUES; i++)
		try_lines(values[i]);
	return 0;
}
