/*
 * The rows of doctor: results, their words in the person's language, and the counts. The checks
 * themselves are in doctor_*.c.
 */
#include "doctor.h"

#include <errno.h>

#include "report_checks.h"
#include "language.h"
#include "text.h"

#include "banned.h"

#define SF_FOUND_SIZE 4096

static const struct {
	const char *check;
	enum sf_err failure;
} findings[] = {
#define SF_FINDING(id, check, failure, remedy) {check, SF_E_##failure},
#include "doctor.def"
#undef SF_FINDING
};

static const char *const remedies[SF_LANGUAGE_COUNT][SF_FINDING_COUNT] = {
#define SF_FINDING(id, check, failure, remedy) [SF_LANGUAGE_EN][SF_FINDING_##id] = (remedy),
#include "doctor.def"
#undef SF_FINDING
#define SF_FINDING_WORDS(id, remedy) [SF_LANGUAGE_DE][SF_FINDING_##id] = (remedy),
#include "doctor.de.def"
#undef SF_FINDING_WORDS
};

/* The build fails if doctor.de.def lacks a row or has another order. */
enum {
#define SF_FINDING_WORDS(id, remedy) GERMAN_##id,
#include "doctor.de.def"
#undef SF_FINDING_WORDS
	GERMAN_COUNT
};
#define SF_FINDING(id, ...) _Static_assert((int)GERMAN_##id == (int)SF_FINDING_##id, #id);
#include "doctor.def"
#undef SF_FINDING
_Static_assert((int)GERMAN_COUNT == (int)SF_FINDING_COUNT, "doctor.de.def");

/*
 * Show one row and count it. A skipped check is not counted; the first failure decides the exit
 * code. The remedy may use the arguments of the message. If a text does not fit, its row is shown
 * as it is.
 */
static void show_check(
    struct sf_doctor *d, struct sf_check check, enum sf_message found, const struct sf_arg *args)
{
	char words[SF_FOUND_SIZE], remedy[SF_FOUND_SIZE];
	struct sf_text text = SF_TEXT(words), remedy_text = SF_TEXT(remedy);

	if (check.remedy && sf_render(&remedy_text, check.remedy, args))
		check.remedy = remedy;
	check.said = sf_message_add(&text, found, args) ? words : sf_message_row(found);
	d->tried += check.result != SF_CHECK_SKIPPED;
	d->failed += check.result == SF_CHECK_FAILED;
	if (check.result == SF_CHECK_FAILED && d->first == SF_OK)
		d->first = check.reason;
	sf_report_checks_show(d->cmd, &check, d->out);
}

void sf_doctor_ok(
    struct sf_doctor *d, const char *check, enum sf_message found, const struct sf_arg *args)
{
	show_check(d, (struct sf_check){.name = check, .result = SF_CHECK_OK}, found, args);
}

void sf_doctor_skip(struct sf_doctor *d, const char *check, const char *remedy,
    enum sf_message found, const struct sf_arg *args)
{
	show_check(d,
	    (struct sf_check){.name = check, .result = SF_CHECK_SKIPPED, .remedy = remedy}, found,
	    args);
}

void sf_doctor_fail(
    struct sf_doctor *d, enum sf_finding finding, enum sf_message found, const struct sf_arg *args)
{
	show_check(d,
	    (struct sf_check){
		.name = findings[finding].check,
		.result = SF_CHECK_FAILED,
		.remedy = remedies[sf_language_of_environment()][finding],
		.reason = findings[finding].failure,
	    },
	    found, args);
}

void sf_doctor_fail_file(
    struct sf_doctor *d, enum sf_finding finding, const char *path, const struct sf_error *e)
{
	if (e->sys == ENOENT)
		sf_doctor_fail(d, finding, SF_MESSAGE_DOCTOR_NO_FILE, SF_WITH({"path", path}));
	else
		sf_doctor_fail(d, finding, SF_MESSAGE_CHECK_FOUND, SF_WITH({"what", e->detail}));
}

/* Counted like show_check(), but with the words of err.def and advice.def. */
void sf_doctor_error(struct sf_doctor *d, const char *check, const struct sf_error *e)
{
	d->tried++;
	d->failed++;
	if (d->first == SF_OK)
		d->first = e->code;
	sf_report_checks_show_failed(d->cmd, check, e, d->out);
}
