/*
 * HTTPS requests through libcurl's multi interface: one at a time, to the host of the job. What a
 * reply means is decided in flow/reply_class.c.
 */
#include "http.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "alloc.h"
#include "clock.h"
#include "http_header.h"
#include "http_transfer.h"
#include "resolve.h"
#include "stream.h"
#include "text.h"
#include "tls.h"

#include "banned.h"

struct sf_http {
	CURL *easy;
	CURLM *multi;                         /* keeps the connection between requests */
	struct curl_slist *resolve, *headers; /* the first header is for is_named_user only */
	struct curl_slist *json_headers;
	char *ca;
	char base[SF_ORIGIN_SIZE + SF_URL_MAX];
	char proxy[SF_URL_MAX];
	uint16_t port;
	int64_t deadline_ms;
	int watch_fd;
	bool is_gone; /* the other end of watch_fd has hung up */
	char error[CURL_ERROR_SIZE];
};

enum sf_err sf_http_start(struct sf_error *e)
{
	enum sf_err r = sf_tls_start(e);

	if (r == SF_OK && curl_global_init_mem(CURL_GLOBAL_DEFAULT, sf_alloc_malloc, sf_alloc_free,
			      sf_alloc_realloc, sf_alloc_strdup, sf_alloc_calloc) != CURLE_OK)
		return SF_FAIL(e, SF_E_SYSTEM, 0, "cannot initialise libcurl");
	return r;
}

/*
 * Set the options that are the same for every request. The protocol limits, the empty proxy and no
 * netrc keep a server, a redirect or a file of the user from choosing where a token goes.
 */
static bool set_fixed(struct sf_http *http, struct curl_blob *ca)
{
	static const struct {
		CURLoption option;
		long value;
	} numbers[] = {
	    {CURLOPT_NOSIGNAL, 1},
	    {CURLOPT_FOLLOWLOCATION, 0},
	    {CURLOPT_DISALLOW_USERNAME_IN_URL, 1},
	    {CURLOPT_PATH_AS_IS, 1},
	    {CURLOPT_SUPPRESS_CONNECT_HEADERS, 1},
	    {CURLOPT_NETRC, CURL_NETRC_IGNORED},
	    {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1},
	    {CURLOPT_PROXYTYPE, CURLPROXY_HTTP},
	    {CURLOPT_SSL_VERIFYPEER, 1},
	    {CURLOPT_SSL_VERIFYHOST, 2},
	    {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
	    {CURLOPT_CONNECTTIMEOUT_MS, SF_HTTP_CONNECT_S * 1000L},
	};
	const struct {
		CURLoption option;
		const void *value;
	} pointers[] = {
	    {CURLOPT_PROTOCOLS_STR, "https"},
	    {CURLOPT_REDIR_PROTOCOLS_STR, "https"},
	    {CURLOPT_USERAGENT, "sfoauth"},
	    {CURLOPT_PROXY, http->proxy}, /* "": no proxy, even if the environment names one */
	    {CURLOPT_NOPROXY, ""},
	    {CURLOPT_CAPATH, NULL},
	    {CURLOPT_CAINFO_BLOB, ca},
	    {CURLOPT_RESOLVE, http->resolve},
	    {CURLOPT_ERRORBUFFER, http->error},
	};
	CURL *easy = http->easy;
	bool fine = true;

	for (size_t i = 0; i < SF_COUNT(numbers); i++)
		fine =
		    fine && curl_easy_setopt(easy, numbers[i].option, numbers[i].value) == CURLE_OK;
	for (size_t i = 0; i < SF_COUNT(pointers); i++)
		fine = fine &&
		       curl_easy_setopt(easy, pointers[i].option, pointers[i].value) == CURLE_OK;
	return fine;
}

enum sf_err sf_http_open(
    const struct sf_http_params *params, struct sf_http **ret_http, struct sf_error *e)
{
	SF_CLEANUP(sf_http_freep) struct sf_http *http = calloc(1, sizeof(*http));
	const struct sf_tls_trust trust = {.file = params->ca_file, .text = params->ca_text};
	const struct sf_resolve_params peer = {.origin = params->origin, .proxy = params->proxy};
	static const char accepts_json[] = "Accept: application/json",
			  expects_nothing[] = "Expect:";
	char entry[SF_RESOLVE_ENTRY_SIZE];
	size_t ca_len = 0;

	if (!http)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a connection");
	http->deadline_ms = params->deadline_ms;
	http->watch_fd = params->watch_fd;

	enum sf_err r = sf_tls_ca(&trust, &http->ca, &ca_len, e);

	if (r == SF_OK)
		r = sf_resolve_entry(&peer, &http->port, entry, e);
	if (r != SF_OK)
		return r;
	if (!sf_text_copy(http->base, sizeof(http->base),
		params->base ? params->base : params->origin->text) ||
	    !sf_text_copy(http->proxy, sizeof(http->proxy), params->proxy))
		return SF_FAIL(e, SF_E_CONFIG, 0, "proxy is longer than %d", SF_URL_MAX - 1);
	http->resolve = curl_slist_append(NULL, entry);
	http->easy = curl_easy_init();
	http->multi = curl_multi_init();
	http->headers = curl_slist_append(NULL, "Auth-Request-Type: Named-User");
	http->json_headers = curl_slist_append(NULL, "Content-Type: application/json");
	/*
	 * An empty Expect: otherwise libcurl waits for "100 Continue" before it sends a large form.
	 */
	if (!http->easy || !http->multi || !http->resolve || !http->headers ||
	    !http->json_headers || !curl_slist_append(http->headers, accepts_json) ||
	    !curl_slist_append(http->headers, expects_nothing) ||
	    !curl_slist_append(http->json_headers, accepts_json) ||
	    !curl_slist_append(http->json_headers, expects_nothing))
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for libcurl");
	if (!set_fixed(http, &(struct curl_blob){http->ca, ca_len, CURL_BLOB_NOCOPY}))
		return SF_FAIL(
		    e, SF_E_SYSTEM, 0, "libcurl does not support an option that is needed");
	*ret_http = SF_TAKE(http);
	return SF_OK;
}

struct sf_http *sf_http_free(struct sf_http *http)
{
	if (!http)
		return NULL;
	curl_easy_cleanup(http->easy);
	curl_multi_cleanup(http->multi);
	curl_slist_free_all(http->resolve);
	curl_slist_free_all(http->headers);
	curl_slist_free_all(http->json_headers);
	free(http->ca);
	free(http);
	return NULL;
}

void sf_http_freep(struct sf_http **http)
{
	*http = sf_http_free(*http);
}

uint16_t sf_http_port(const struct sf_http *http)
{
	return http->port;
}

void sf_http_cleanup_until(struct sf_http *http, int64_t deadline_ms)
{
	http->deadline_ms = deadline_ms;
	http->watch_fd = -1;
	http->is_gone = false;
}

/* Set the request's credentials, or remove those of an earlier request. */
static bool set_authorization(CURL *easy, const struct sf_http_request *request)
{
	const char *bearer = request->bearer ? sf_secret_reveal(request->bearer) : NULL;
	const char *password =
	    request->basic_password ? sf_secret_reveal(request->basic_password) : NULL;
	const long kind = request->basic_user ? (long)CURLAUTH_BASIC : (long)CURLAUTH_BEARER;

	return curl_easy_setopt(easy, CURLOPT_HTTPAUTH, kind) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_USERNAME, request->basic_user) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PASSWORD, password) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, bearer) == CURLE_OK;
}

/* Set URL, method, headers, credentials and limits of one request. */
static bool set_request(struct sf_http *http, struct sf_http_transfer *transfer)
{
	const struct sf_http_request *request = transfer->request;
	CURL *easy = http->easy;
	long left_ms = sf_clock_left_ms(transfer->deadline_ms);
	char url[SF_ORIGIN_SIZE + 2 * SF_URL_MAX];
	const struct curl_slist *headers = request->is_json         ? http->json_headers
					   : request->is_named_user ? http->headers
								    : http->headers->next;
	struct sf_text text = SF_TEXT(url);
	curl_off_t max = request->streams ? SF_HTTP_BODY_MAX : SF_HTTP_REPLY_MAX;

	sf_text_add(&text, http->base);
	if (!sf_text_add(&text, request->path) ||
	    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L) != CURLE_OK ||
	    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, (long)request->closes) != CURLE_OK)
		return false;
	if (request->form && (curl_easy_setopt(easy, CURLOPT_POST, 1L) != CURLE_OK ||
				 curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
				     (curl_off_t)sf_secret_len(request->form)) != CURLE_OK))
		return false;
	return curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method) == CURLE_OK &&
	       set_authorization(easy, request) &&
	       curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, left_ms > 0 ? left_ms : 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, max) == CURLE_OK &&
	       sf_http_transfer_attach(transfer);
}

/*
 * Run the request until libcurl finishes it. After a hang-up of watch_fd it may run for at most
 * SF_HTTP_GONE_MS. *ret_done is false if the deadline or the hang-up ended it.
 */
static CURLcode run_transfer(
    struct sf_http *http, struct sf_http_transfer *transfer, bool *ret_done)
{
	*ret_done = false;
	for (int running = 1;;) {
		struct curl_waitfd watched = {.fd = http->watch_fd};
		CURLMsg *message = NULL;
		int left_ms = 0, queued = 0;

		if (curl_multi_perform(http->multi, &running) != CURLM_OK)
			return CURLE_FAILED_INIT;
		message = curl_multi_info_read(http->multi, &queued);
		*ret_done = message && message->msg == CURLMSG_DONE;
		if (*ret_done)
			return message->data.result;
		if (!http->is_gone && sf_stream_has_hung_up(http->watch_fd)) {
			http->is_gone = true;
			transfer->deadline_ms =
			    sf_clock_within_ms(transfer->deadline_ms, SF_HTTP_GONE_MS);
		}
		left_ms = sf_clock_left_ms(transfer->deadline_ms);
		if (left_ms == 0)
			return CURLE_OPERATION_TIMEDOUT;
		if (curl_multi_poll(http->multi, &watched, !http->is_gone && http->watch_fd >= 0,
			left_ms, NULL) != CURLM_OK)
			return CURLE_FAILED_INIT;
	}
}

/*
 * Map certificate errors to TLS, everything else to UNAVAILABLE or NOMEM. A handshake error of
 * OpenSSL ("...routines::...") is TLS; a connection closed during the handshake is not.
 */
static enum sf_err from_curl(CURLcode code, const char *words)
{
	static const CURLcode trust[] = {CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
	    CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CIPHER};

	for (size_t i = 0; i < SF_COUNT(trust); i++)
		if (code == trust[i])
			return SF_E_TLS;
	if (code == CURLE_SSL_CONNECT_ERROR && strstr(words, "routines"))
		return SF_E_TLS;
	return code == CURLE_OUT_OF_MEMORY ? SF_E_NOMEM : SF_E_UNAVAILABLE;
}

/* What the connection itself says: this machine or the proxy forbids it. Else `other`. */
static enum sf_err from_connection(CURL *easy, CURLcode code, enum sf_err other)
{
	long sys = 0, proxy_status = 0;

	if (curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &proxy_status) == CURLE_OK &&
	    proxy_status == 407)
		return SF_E_PROXY;
	if (code == CURLE_COULDNT_CONNECT &&
	    curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &sys) == CURLE_OK &&
	    (sys == EACCES || sys == EPERM))
		return SF_E_BLOCKED;
	return other;
}

/* Fail with the reason why a transfer ended early. */
static enum sf_err fail_transfer(struct sf_http *http, const struct sf_http_transfer *transfer,
    CURLcode code, struct sf_error *e)
{
	const char *words = http->error[0] ? http->error : curl_easy_strerror(code);
	enum sf_err r = sf_http_transfer_fail(transfer, code, words, e);

	if (r != SF_OK)
		return r;
	if (http->is_gone)
		return SF_FAIL(e, SF_E_INTERRUPTED, 0, "the caller hung up during a request");
	r = from_connection(transfer->easy, code, from_curl(code, words));
	return SF_FAIL(e, r, (int)code, "request to %s: %s", http->base, words);
}

static enum sf_err fill_reply(
    const struct sf_http_transfer *transfer, struct sf_http_reply *reply, struct sf_error *e)
{
	CURL *easy = transfer->easy;
	const char *date = sf_http_header_last(easy, "Date");
	/* Not CURLINFO_RETRY_AFTER: libcurl 8.14 limits it to six hours. */
	const char *retry = sf_http_header_last(easy, "Retry-After");
	long status = 0;

	if (curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK || status < 100 ||
	    status > 599)
		return SF_FAIL(e, SF_E_ANSWER, 0, "HTTP status %ld is not 100 to 599", status);
	reply->status = (unsigned)status;
	reply->date_s = date ? sf_http_header_date_s(date) : 0;
	if (retry)
		reply->retry_s = sf_http_header_retry_s(
		    retry, reply->date_s > 0 ? reply->date_s : (uint64_t)sf_clock_wall_s());
	reply->is_html =
	    sf_http_reply_is_html(sf_http_header_last(easy, "Content-Type"), reply->body);
	return SF_OK;
}

enum sf_err sf_http_run(struct sf_http *http, const struct sf_http_request *request,
    struct sf_http_reply *ret_reply, struct sf_error *e)
{
	SF_CLEANUP(sf_http_reply_clear)
	struct sf_http_reply reply = {.body = sf_secret_new(SF_HTTP_REPLY_MAX)};
	struct sf_http_transfer transfer = {
	    .easy = http->easy, .request = request, .body = reply.body};
	bool is_done = false;

	if (!reply.body)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a reply");
	if (http->is_gone)
		return SF_FAIL(e, SF_E_INTERRUPTED, 0, "the caller hung up before a request");
	transfer.deadline_ms =
	    request->streams ? http->deadline_ms
			     : sf_clock_within_ms(http->deadline_ms, SF_HTTP_REQUEST_S * 1000LL);
	if (sf_clock_left_ms(transfer.deadline_ms) == 0)
		return SF_FAIL(
		    e, SF_E_UNAVAILABLE, ETIMEDOUT, "the deadline is over before a request");
	http->error[0] = '\0';
	if (!set_request(http, &transfer) ||
	    curl_multi_add_handle(http->multi, http->easy) != CURLM_OK)
		return SF_FAIL(e, SF_E_SYSTEM, 0, "libcurl refuses the options of a request");

	CURLcode code = run_transfer(http, &transfer, &is_done);
	enum sf_err r = SF_OK;

	/* libcurl reports success if the connection is cut within the header. */
	if (!is_done || code != CURLE_OK)
		r = fail_transfer(http, &transfer, code, e);
	else if (!transfer.has_head)
		r = SF_FAIL(e, SF_E_UNAVAILABLE, 0, "the reply ends within its header");
	else
		r = fill_reply(&transfer, &reply, e);
	/* libcurl must not keep the credentials longer than the request lasts. */
	bool is_bare = set_authorization(http->easy, &(struct sf_http_request){.path = ""});

	is_bare = curl_multi_remove_handle(http->multi, http->easy) == CURLM_OK && is_bare;
	if (!is_bare && r == SF_OK)
		r = SF_FAIL(e, SF_E_SYSTEM, 0, "libcurl cannot release a request");
	if (r == SF_OK) {
		*ret_reply = reply;
		reply.body = NULL;
	}
	return r;
}
