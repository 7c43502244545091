/* Log and audit lines: escaped, bounded, sent to the thread's sink. No file is opened here. */
#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <syslog.h>

#include "text.h"

#include "banned.h"

#define LINE_SIZE   4096
#define BARE_SIZE   192 /* of one escaped value without quotes; a longer one is cut */
#define QUOTED_SIZE 512 /* of one escaped value in quotes */

/*
 * The only mutable global of the project (log.h). One for each thread: a host may run logins in
 * several threads, and one that ends must not remove the sink of another.
 * initial-exec uses the static TLS area that every thread already has. With the dynamic model the
 * C library allocates at the first use, and ends the whole host if there is no memory.
 */
static _Thread_local struct {
	sf_log_sink_fn *sink;
	void *context;
} out __attribute__((tls_model("initial-exec")));

void sf_log_set_sink(sf_log_sink_fn *sink, void *context)
{
	out.sink = sink;
	out.context = context;
}

void sf_log_to_syslog(void *context, int level, const char *line)
{
	(void)context;
	openlog("sfoauth", LOG_PID, LOG_AUTHPRIV);
	syslog(LOG_AUTHPRIV | (level & LOG_PRIMASK), "%s", line);
}

static void send_line(int level, const char *line)
{
	if (out.sink)
		out.sink(out.context, level, line);
}

void sf_log_error(const struct sf_error *e)
{
	const char *where = !e->where || e->where[0] == '\0' ? "-" : e->where;

	sf_log_line(sf_err_level(e->code), "%s: %s (%s, sys %d)", where, e->detail,
	    sf_err_name(e->code), e->sys);
}

void sf_log_line(int level, const char *format, ...)
{
	char raw[LINE_SIZE / 4], escaped[LINE_SIZE - 16], line[LINE_SIZE];
	struct sf_text text = SF_TEXT(line);
	va_list args;
	int wanted;

	va_start(args, format);
	wanted = vsnprintf(raw, sizeof(raw), format, args);
	va_end(args);
	if (wanted < 0)
		raw[0] = '\0';
	if (wanted >= (int)sizeof(raw))
		memcpy(raw + sizeof(raw) - 4, "...", 4);
	sf_text_escape(escaped, sizeof(escaped), raw, strlen(raw));
	(void)sf_text_addf(&text, "sfoauth: %s", escaped);
	send_line(level, line);
}

void sf_log_new_ref(char ret[static SF_LOG_REF_SIZE])
{
	unsigned char random[8];
	ssize_t got;
	char *at = ret;

	/* Five bits of a random byte choose one without bias. */
	_Static_assert(sizeof(SF_TEXT_READABLE) == 33, "32 characters and a NUL");
	do {
		got = getrandom(random, sizeof(random), 0);
	} while (got < 0 && errno == EINTR);
	for (size_t i = 0; i < sizeof(random); i++) {
		if (i == 4)
			*at++ = '-';
		*at++ = got == (ssize_t)sizeof(random) ? SF_TEXT_READABLE[random[i] & 31] : '-';
	}
	*at = '\0';
}

/* Whether the character can neither begin nor end a field, so that it needs no escape. */
static bool is_bare(char c)
{
	return c > 0x20 && c < 0x7f && !strchr("'\"\\=", c);
}

/*
 * Add ` NAME=VALUE`. Spaces, quotes, =, and everything except printable ASCII become \xHH: a value
 * chosen by an attacker cannot add a field, or a line that a log scanner takes for another login.
 * NULL and "" become "-"; the value "-" itself is escaped, so that both can be told apart.
 */
static void add_bare(struct sf_text *line, const char *name, const char *value)
{
	char printed[BARE_SIZE];
	struct sf_text text = SF_TEXT(printed);

	if (!value || value[0] == '\0') {
		(void)sf_text_addf(line, " %s=-", name);
		return;
	}
	if (strcmp(value, "-") == 0) {
		(void)sf_text_addf(line, " %s=\\x2d", name);
		return;
	}
	for (; *value != '\0' && text.len + sizeof("\\xHH") < sizeof(printed); value++) {
		if (is_bare(*value))
			(void)sf_text_add_char(&text, *value);
		else
			(void)sf_text_addf(&text, "\\x%02x", (unsigned)(unsigned char)*value);
	}
	(void)sf_text_addf(line, " %s=%s%s", name, printed, *value == '\0' ? "" : "...");
}

/* Add ` NAME='VALUE'`. sf_text_escape escapes quotes, so the value cannot end its field. */
static void add_quoted(struct sf_text *line, const char *name, const char *value)
{
	char printed[QUOTED_SIZE];

	if (!value || value[0] == '\0') {
		add_bare(line, name, NULL);
		return;
	}
	sf_text_escape(printed, sizeof(printed), value, strlen(value));
	(void)sf_text_addf(line, " %s='%s'", name, printed);
}

void sf_audit(int level, const struct sf_audit *audit)
{
	char line[LINE_SIZE], uid[16];
	struct sf_text text = SF_TEXT(line);
	struct sf_text uid_text = SF_TEXT(uid);

	/* The longest values together fit: an attacker cannot push the last fields off the line. */
	_Static_assert(12 * (BARE_SIZE + 3 + 10) + 2 * (QUOTED_SIZE + 12) < LINE_SIZE, "LINE_SIZE");
	if (audit->has_uid)
		(void)sf_text_addf(&uid_text, "%lu", (unsigned long)audit->uid);
	(void)sf_text_add(&text, "sfoauth:");
	add_bare(&text, "result", audit->result);
	add_bare(&text, "ref", audit->ref);
	add_bare(&text, "reason", audit->reason);
	add_bare(&text, "service", audit->service);
	add_bare(&text, "phase", audit->phase);
	add_bare(&text, "user", audit->user);
	add_bare(&text, "uid", uid);
	add_bare(&text, "org", audit->org);
	add_bare(&text, "sf_id", audit->sf_id);
	add_quoted(&text, "sf_user", audit->sf_user);
	add_bare(&text, "flow", audit->flow);
	add_bare(&text, "rhost", audit->rhost);
	add_bare(&text, "token", audit->token);
	add_quoted(&text, "why", audit->why);
	send_line(level, line);
}
