/*
 * doctor: the PAM stacks. Does each service that uses pam_sfoauth.so ask it, obey its refusal, and
 * still let in root and local accounts? Looks at the lines (pam_stack.h); tries no login.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "text.h"

#include "banned.h"

/* The services that README describes. */
static const struct service {
	const char *name;
	bool has_session; /* a login keeps a token, so the stack has a session line */
} services[] = {
    {"sshd", true},
    {"login", true},
    {"su", false},
    {"sudo", false},
    {"sudo-i", false},
};

/* The service that is being checked. */
struct place {
	struct sf_doctor *d;
	const struct service *service;
	const struct sf_pam_stack *stack;
	size_t auth, account, session; /* lines of pam_sfoauth.so; stack->count: none */
	bool is_fine;                  /* no defect so far */
};

/* Show a defect of the service. */
static void fail_service(struct place *p, enum sf_finding finding, enum sf_message word)
{
	p->is_fine = false;
	sf_doctor_fail(p->d, finding, word, SF_WITH({"service", p->service->name}));
}

/* Show a defect of one phase: auth, account or session. */
static void fail_phase(
    struct place *p, enum sf_finding finding, enum sf_message word, const char *phase)
{
	p->is_fine = false;
	sf_doctor_fail(
	    p->d, finding, word, SF_WITH({"service", p->service->name}, {"phase", phase}));
}

/*
 * The module of a line before ours that asks for a password or decides by itself; NULL: none.
 * People would be asked for a password first, or would never reach our line.
 */
static const char *find_earlier(const struct place *p, enum sf_pam_stack_phase phase, size_t ours)
{
	static const char *const askers[] = {"pam_unix.so", "pam_sss.so", "pam_ldap.so",
	    "pam_krb5.so", "pam_winbind.so", "pam_permit.so", "pam_deny.so"};

	for (size_t i = 0; i < ours; i++) {
		if (p->stack->lines[i].phase != phase)
			continue;
		for (size_t a = 0; a < SF_COUNT(askers); a++) {
			if (strcmp(p->stack->lines[i].module, askers[a]) == 0)
				return askers[a];
		}
	}
	return NULL;
}

/* Our line must be the first that asks: the person gets one question, and that from Salesforce. */
static void check_order(struct place *p, enum sf_pam_stack_phase phase, size_t ours)
{
	const char *earlier = find_earlier(p, phase, ours);
	const bool is_auth = phase == SF_PAM_STACK_AUTH;

	if (!earlier)
		return;
	p->is_fine = false;
	sf_doctor_fail(p->d, is_auth ? SF_FINDING_STACK_AUTH_ORDER : SF_FINDING_STACK_ACCOUNT_ORDER,
	    SF_MESSAGE_DOCTOR_STACK_ORDER,
	    SF_WITH({"service", p->service->name}, {"module", earlier},
		{"phase", is_auth ? "auth" : "account"}));
}

/* Can a person pass without our approval? pam_rootok is fine: su by root asks for nothing. */
static void check_overruled(struct place *p, enum sf_pam_stack_phase phase, size_t ours)
{
	for (size_t at = 0; (at = sf_pam_stack_overruled(p->stack, ours, at)) < p->stack->count;
	     at++) {
		const char *module = p->stack->lines[at].module;

		if (strcmp(module, "pam_rootok.so") == 0)
			continue;
		p->is_fine = false;
		sf_doctor_fail(p->d, SF_FINDING_STACK_OVERRULED, SF_MESSAGE_DOCTOR_STACK_OVERRULED,
		    SF_WITH({"service", p->service->name}, {"module", module},
			{"phase", phase == SF_PAM_STACK_AUTH ? "auth" : "account"}));
	}
}

/*
 * A line in a shared file such as common-auth applies to every service that includes it, cron too.
 * In a substack, success=done ends only the substack.
 */
static void check_place(struct place *p, size_t ours)
{
	const char *file = p->stack->lines[ours].file;

	if (!sf_text_starts(file, "common-") && p->stack->lines[ours].substack == 0)
		return;
	p->is_fine = false;
	sf_doctor_fail(p->d, SF_FINDING_STACK_COMMON, SF_MESSAGE_DOCTOR_STACK_COMMON,
	    SF_WITH({"service", p->service->name}, {"file", file}));
}

/* The auth line must refuse, pass on unknown users, and end the phase on success. */
static void check_auth(struct place *p)
{
	const struct sf_pam_stack_line *line = &p->stack->lines[p->auth];
	const enum sf_pam_stack_action success = line->actions[SF_PAM_STACK_SUCCESS];

	if (p->auth == p->stack->count) {
		fail_phase(p, SF_FINDING_STACK_AUTH, SF_MESSAGE_DOCTOR_STACK_MISSING, "auth");
		return;
	}
	if (!sf_pam_stack_refuses(line))
		fail_phase(p, SF_FINDING_STACK_AUTH_OPEN, SF_MESSAGE_DOCTOR_STACK_OPEN, "auth");
	else if (line->actions[SF_PAM_STACK_USER_UNKNOWN] != SF_PAM_STACK_IGNORE)
		fail_phase(p, SF_FINDING_STACK_LOCKED, SF_MESSAGE_DOCTOR_STACK_LOCKED, "auth");
	else if (success != SF_PAM_STACK_DONE && success != SF_PAM_STACK_JUMP)
		fail_service(p, SF_FINDING_STACK_NO_YES, SF_MESSAGE_DOCTOR_STACK_NO_YES);
	check_order(p, SF_PAM_STACK_AUTH, p->auth);
	check_overruled(p, SF_PAM_STACK_AUTH, p->auth);
	check_place(p, p->auth);
}

/* The account line must refuse and pass on unknown users, but not skip the checks below it. */
static void check_account(struct place *p)
{
	const struct sf_pam_stack_line *line = &p->stack->lines[p->account];

	if (p->account == p->stack->count) {
		fail_phase(p, SF_FINDING_STACK_ACCOUNT, SF_MESSAGE_DOCTOR_STACK_MISSING, "account");
		return;
	}
	if (!sf_pam_stack_refuses(line))
		fail_phase(
		    p, SF_FINDING_STACK_ACCOUNT_OPEN, SF_MESSAGE_DOCTOR_STACK_OPEN, "account");
	else if (line->actions[SF_PAM_STACK_USER_UNKNOWN] != SF_PAM_STACK_IGNORE)
		fail_phase(p, SF_FINDING_STACK_LOCKED, SF_MESSAGE_DOCTOR_STACK_LOCKED, "account");
	else if (line->actions[SF_PAM_STACK_SUCCESS] == SF_PAM_STACK_DONE)
		fail_service(p, SF_FINDING_STACK_ACCOUNT_DONE, SF_MESSAGE_DOCTOR_STACK_DONE);
	check_order(p, SF_PAM_STACK_ACCOUNT, p->account);
	check_overruled(p, SF_PAM_STACK_ACCOUNT, p->account);
}

/* Does a login through this service keep a token for the session? Without [pam], assume so. */
static bool keeps_token(const struct place *p)
{
	const struct sf_pam *pam = p->d->pam;

	return p->service->has_session &&
	       (!pam || (pam->session_token == SF_SESSION_TOKEN_ACCESS &&
			    sf_list_has(&pam->session_services, p->service->name)));
}

/*
 * The session line must be there if a token is kept, and after pam_keyinit, which replaces the
 * session keyring of the login. su and sudo keep no token.
 */
static void check_session(struct place *p)
{
	const bool is_there = p->session < p->stack->count;
	const size_t keyinit = sf_pam_stack_find(p->stack, SF_PAM_STACK_SESSION, "pam_keyinit.so");

	if (is_there && !p->service->has_session)
		fail_service(p, SF_FINDING_STACK_SESSION_SU, SF_MESSAGE_DOCTOR_STACK_SESSION);
	else if (!is_there && keeps_token(p))
		fail_phase(p, SF_FINDING_STACK_SESSION, SF_MESSAGE_DOCTOR_STACK_MISSING, "session");
	else if (is_there && keyinit < p->stack->count && keyinit > p->session)
		fail_service(p, SF_FINDING_STACK_KEYINIT, SF_MESSAGE_DOCTOR_STACK_KEYINIT);
}

/* Find the first line with pam_sfoauth.so in each phase. False: no phase has one. */
static bool find_ours(struct place *p)
{
	const size_t count = p->stack->count;

	p->auth = sf_pam_stack_find(p->stack, SF_PAM_STACK_AUTH, SF_DOCTOR_MODULE);
	p->account = sf_pam_stack_find(p->stack, SF_PAM_STACK_ACCOUNT, SF_DOCTOR_MODULE);
	p->session = sf_pam_stack_find(p->stack, SF_PAM_STACK_SESSION, SF_DOCTOR_MODULE);
	return p->auth < count || p->account < count || p->session < count;
}

/*
 * Check one service. is_named: README describes it. Any other service counts only if its own file
 * has a line with pam_sfoauth.so, or every service that includes common-auth would be reported.
 */
static void check_service(struct sf_doctor *d, const struct service *service, bool is_named)
{
	struct sf_pam_stack stack;
	struct place p = {.d = d, .service = service, .stack = &stack, .is_fine = true};
	struct sf_error e;
	enum sf_err r = sf_pam_stack_read(SF_PAM_STACK_FOLDER, service->name, &stack, &e);
	const bool is_ours = find_ours(&p);
	const size_t any = p.auth < stack.count ? p.auth : p.account;

	/* A file that only includes common-auth has our line from there, not one of its own. */
	if (!is_named && (any >= stack.count || strcmp(stack.lines[any].file, service->name) != 0))
		return;
	/* A service that is not installed has no file. */
	if (r != SF_OK) {
		if (e.sys != ENOENT)
			sf_doctor_fail(d, SF_FINDING_STACK, SF_MESSAGE_DOCTOR_STACK_BROKEN,
			    SF_WITH({"service", service->name}, {"detail", e.detail}));
		return;
	}
	if (!is_ours)
		return;
	d->has_stack = true;
	check_auth(&p);
	check_account(&p);
	if (is_named || d->pam)
		check_session(&p);
	if (p.is_fine)
		sf_doctor_ok(
		    d, "pam", SF_MESSAGE_DOCTOR_STACK, SF_WITH({"service", service->name}));
}

/*
 * Filter for scandir: all other services, such as display managers. Packages and editors leave
 * copies with a dot or ~ in the name.
 */
static int is_other(const struct dirent *entry)
{
	for (size_t i = 0; i < SF_COUNT(services); i++) {
		if (strcmp(entry->d_name, services[i].name) == 0)
			return 0;
	}
	return entry->d_name[strcspn(entry->d_name, ".~")] == '\0' &&
	       !sf_text_starts(entry->d_name, "common-");
}

/* No fixed list: any service can be given lines with pam_sfoauth.so. */
static void check_others(struct sf_doctor *d)
{
	struct dirent **entries = NULL;
	const int count = scandir(SF_PAM_STACK_FOLDER, &entries, is_other, alphasort);

	for (int i = 0; i < count; i++) {
		const struct service service = {.name = entries[i]->d_name, .has_session = true};

		check_service(d, &service, /* is_named= */ false);
		free(entries[i]);
	}
	free(entries);
}

void sf_doctor_stacks(struct sf_doctor *d)
{
	for (size_t i = 0; i < SF_COUNT(services); i++)
		check_service(d, &services[i], /* is_named= */ true);
	check_others(d);
	if (!d->has_stack && d->pam)
		sf_doctor_fail(d, SF_FINDING_STACK_NONE, SF_MESSAGE_DOCTOR_STACK_NONE, NULL);
}
