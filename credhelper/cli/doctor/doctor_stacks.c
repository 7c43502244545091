/*
 * doctor: the PAM stacks. Which services run pam_sfoauth.so, by lines of their own or by an
 * include? Does each ask it, obey its refusal, and still let in root and local accounts? Looks at
 * the lines (pam_stack.h); tries no login.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "account_class.h"
#include "args.h"
#include "doctor.h"
#include "text.h"

#include "banned.h"

#define SF_ARGUMENTS_MAX 32 /* of a line; the module knows fewer */

/* The services that README describes. */
static const struct service {
	const char *name;
	bool has_session; /* a login keeps a token, so the stack has a session line */
} services[] = {
    {"sshd", true},
    {"login", true},
    {"su", false},
    {"su-l", false},
    {"sudo", false},
    {"sudo-i", false},
};

/* The service that is being checked. */
struct place {
	struct sf_doctor *d;
	const struct service *service;
	const struct sf_pam_stack *stack;
	const struct sf_pam *pam;      /* [pam] with the arguments of the lines; NULL: not known */
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
	const struct sf_pam_stack_line *line;
	enum sf_pam_stack_action success;

	if (p->auth == p->stack->count) {
		fail_phase(p, SF_FINDING_STACK_AUTH, SF_MESSAGE_DOCTOR_STACK_MISSING, "auth");
		return;
	}
	line = &p->stack->lines[p->auth];
	success = line->actions[SF_PAM_STACK_SUCCESS];
	if (!sf_pam_stack_refuses(line))
		fail_phase(p, SF_FINDING_STACK_AUTH_OPEN, SF_MESSAGE_DOCTOR_STACK_OPEN, "auth");
	else if (line->actions[SF_PAM_STACK_USER_UNKNOWN] != SF_PAM_STACK_IGNORE)
		fail_phase(p, SF_FINDING_STACK_LOCKED, SF_MESSAGE_DOCTOR_STACK_LOCKED, "auth");
	else if (success != SF_PAM_STACK_DONE && success != SF_PAM_STACK_JUMP)
		fail_service(p, SF_FINDING_STACK_NO_YES, SF_MESSAGE_DOCTOR_STACK_NO_YES);
	else if (sf_pam_stack_lets_in_unasked(p->stack))
		fail_service(p, SF_FINDING_STACK_UNASKED, SF_MESSAGE_DOCTOR_STACK_UNASKED);
	check_order(p, SF_PAM_STACK_AUTH, p->auth);
	check_overruled(p, SF_PAM_STACK_AUTH, p->auth);
	check_place(p, p->auth);
}

/* The account line must refuse and pass on unknown users, but not skip the checks below it. */
static void check_account(struct place *p)
{
	const struct sf_pam_stack_line *line;

	if (p->account == p->stack->count) {
		fail_phase(p, SF_FINDING_STACK_ACCOUNT, SF_MESSAGE_DOCTOR_STACK_MISSING, "account");
		return;
	}
	line = &p->stack->lines[p->account];
	if (!sf_pam_stack_refuses(line))
		fail_phase(
		    p, SF_FINDING_STACK_ACCOUNT_OPEN, SF_MESSAGE_DOCTOR_STACK_OPEN, "account");
	else if (line->actions[SF_PAM_STACK_USER_UNKNOWN] != SF_PAM_STACK_IGNORE)
		fail_phase(p, SF_FINDING_STACK_LOCKED, SF_MESSAGE_DOCTOR_STACK_LOCKED, "account");
	else if (line->actions[SF_PAM_STACK_SUCCESS] == SF_PAM_STACK_DONE)
		fail_service(p, SF_FINDING_STACK_ACCOUNT_DONE, SF_MESSAGE_DOCTOR_STACK_DONE);
	check_order(p, SF_PAM_STACK_ACCOUNT, p->account);
	check_overruled(p, SF_PAM_STACK_ACCOUNT, p->account);
	check_place(p, p->account);
}

/* Does a login through this service keep a token for the session? Without [pam], assume so. */
static bool keeps_token(const struct place *p)
{
	const struct sf_pam *pam = p->pam;

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
 * The arguments of a line must be known to the module, and with them [pam] must be complete.
 * ret_config keeps what p->pam then points to. False: a row is shown.
 */
static bool check_arguments(struct place *p, size_t at, struct sf_config **ret_config)
{
	char copy[SF_PAM_STACK_ARGS_SIZE];
	const char *words[SF_ARGUMENTS_MAX];
	const struct sf_org *org = NULL;
	struct sf_args args;
	struct sf_error e;
	size_t count;

	if (at == p->stack->count)
		return true;
	p->pam = p->d->pam;
	if (p->stack->lines[at].arguments[0] == '\0')
		return true;
	count = sf_pam_stack_arguments(&p->stack->lines[at], copy, words, SF_COUNT(words));
	enum sf_err r = sf_args_parse((int)count, words, &args, &e);
	/* Without a valid [pam] in the file, the check "pam-config" shows a row. */
	if (r == SF_OK && p->pam) {
		sf_config_freep(ret_config);
		r = sf_args_load(&args, (int)count, words, ret_config, &org, &e);
		p->pam = r == SF_OK ? &(*ret_config)->pam : p->pam;
	}
	if (r == SF_OK)
		return true;
	p->is_fine = false;
	sf_doctor_fail(p->d, SF_FINDING_STACK_ARGUMENT, SF_MESSAGE_DOCTOR_STACK_BROKEN,
	    SF_WITH({"service", p->service->name}, {"detail", e.detail}));
	return false;
}

/*
 * Services that hold a password or run by themselves: nobody sees a code there or could approve
 * one. A login would hang until approve_timeout; in nginx, so would all others.
 */
static bool has_nobody(const char *service)
{
	static const char *const names[] = {"apache2", "atd", "cron", "crond", "cups", "dovecot",
	    "exim4", "ftp", "httpd", "imap", "nginx", "openvpn", "pop3", "postgresql", "proftpd",
	    "pure-ftpd", "radiusd", "samba", "smtp", "squid", "systemd-user", "vsftpd"};

	for (size_t i = 0; i < SF_COUNT(names); i++)
		if (strcmp(service, names[i]) == 0)
			return true;
	return false;
}

/*
 * Does the module handle this service, and can a person answer there? False, with a row shown, if
 * not: then nothing else about its lines matters.
 */
static bool is_handled(struct place *p, const char *file)
{
	const char *name = p->service->name;

	if (p->pam && !sf_account_class_has_service(p->pam, name)) {
		if (strcmp(file, name) == 0)
			fail_service(
			    p, SF_FINDING_STACK_LEFT_OUT, SF_MESSAGE_DOCTOR_STACK_LEFT_OUT);
		else
			sf_doctor_skip(p->d, "pam", NULL, SF_MESSAGE_DOCTOR_STACK_PASSES,
			    SF_WITH({"service", name}, {"file", file}));
		return false;
	}
	if (has_nobody(name))
		fail_service(p, SF_FINDING_STACK_NOBODY, SF_MESSAGE_DOCTOR_STACK_NOBODY);
	return !has_nobody(name);
}

/*
 * Check one service. is_named: README describes it. Any other service, such as a display manager or
 * a screen locker, counts if its file has a line with pam_sfoauth.so or includes one.
 */
static void check_service(struct sf_doctor *d, const struct service *service, bool is_named)
{
	SF_CLEANUP(sf_config_freep) struct sf_config *config = NULL;
	struct sf_pam_stack stack;
	struct place p = {
	    .d = d, .service = service, .stack = &stack, .pam = d->pam, .is_fine = true};
	struct sf_error e;
	enum sf_err r = sf_pam_stack_read(SF_PAM_STACK_FOLDER, service->name, &stack, &e);
	const bool is_ours = find_ours(&p);
	const size_t any = p.auth < stack.count ? p.auth : p.account;

	if (!is_named && any >= stack.count)
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
	if (!check_arguments(&p, p.account, &config) || !check_arguments(&p, p.auth, &config) ||
	    !is_handled(&p, any < stack.count ? stack.lines[any].file : service->name))
		return;
	check_auth(&p);
	check_account(&p);
	if (is_named || d->pam)
		check_session(&p);
	if (p.is_fine)
		sf_doctor_ok(
		    d, "pam", SF_MESSAGE_DOCTOR_STACK, SF_WITH({"service", service->name}));
}

/* A hint: "sudo -i" is a service of its own, which is easily forgotten. */
static void check_sudo_i(struct sf_doctor *d)
{
	struct sf_pam_stack sudo, login;
	struct sf_error e;

	if (sf_pam_stack_read(SF_PAM_STACK_FOLDER, "sudo", &sudo, &e) == SF_OK &&
	    sf_pam_stack_read(SF_PAM_STACK_FOLDER, "sudo-i", &login, &e) == SF_OK &&
	    sf_pam_stack_find(&sudo, SF_PAM_STACK_AUTH, SF_DOCTOR_MODULE) < sudo.count &&
	    sf_pam_stack_find(&login, SF_PAM_STACK_AUTH, SF_DOCTOR_MODULE) == login.count)
		sf_doctor_skip(d, "pam", sf_message_row(SF_MESSAGE_DOCTOR_STACK_SUDO_I_ADD),
		    SF_MESSAGE_DOCTOR_STACK_SUDO_I, NULL);
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
	check_sudo_i(d);
	if (!d->has_stack && d->pam)
		sf_doctor_fail(d, SF_FINDING_STACK_NONE, SF_MESSAGE_DOCTOR_STACK_NONE, NULL);
}
