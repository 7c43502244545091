#include "doctor.h"

#include <stdarg.h>
#include <stdio.h>

#include "checks.h"

#include "banned.h"

#define SF_SAID_SIZE 1024

static const struct {
	const char *check;
	enum sf_err failure;
	const char *remedy;
} findings[] = {
#define SF_FINDING(id, check, failure, remedy) {check, SF_E_##failure, remedy},
#include "doctor.def"
#undef SF_FINDING
};

static void show(struct sf_doctor *d, const struct sf_check *check)
{
	d->tried += check->result != SF_CHECK_SKIPPED;
	d->failed += check->result == SF_CHECK_FAILED;
	if (check->result == SF_CHECK_FAILED && d->first == SF_OK)
		d->first = check->reason;
	sf_checks_show(d->cmd, check, d->out);
}

/* Cut where it is too long: these are words for people. */
#define SF_SAY(said, last)                                                                         \
	do {                                                                                       \
		va_list args;                                                                      \
		va_start(args, last);                                                              \
		(void)vsnprintf((said), sizeof(said), (last), args);                               \
		va_end(args);                                                                      \
	} while (0)

void sf_doctor_ok(struct sf_doctor *d, const char *check, const char *said, ...)
{
	char text[SF_SAID_SIZE];

	SF_SAY(text, said);
	show(d, &(struct sf_check){.name = check, .result = SF_CHECK_OK, .said = text});
}

void sf_doctor_skip(
    struct sf_doctor *d, const char *check, const char *remedy, const char *said, ...)
{
	char text[SF_SAID_SIZE];

	SF_SAY(text, said);
	show(d, &(struct sf_check){
		    .name = check, .result = SF_CHECK_SKIPPED, .said = text, .remedy = remedy});
}

void sf_doctor_fail(struct sf_doctor *d, enum sf_finding finding, const char *said, ...)
{
	char text[SF_SAID_SIZE];

	SF_SAY(text, said);
	show(d, &(struct sf_check){.name = findings[finding].check,
		    .result = SF_CHECK_FAILED,
		    .said = text,
		    .remedy = findings[finding].remedy,
		    .reason = findings[finding].failure});
}

void sf_doctor_error(struct sf_doctor *d, const char *check, const struct sf_error *e)
{
	d->tried++;
	d->failed++;
	if (d->first == SF_OK)
		d->first = e->code;
	sf_checks_show_failed(d->cmd, check, e, d->out);
}
