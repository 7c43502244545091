/*
 * Parse the text of a configuration file, line by line. The types of values are in config_value.c,
 * the rules between sections in config.c.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config_row.h"
#include "text.h"

#include "banned.h"

#define LINE_SIZE      (4095 + 128) /* bytes: the longest value, its key, and blanks */
#define NAME_SHOWN_MAX 64           /* bytes of the file's name in a message */

/* The section that the current line belongs to. */
struct section {
	const char *name; /* "org" or "pam"; NULL before the first */
	void *fields;
	unsigned line_no;               /* of its header */
	bool given[SF_CONFIG_ROWS_MAX]; /* keys seen in it, by the index of their row */
};

struct parser {
	const char *cut, *file; /* the file's name in messages; "..." and its end if it is long */
	bool allow_pam;
	struct sf_config *config;
	struct section section;
	unsigned line_no;
	struct sf_error *e;
};

/* Fail with CONFIG: a line breaks this rule. */
static enum sf_err refuse(struct parser *parser, unsigned line_no, const char *rule)
{
	return SF_FAIL(parser->e, SF_E_CONFIG, 0, "%s%s line %u: %s", parser->cut, parser->file,
	    line_no, rule);
}

static enum sf_err no_memory(struct parser *parser)
{
	return SF_FAIL(parser->e, SF_E_NOMEM, 0, "no memory for %s%s", parser->cut, parser->file);
}

static struct sf_config *config_new(void)
{
	SF_CLEANUP(sf_config_freep) struct sf_config *config = calloc(1, sizeof(*config));

	if (!config)
		return NULL;
	/* Room for as many as there may be, so that a borrowed org never moves. */
	config->orgs = calloc(SF_CONFIG_ORGS_MAX, sizeof(*config->orgs));
	if (!config->orgs || !sf_config_row_defaults("pam", &config->pam))
		return NULL;
	return SF_TAKE(config);
}

/* Check a complete [org]: called at the next section header and at the end of the text. */
static enum sf_err finish_section(struct parser *parser)
{
	const struct section *section = &parser->section;
	const struct sf_org *org = section->fields;
	const struct sf_config *config = parser->config;

	if (!section->name || strcmp(section->name, "org") != 0)
		return SF_OK;
	if (org->login_url[0] == '\0')
		return refuse(parser, section->line_no, "this org has no login_url");
	if (org->client_id[0] == '\0')
		return refuse(parser, section->line_no, "this org has no client_id");
	for (size_t i = 0; i + 1 < config->org_count; i++) {
		if (org->is_default && config->orgs[i].is_default)
			return refuse(
			    parser, section->line_no, "another org has default = yes already");
	}
	return SF_OK;
}

/* Begin a section [org NAME] with all defaults. */
static enum sf_err begin_org(struct parser *parser, const char *name)
{
	struct sf_config *config = parser->config;
	struct sf_org *org = &config->orgs[config->org_count];

	if (!sf_text_has_only(name, "_" SF_TEXT_HOST) || strlen(name) > SF_CONFIG_NAME_MAX)
		return refuse(parser, parser->line_no,
		    "an org's name must be 1 to 64 of A-Z a-z 0-9 - _ and dot");
	if (sf_config_org(config, name))
		return refuse(parser, parser->line_no, "this org has a section already");
	if (config->org_count == SF_CONFIG_ORGS_MAX)
		return refuse(parser, parser->line_no, "there may be at most 32 orgs");
	/* Counted first, so that sf_config_free frees an incomplete org, too. */
	config->org_count++;
	org->name = strdup(name);
	if (!org->name || !sf_config_row_defaults("org", org))
		return no_memory(parser);
	parser->section =
	    (struct section){.name = "org", .fields = org, .line_no = parser->line_no};
	return SF_OK;
}

/* Begin the section [pam], whose defaults config_new has set. */
static enum sf_err begin_pam(struct parser *parser)
{
	struct sf_config *config = parser->config;

	if (!parser->allow_pam)
		return refuse(
		    parser, parser->line_no, "[pam] may only be in the system's configuration");
	if (config->has_pam)
		return refuse(parser, parser->line_no, "there is a section [pam] already");
	config->has_pam = true;
	parser->section =
	    (struct section){.name = "pam", .fields = &config->pam, .line_no = parser->line_no};
	return SF_OK;
}

/* Parse a section header. The line begins with "[". */
static enum sf_err parse_header(struct parser *parser, char *line)
{
	size_t len = strlen(line);
	enum sf_err r = finish_section(parser);

	if (r != SF_OK)
		return r;
	if (line[len - 1] == ']') {
		line[len - 1] = '\0';
		if (strcmp(line, "[pam") == 0)
			return begin_pam(parser);
		if (sf_text_starts(line, "[org "))
			return begin_org(parser, line + 5 + strspn(line + 5, " "));
	}
	return refuse(parser, parser->line_no, "a section must be [org NAME] or [pam]");
}

/* Remove blanks: cuts the end in place, and returns where the text begins. */
static char *trim(char *text)
{
	size_t len = strlen(text);

	while (len > 0 && text[len - 1] == ' ')
		text[--len] = '\0';
	return text + strspn(text, " ");
}

/* Set a key of the current section. Both texts are trimmed; the value may be empty. */
static enum sf_err set_key(struct parser *parser, const char *key, const char *value)
{
	struct section *section = &parser->section;
	char buf[SF_ERROR_DETAIL_SIZE];
	struct sf_text rule = SF_TEXT(buf);
	struct sf_row_params params = {.value = value};

	if (!section->name)
		return refuse(parser, parser->line_no, "a key must be in a section");
	if (!sf_config_row_find(section->name, key, &params.index)) {
		/* Keys are shorter; any other text must leave room for the rest of the rule. */
		(void)sf_text_addf(&rule, "[%s] has no key %.40s", section->name, key);
		return refuse(parser, parser->line_no, buf);
	}
	params.adds = section->given[params.index];
	if (params.adds && !sf_config_row_is_repeatable(params.index)) {
		(void)sf_text_addf(&rule, "%s is given twice", key);
		return refuse(parser, parser->line_no, buf);
	}
	section->given[params.index] = true;
	if (value[0] == '\0') {
		(void)sf_text_addf(&rule, "%s has no value", key);
		return refuse(parser, parser->line_no, buf);
	}
	if (strstr(value, " #"))
		return refuse(parser, parser->line_no, "a comment must have a line of its own");
	switch (sf_config_row_set(&params, section->fields, &rule)) {
	case SF_ROW_SET:
		return SF_OK;
	case SF_ROW_NOMEM:
		return no_memory(parser);
	case SF_ROW_REFUSED:
		break;
	}
	return refuse(parser, parser->line_no, buf);
}

/* Parse one line of len bytes, without its line end. */
static enum sf_err parse_line(struct parser *parser, const char *bytes, size_t len)
{
	char buf[LINE_SIZE];
	char *line, *equals;

	if (len >= sizeof(buf))
		return refuse(parser, parser->line_no, "this line is too long");
	memcpy(buf, bytes, len);
	buf[len] = '\0';
	/* A NUL inside would hide the rest of the line; sf_text_is_clean refuses it below. */
	for (size_t i = 0; i < len; i++)
		buf[i] = buf[i] == '\t' ? ' ' : buf[i];
	/* In comments as well: bidirectional controls could make a file look different. */
	if (!sf_text_is_clean(buf, len))
		return refuse(parser, parser->line_no,
		    "control characters (CR among them) and bytes that are not UTF-8 are refused");
	line = trim(buf);
	if (line[0] == '\0' || line[0] == '#')
		return SF_OK;
	if (line[0] == '[')
		return parse_header(parser, line);
	equals = strchr(line, '=');
	if (!equals)
		return refuse(
		    parser, parser->line_no, "this is no section, key = value, or # comment");
	*equals = '\0';
	return set_key(parser, trim(line), trim(equals + 1));
}

enum sf_err sf_config_parse(const struct sf_config_params *params, const char *text, size_t len,
    struct sf_config **ret_config, struct sf_error *e)
{
	SF_CLEANUP(sf_config_freep) struct sf_config *config = config_new();
	size_t name_len = strlen(params->name);
	bool is_long = name_len > NAME_SHOWN_MAX;
	struct parser parser = {
	    .cut = is_long ? "..." : "",
	    .file = is_long ? params->name + name_len - NAME_SHOWN_MAX : params->name,
	    .allow_pam = params->allow_pam,
	    .config = config,
	    .e = e,
	};
	enum sf_err r;

	if (!config)
		return no_memory(&parser);
	if (len > SF_CONFIG_FILE_MAX)
		return SF_FAIL(e, SF_E_CONFIG, EFBIG, "%s%s is larger than %d bytes", parser.cut,
		    parser.file, SF_CONFIG_FILE_MAX);
	for (size_t at = 0; at < len;) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t line_len = !end ? len - at : (size_t)(end - (text + at));

		parser.line_no++;
		r = parse_line(&parser, text + at, line_len);
		if (r != SF_OK)
			return r;
		at += line_len + 1;
	}
	r = finish_section(&parser);
	if (r != SF_OK)
		return r;
	*ret_config = SF_TAKE(config);
	return SF_OK;
}
