/*
 * sfoauth doctor: runs all checks in order and reports how many failed. Repairs nothing; each row
 * of a failed check says what to do.
 */
#include <stdio.h>
#include <unistd.h>

#include "cmd.h"
#include "doctor.h"
#include "json_out.h"

#include "banned.h"

static void doctor_clear(struct sf_doctor *d)
{
	sf_json_out_freep(&d->out);
	sf_config_freep(&d->host);
}

enum sf_err sf_cmd_doctor(struct sf_cmd *cmd, struct sf_error *e)
{
	SF_CLEANUP(doctor_clear) struct sf_doctor d = {.cmd = cmd, .is_root = geteuid() == 0};

	if (cmd->options->is_json)
		d.out = sf_json_out_reply();
	/* Later checks use what earlier ones have found: the worker, the org, the stacks. */
	sf_doctor_parts(&d);
	sf_doctor_files(&d);
	sf_doctor_network(&d);
	sf_doctor_keyrings(&d);
	sf_doctor_stacks(&d);
	sf_doctor_logins(&d);
	if (d.failed > 0) {
		*cmd->ret_partial = SF_TAKE(d.out);
		cmd->has_rows = true;
		return SF_FAIL_MESSAGE(e, d.first, SF_MESSAGE_CHECKS_FAILED,
		    SF_WITH({"failed", SF_NUMBER(d.failed)}, {"tried", SF_NUMBER(d.tried)}));
	}
	sf_json_out_text(d.out, "status", "ok");
	return !d.out ? SF_OK : sf_json_out_print(d.out, e);
}
