/*
 * Arguments of the module, in one table. An argument that is also a key of [pam] is checked by its
 * row in config.def, not here.
 */
#include "args.h"

#include <string.h>

#include "config_load.h"
#include "text.h"

#include "banned.h"

enum kind {
	KIND_CONF,
	KIND_POLICY, /* a key of [pam] */
	KIND_DEBUG,
	KIND_FIRST_PASS,
};

static const struct row {
	const char *name;
	enum kind kind;
} rows[] = {
    {"conf", KIND_CONF},
    {"org", KIND_POLICY},
    {"services", KIND_POLICY},
    {"flows", KIND_POLICY},
    {"dialogue", KIND_POLICY},
    {"session_token", KIND_POLICY},
    {"try_first_pass", KIND_FIRST_PASS},
    {"use_first_pass", KIND_FIRST_PASS},
    {"debug", KIND_DEBUG},
};

/* Whether the argument is NAME=VALUE, not a bare word. */
static bool takes_value(const struct row *row)
{
	return row->kind == KIND_CONF || row->kind == KIND_POLICY;
}

/*
 * Find the row of an argument; *ret_value is its value, "" for a bare word. NULL: there is no such
 * argument, or it has a value and must not have one, or the reverse.
 */
static const struct row *find_row(const char *argument, const char **ret_value)
{
	size_t len = strcspn(argument, "=");
	bool has_value = argument[len] == '=';

	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		if (strlen(rows[i].name) != len || memcmp(rows[i].name, argument, len) != 0)
			continue;
		if (takes_value(&rows[i]) != has_value)
			return NULL;
		*ret_value = argument + len + has_value;
		return &rows[i];
	}
	return NULL;
}

enum sf_err sf_args_parse(
    int argc, const char *const *argv, struct sf_args *ret_args, struct sf_error *e)
{
	struct sf_args args = {.conf = SF_CONFIG_FILE};
	unsigned seen = 0; /* bit i: rows[i] was given */

	for (int i = 0; i < argc; i++) {
		const char *value = "";
		const struct row *row = find_row(argv[i], &value);

		if (!row)
			return SF_FAIL(e, SF_E_CONFIG, 0,
			    "argument %d of pam_sfoauth.so (%s) is not known", i + 1, argv[i]);
		if (seen & (1U << (row - rows)))
			return SF_FAIL(e, SF_E_CONFIG, 0,
			    "argument %s of pam_sfoauth.so is given twice", row->name);
		seen |= 1U << (row - rows);
		if (row->kind == KIND_CONF && value[0] != '/')
			return SF_FAIL(e, SF_E_CONFIG, 0,
			    "argument conf of pam_sfoauth.so must be an absolute path");
		if (row->kind == KIND_CONF)
			args.conf = value;
		if (row->kind == KIND_DEBUG)
			args.is_debug = true;
		if (row->kind == KIND_FIRST_PASS)
			args.first_pass =
			    row->name[0] == 'u' ? SF_FIRST_PASS_USE : SF_FIRST_PASS_TRY;
	}
	*ret_args = args;
	return SF_OK;
}

enum sf_err sf_args_load(const struct sf_args *args, int argc, const char *const *argv,
    struct sf_config **ret_config, const struct sf_org **ret_org, struct sf_error *e)
{
	SF_CLEANUP(sf_config_freep) struct sf_config *config = NULL;
	enum sf_err r = sf_config_load(args->conf, &config, e);

	/* An argument overrides the file; sf_config_check_pam then checks the result as a whole. */
	for (int i = 0; r == SF_OK && i < argc; i++) {
		const char *value = "";
		const struct row *row = find_row(argv[i], &value);

		if (row && row->kind == KIND_POLICY)
			r = sf_config_set_pam(config, row->name, value, e);
	}
	if (r == SF_OK && !config->has_pam)
		r = SF_FAIL(e, SF_E_CONFIG, 0, "%s has no section [pam]", args->conf);
	if (r == SF_OK)
		r = sf_config_check_pam(config, ret_org, e);
	if (r == SF_OK)
		*ret_config = SF_TAKE(config);
	return r;
}
