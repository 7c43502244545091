/*
 * doctor: the CA file, the name service, and requests to Salesforce, whose replies show whether
 * connection, TLS, clock, organization id and app are right. Only the worker talks to Salesforce.
 */
#include <grp.h>
#include <limits.h>
#include <netdb.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "doctor.h"
#include "file.h"
#include "sfid.h"
#include "worker_client.h"
#include "worker_jobs.h"
#include "text.h"

#include "banned.h"

#define SF_PROBE_MS        30000
#define SF_CA_FILE         "/etc/ssl/certs/ca-certificates.crt"
#define SF_CA_MAX          (4 * 1024 * 1024)
#define SF_CLOCK_OFF_MAX_S 120 /* Salesforce accepts a signed request for three minutes */

/* The first `parts` parts of a path: "/etc" for 1. False: it has no more, ret is the whole path. */
static bool cut_path(const char *path, int parts, char ret[static PATH_MAX])
{
	const char *slash = path;

	for (int i = 0; slash && i < parts; i++)
		slash = strchr(slash + 1, '/');
	if (!sf_text_copy(ret, PATH_MAX, path))
		ret[0] = '\0';
	else if (slash)
		ret[slash - path] = '\0';
	return slash != NULL;
}

/*
 * The worker of a login reads the CA file as _sfoauth. A child becomes that user and tries each
 * directory, then the file. False: ret_path gets the first that it may not enter or read.
 */
static bool worker_can_read(const char *path, char ret_path[static PATH_MAX])
{
	const struct passwd *user = getpwnam("_sfoauth");
	int status = 0, part = 0;
	bool has_more = true;
	pid_t pid;

	/* Without that user, the check "users" fails. */
	if (!user || (pid = fork()) < 0)
		return true;
	if (pid == 0) {
		if (setgroups(0, NULL) != 0 ||
		    setresgid(user->pw_gid, user->pw_gid, user->pw_gid) != 0 ||
		    setresuid(user->pw_uid, user->pw_uid, user->pw_uid) != 0)
			_exit(0);
		while (has_more) {
			has_more = cut_path(path, ++part, ret_path);
			if (access(ret_path, has_more ? X_OK : R_OK) != 0)
				_exit(part);
		}
		_exit(0);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) == 0)
		return true;
	(void)cut_path(path, WEXITSTATUS(status), ret_path);
	return false;
}

/*
 * Can the CA file be opened, and can nobody else change it? A user who can change it can forge TLS.
 */
static bool check_ca_file(struct sf_doctor *d)
{
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	const char *named = d->org->ca_file;
	const struct sf_file_params params = {.path = named[0] != '\0' ? named : SF_CA_FILE,
	    .max = SF_CA_MAX,
	    .check_directories = true};
	char barrier[PATH_MAX];
	struct sf_error e;

	if (sf_file_open(&params, &fd, &e) != SF_OK) {
		sf_doctor_fail_file(d, SF_FINDING_CA_FILE, params.path, &e);
		return false;
	}
	if (d->is_root && d->pam && !worker_can_read(params.path, barrier)) {
		sf_doctor_fail(d, SF_FINDING_CA_FILE_CLOSED, SF_MESSAGE_DOCTOR_CA_FILE_CLOSED,
		    SF_WITH({"path", params.path}, {"barrier", barrier}));
		return true;
	}
	sf_doctor_ok(d, "ca-file", SF_MESSAGE_CHECK_FOUND, SF_WITH({"what", params.path}));
	return true;
}

static void addrinfo_freep(struct addrinfo **list)
{
	if (*list)
		freeaddrinfo(*list);
}

/* Append HOST of "http://HOST:PORT". */
static bool proxy_host(const char *proxy, struct sf_text *ret)
{
	const char *host = proxy + strlen("http://"), *colon = strrchr(host, ':');

	return colon != NULL && sf_text_add_bytes(ret, host, (size_t)(colon - host));
}

/* Does the host of the org have an address? With a proxy, only the proxy needs one. */
static bool check_dns(struct sf_doctor *d)
{
	const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	SF_CLEANUP(addrinfo_freep) struct addrinfo *list = NULL;
	const bool has_proxy = d->org->proxy[0] != '\0';
	char host[SF_ORIGIN_HOST_SIZE];
	struct sf_text text = SF_TEXT(host);
	unsigned count = 0;
	int r;

	if (has_proxy ? !proxy_host(d->org->proxy, &text)
		      : !sf_text_add(&text, d->cmd->session.target.origin.host))
		return false;
	r = getaddrinfo(host, NULL, &hints, &list);
	if (r != 0) {
		sf_doctor_fail(d, has_proxy ? SF_FINDING_DNS_PROXY : SF_FINDING_DNS,
		    SF_MESSAGE_DOCTOR_NO_ADDRESS,
		    SF_WITH({"host", host}, {"why", gai_strerror(r)}));
		return false;
	}
	for (const struct addrinfo *at = list; at != NULL; at = at->ai_next)
		count++;
	sf_doctor_ok(d, "dns", has_proxy ? SF_MESSAGE_DOCTOR_DNS_PROXY : SF_MESSAGE_DOCTOR_DNS,
	    SF_WITH({"host", host}, {"n", SF_NUMBER(count)}));
	return true;
}

/* Compare this machine's clock with the Date header of the reply. */
static void check_clock(struct sf_doctor *d, const struct sf_outcome *outcome)
{
	const int64_t off_s = sf_clock_wall_s() - (int64_t)outcome->server_s;
	const uint64_t by_s = (uint64_t)(off_s < 0 ? -off_s : off_s);

	if (outcome->server_s == 0)
		sf_doctor_skip(d, "clock", NULL, SF_MESSAGE_DOCTOR_CLOCK_UNKNOWN, NULL);
	else if (by_s > SF_CLOCK_OFF_MAX_S)
		sf_doctor_fail(d, SF_FINDING_CLOCK,
		    off_s < 0 ? SF_MESSAGE_DOCTOR_CLOCK_BEHIND : SF_MESSAGE_DOCTOR_CLOCK_AHEAD,
		    SF_WITH({"minutes", SF_NUMBER(by_s / 60)}, {"seconds", SF_NUMBER(by_s % 60)}));
	else
		sf_doctor_ok(
		    d, "clock", SF_MESSAGE_DOCTOR_CLOCK, SF_WITH({"seconds", SF_NUMBER(by_s)}));
}

/* Compare organization_id with the id that the reply contains. */
static void check_org_id(struct sf_doctor *d, const struct sf_outcome *outcome)
{
	char id[SF_SFID_SIZE];

	if (!sf_sfid_parse(outcome->org_id, "00D", id))
		sf_doctor_skip(d, "org-id", NULL, SF_MESSAGE_DOCTOR_ORG_ID_UNKNOWN,
		    SF_WITH({"login_url", d->org->login_url}));
	else if (d->org->organization_id[0] == '\0')
		sf_doctor_skip(d, "org-id", sf_message_row(SF_MESSAGE_DOCTOR_PIN_ORG),
		    SF_MESSAGE_DOCTOR_ORG_ID_ANY, SF_WITH({"id", id}));
	else if (strcmp(id, d->org->organization_id) != 0)
		sf_doctor_fail(d, SF_FINDING_ORG_ID, SF_MESSAGE_DOCTOR_ORG_ID_OTHER,
		    SF_WITH({"id", id}, {"wanted", d->org->organization_id}));
	else
		sf_doctor_ok(d, "org-id", SF_MESSAGE_CHECK_FOUND, SF_WITH({"what", id}));
}

/* Do people sign in with the device flow here? For root, [pam] decides, else the org's flow. */
static bool needs_device_flow(const struct sf_doctor *d)
{
	const bool is_pam = d->is_root && d->pam != NULL;

	return is_pam ? d->pam->flows.count == 0 ||
			    sf_list_has(&d->pam->flows, sf_flows_name(SF_FLOW_DEVICE))
		      : d->org->flow == SF_FLOW_AUTO || d->org->flow == SF_FLOW_DEVICE;
}

/* Does the org configure client authentication? */
static bool has_client_auth(const struct sf_org *org)
{
	return org->client_secret_file[0] != '\0' || org->private_key_file[0] != '\0' ||
	       org->client_secret == SF_ORG_SECRET_KEYRING;
}

/*
 * What the reply says about the app. The request carries no secret, so a refusal for that reason
 * is fine if one is configured. A refused device flow is fine if nobody uses it.
 */
static void check_app(struct sf_doctor *d, enum sf_err r, const struct sf_error *e)
{
	const enum sf_app_fault app = d->cmd->end.app;

	if (r == SF_OK)
		sf_doctor_ok(d, "app", SF_MESSAGE_DOCTOR_APP, NULL);
	else if (app == SF_APP_FAULT_FLOW && !needs_device_flow(d))
		sf_doctor_ok(d, "app", SF_MESSAGE_DOCTOR_APP_NO_CODES, NULL);
	else if (app == SF_APP_FAULT_PROOF && has_client_auth(d->org))
		sf_doctor_ok(d, "app", SF_MESSAGE_DOCTOR_APP_SECRET, NULL);
	else
		sf_doctor_error(d, "app", e);
}

/* Do people sign in through a browser's callback here? */
static bool needs_callback(const struct sf_doctor *d)
{
	const bool is_pam = d->is_root && d->pam != NULL;
	const unsigned flow = d->org->flow;

	return is_pam ? sf_list_has(&d->pam->flows, sf_flows_name(SF_FLOW_PASTE))
		      : flow == SF_FLOW_AUTO || flow == SF_FLOW_BROWSER || flow == SF_FLOW_PASTE;
}

/* Send the requests of the job PROBE, with a callback or without (""). */
static enum sf_err probe(struct sf_doctor *d, const char *callback, struct sf_error *e)
{
	SF_CLEANUP(sf_job_clear) struct sf_job job = {0};
	SF_CLEANUP(sf_token_freep) struct sf_token *none = NULL;
	const struct sf_worker_client_params params = {.job = &job, .body_fd = -1};
	enum sf_err r =
	    sf_worker_jobs_fill(&d->cmd->session.target, SF_JOB_PROBE, SF_PROBE_MS, &job, e);

	if (r != SF_OK)
		return r;
	job.asks_first = callback[0] != '\0';
	if (!sf_text_copy(job.callback, sizeof(job.callback), callback))
		return SF_FAIL(e, SF_E_CONFIG, 0, "a callback is too long");
	return sf_worker_client_run(&params, &none, &d->cmd->end, e);
}

/* Is each callback registered? Only the authorize endpoint knows, and it needs no device flow. */
static void check_callbacks(struct sf_doctor *d)
{
	const struct sf_list *callbacks = &d->org->callback;

	for (size_t i = 0; needs_callback(d) && i < callbacks->count; i++) {
		const struct sf_arg *which = SF_WITH({"callback", callbacks->items[i]});
		struct sf_error e = {0};
		enum sf_err r = probe(d, callbacks->items[i], &e);

		if (r == SF_OK)
			sf_doctor_ok(d, "callback", SF_MESSAGE_DOCTOR_CALLBACK, which);
		else if (strcmp(d->cmd->end.row, "redirect_uri_mismatch") == 0)
			sf_doctor_fail(
			    d, SF_FINDING_CALLBACK, SF_MESSAGE_DOCTOR_CALLBACK_UNKNOWN, which);
		else
			sf_doctor_error(d, "callback", &e);
	}
}

/* No reply: show a TLS or connection row, with the remedy that fits the proxy settings. */
static void fail_connect(struct sf_doctor *d, enum sf_err r, const struct sf_error *e)
{
	enum sf_finding finding = SF_FINDING_CONNECT;

	if (r != SF_E_UNAVAILABLE && r != SF_E_TLS) {
		sf_doctor_error(d, "connect", e);
		return;
	}
	if (r == SF_E_TLS)
		finding = SF_FINDING_TLS;
	else if (d->org->proxy[0] != '\0')
		finding = SF_FINDING_CONNECT_PROXY;
	else if (d->cmd->settings->names_proxy)
		finding = SF_FINDING_CONNECT_VARIABLE;
	sf_doctor_fail(d, finding, SF_MESSAGE_CHECK_FOUND, SF_WITH({"what", e->detail}));
}

/* A reply proves that connection and TLS are right. */
static void show_connected(struct sf_doctor *d)
{
	const char *host = d->cmd->session.target.origin.host, *proxy = d->org->proxy;

	if (proxy[0] != '\0')
		sf_doctor_ok(d, "connect", SF_MESSAGE_DOCTOR_CONNECT_PROXY,
		    SF_WITH({"host", host}, {"proxy", proxy}));
	else
		sf_doctor_ok(d, "connect", SF_MESSAGE_DOCTOR_CONNECT, SF_WITH({"host", host}));
	sf_doctor_ok(d, "tls", SF_MESSAGE_DOCTOR_TLS, NULL);
}

void sf_doctor_network(struct sf_doctor *d)
{
	struct sf_job_result *end = &d->cmd->end;
	struct sf_error e = {0};
	enum sf_err r;

	if (!d->org)
		return;
	/* Show both rows; the request needs both. */
	const bool has_ca = check_ca_file(d);
	if (!check_dns(d) || !has_ca || d->is_worker_bad)
		return;
	r = probe(d, "", &e);
	/* Without an HTTP status there was no reply at all, so nothing more can be said. */
	if (end->status == 0) {
		fail_connect(d, r, &e);
		return;
	}
	show_connected(d);
	check_clock(d, &end->outcome);
	check_org_id(d, &end->outcome);
	check_app(d, r, &e);
	/* The row app has said that the app is unknown, or that there was no reply. */
	if (end->app != SF_APP_FAULT_UNKNOWN && (r == SF_OK || r == SF_E_APP))
		check_callbacks(d);
}
