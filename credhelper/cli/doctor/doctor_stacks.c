#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "text.h"

#include "banned.h"

/* The services that README names. */
static const struct service {
	const char *name;
	bool has_session; /* a token is kept for it */
} services[] = {
    {"sshd", true},
    {"login", true},
    {"su", false},
    {"sudo", false},
    {"sudo-i", false},
};

/* One service under examination. */
struct place {
	struct sf_doctor *d;
	const struct service *service;
	const struct sf_pam_stack *stack;
	size_t auth, account, session; /* our lines; count where there is none */
	bool is_fine;
};

static void complain(struct place *p, enum sf_finding finding, enum sf_message word)
{
	p->is_fine = false;
	sf_doctor_fail(p->d, finding, word, SF_WITH({"service", p->service->name}));
}

static void complain_of(
    struct place *p, enum sf_finding finding, enum sf_message word, const char *phase)
{
	p->is_fine = false;
	sf_doctor_fail(
	    p->d, finding, word, SF_WITH({"service", p->service->name}, {"phase", phase}));
}

/* Does a line stand before ours that asks for something else, or ends the phase with a yes? */
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

/* Can somebody pass without our yes? root, in su, is not asked for anything. */
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
 * Who stands in a file that others include is asked by all of them: cron, too. And in a substack a
 * done ends no more than that.
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

static void check_auth(struct place *p)
{
	const struct sf_pam_stack_line *line = &p->stack->lines[p->auth];
	const enum sf_pam_stack_action yes = line->actions[SF_PAM_STACK_SUCCESS];

	if (p->auth == p->stack->count) {
		complain_of(p, SF_FINDING_STACK_AUTH, SF_MESSAGE_DOCTOR_STACK_MISSING, "auth");
		return;
	}
	if (!sf_pam_stack_refuses(line))
		complain_of(p, SF_FINDING_STACK_AUTH_OPEN, SF_MESSAGE_DOCTOR_STACK_OPEN, "auth");
	else if (line->actions[SF_PAM_STACK_USER_UNKNOWN] != SF_PAM_STACK_IGNORE)
		complain_of(p, SF_FINDING_STACK_LOCKED, SF_MESSAGE_DOCTOR_STACK_LOCKED, "auth");
	else if (yes != SF_PAM_STACK_DONE && yes != SF_PAM_STACK_JUMP)
		complain(p, SF_FINDING_STACK_NO_YES, SF_MESSAGE_DOCTOR_STACK_NO_YES);
	check_order(p, SF_PAM_STACK_AUTH, p->auth);
	check_overruled(p, SF_PAM_STACK_AUTH, p->auth);
	check_place(p, p->auth);
}

static void check_account(struct place *p)
{
	const struct sf_pam_stack_line *line = &p->stack->lines[p->account];

	if (p->account == p->stack->count) {
		complain_of(
		    p, SF_FINDING_STACK_ACCOUNT, SF_MESSAGE_DOCTOR_STACK_MISSING, "account");
		return;
	}
	if (!sf_pam_stack_refuses(line))
		complain_of(
		    p, SF_FINDING_STACK_ACCOUNT_OPEN, SF_MESSAGE_DOCTOR_STACK_OPEN, "account");
	else if (line->actions[SF_PAM_STACK_USER_UNKNOWN] != SF_PAM_STACK_IGNORE)
		complain_of(p, SF_FINDING_STACK_LOCKED, SF_MESSAGE_DOCTOR_STACK_LOCKED, "account");
	else if (line->actions[SF_PAM_STACK_SUCCESS] == SF_PAM_STACK_DONE)
		complain(p, SF_FINDING_STACK_ACCOUNT_DONE, SF_MESSAGE_DOCTOR_STACK_DONE);
	check_order(p, SF_PAM_STACK_ACCOUNT, p->account);
	check_overruled(p, SF_PAM_STACK_ACCOUNT, p->account);
}

static bool keeps_token(const struct place *p)
{
	const struct sf_pam *pam = p->d->pam;

	return p->service->has_session &&
	       (!pam || (pam->session_token == SF_SESSION_TOKEN_ACCESS &&
			    sf_list_has(&pam->session_services, p->service->name)));
}

static void check_session(struct place *p)
{
	const bool is_there = p->session < p->stack->count;
	const size_t keyinit = sf_pam_stack_find(p->stack, SF_PAM_STACK_SESSION, "pam_keyinit.so");

	if (is_there && !p->service->has_session)
		complain(p, SF_FINDING_STACK_SESSION_SU, SF_MESSAGE_DOCTOR_STACK_SESSION);
	else if (!is_there && keeps_token(p))
		complain_of(
		    p, SF_FINDING_STACK_SESSION, SF_MESSAGE_DOCTOR_STACK_MISSING, "session");
	else if (is_there && keyinit < p->stack->count && keyinit > p->session)
		complain(p, SF_FINDING_STACK_KEYINIT, SF_MESSAGE_DOCTOR_STACK_KEYINIT);
}

/* The first lines with our module, of what could be read. */
static bool find_ours(struct place *p)
{
	const size_t count = p->stack->count;

	p->auth = sf_pam_stack_find(p->stack, SF_PAM_STACK_AUTH, SF_DOCTOR_MODULE);
	p->account = sf_pam_stack_find(p->stack, SF_PAM_STACK_ACCOUNT, SF_DOCTOR_MODULE);
	p->session = sf_pam_stack_find(p->stack, SF_PAM_STACK_SESSION, SF_DOCTOR_MODULE);
	return p->auth < count || p->account < count || p->session < count;
}

/* A service of README's, or another one where lines with our module stand in its own file. */
static void check_service(struct sf_doctor *d, const struct service *service, bool is_named)
{
	struct sf_pam_stack stack;
	struct place p = {.d = d, .service = service, .stack = &stack, .is_fine = true};
	struct sf_error e;
	enum sf_err r = sf_pam_stack_read(SF_PAM_STACK_FOLDER, service->name, &stack, &e);
	const bool is_ours = find_ours(&p);
	const size_t any = p.auth < stack.count ? p.auth : p.account;

	if (!is_named && (any >= stack.count || strcmp(stack.lines[any].file, service->name) != 0))
		return;
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

/* Greeters and the like. What a package or an editor has put aside has a dot or ~ in its name. */
static int is_other(const struct dirent *entry)
{
	for (size_t i = 0; i < SF_COUNT(services); i++) {
		if (strcmp(entry->d_name, services[i].name) == 0)
			return 0;
	}
	return entry->d_name[strcspn(entry->d_name, ".~")] == '\0' &&
	       !sf_text_starts(entry->d_name, "common-");
}

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
