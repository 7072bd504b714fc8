/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sessions that another one announced: FTP's data, a call's media. */
#include <string.h>

#include "decoders/app/app_int.h"

static struct app_expect_key
key_of(const struct ipaddr *client, const struct ipaddr *server, uint16_t port,
    uint8_t ip_proto)
{
	return (struct app_expect_key){
		.client = *client,
		.server = *server,
		.port = { (uint8_t)(port >> 8), (uint8_t)port },
		.ip_proto = ip_proto,
	};
}

void
app_expect(struct app_call *c, const struct app_expect *x)
{
	struct app *a = c->app;
	struct app_expect_key key = key_of(&x->client, &x->server,
	    x->server_port, x->ip_proto);
	bool is_new;
	struct app_expected *e = lru_get(&a->expected, &key, &is_new);

	*e = (struct app_expected){
		.until_s = mtime_sec(a->now) + LIM_APP_EXPECT_S,
		.tag = x->tag,
		.app = (uint8_t)x->app,
	};
}

enum app_id
app_expected(struct app *a, const struct packet *p, bool to_server,
    uint32_t *tag)
{
	const struct pkt_dec *d = &p->dec;
	const struct app_expected *e;
	struct app_expect_key key;
	enum app_id id = APP_NONE;

	if (!a->expected.n)
		return APP_NONE;
	key = to_server ? key_of(&d->src, &d->dst, d->dport, d->ip_proto) :
	    key_of(&d->dst, &d->src, d->sport, d->ip_proto);
	e = lru_find(&a->expected, &key);
	if (!e)
		return APP_NONE;
	if (e->until_s >= mtime_sec(a->now)) {
		id = (enum app_id)e->app;
		*tag = e->tag;
	}
	lru_drop(&a->expected, &key);
	return id;
}
