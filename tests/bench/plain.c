/* plain CA-FILE: what every program with libcurl does before its first request. */
#include <curl/curl.h>
#include <openssl/ssl.h>

int main(int argc, char **argv)
{
	if (argc != 2 || curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		return 1;
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	CURL *curl = curl_easy_init();
	return curl && context && SSL_CTX_load_verify_file(context, argv[1]) == 1 ? 0 : 1;
}
