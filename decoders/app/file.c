/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decoders/app/file.h"

#include <string.h>

#include "decoders/app/app_int.h"

/* By APP_HASH_: names of EVE, and of Suricata's force-hash. */
static const struct {
	const char *name;
	enum digest_kind kind;
} hashes[APP_HASHES] = {
	{ "md5", DIGEST_MD5 }, { "sha1", DIGEST_SHA1 },
	{ "sha256", DIGEST_SHA256 },
};

/* -- digests --------------------------------------------------------------- */

struct app_digests *
app_digests_begin(struct app_call *c)
{
	struct app *a = c->app;
	unsigned wanted = a->conf->file_logs && c->log ?
	    a->conf->file_hashes : 0;
	struct app_digests *d;

	if (!wanted)
		return NULL;
	d = slab_take_raw(&a->digests);
	if (!d) {
		a->ctrs[APP_CTR_DIGESTS_LOST]++;
		return NULL;
	}
	d->of = &a->digests;
	d->n = 0;
	for (unsigned i = 0; i < APP_HASHES; i++)
		if (wanted >> i & 1)
			digest_init(&d->list[d->n++], hashes[i].kind);
	return d;
}

void
app_digests_add(struct app_digests *d, struct slice bytes)
{
	for (unsigned i = 0; d && i < d->n; i++)
		digest_update(&d->list[i], bytes);
}

void
app_digests_log(struct app_call *c, struct app_digests *d)
{
	for (unsigned i = 0; d && i < d->n; i++) {
		enum digest_kind kind = d->list[i].kind;
		uint8_t out[DIGEST_MAX];
		unsigned at = 0;

		while (hashes[at].kind != kind)
			at++;
		digest_final(&d->list[i], out);
		app_log_hex(c, hashes[at].name, slice_make(out,
		    digest_len(kind)));
	}
}

void
app_digests_drop(struct app_digests *d)
{
	if (d)
		slab_give(d->of, d);
}

/* -- files ----------------------------------------------------------------- */

void
app_file_drop(struct app_file *f)
{
	app_digests_drop(f->digests);
	f->digests = NULL;
	f->open = false;
}

void
app_file_begin(struct app_call *c, struct app_file *f, struct slice name)
{
	app_file_drop(f);
	f->open = true;
	f->gap = f->truncated = false;
	f->size = 0;
	app_file_name(f, name);
	f->digests = app_digests_begin(c);
}

void
app_file_name(struct app_file *f, struct slice name)
{
	f->name_len = (uint8_t)(name.len < LIM_APP_FILE_NAME ? name.len :
	    LIM_APP_FILE_NAME);
	if (f->name_len)
		memcpy(f->name, name.ptr, f->name_len);
}

void
app_file_data(struct app_file *f, struct slice bytes)
{
	if (!f->open)
		return;
	f->size += bytes.len;
	if (!f->gap)
		app_digests_add(f->digests, bytes);
}

void
app_file_gap(struct app_file *f, uint64_t len)
{
	f->gap = true;
	f->size += len;
}

void
app_file_end(struct app_file *f, bool truncated)
{
	f->open = false;
	f->truncated = truncated;
}

void
app_file_way(struct app_call *c, enum flow_side from)
{
	app_log_text(c, "direction", slice_make((const uint8_t *)
	    (from == FLOW_CLIENT ? "to_server" : "to_client"), 9));
}

void
app_file_log(struct app_call *c, struct app_file *f, uint64_t tx,
    enum flow_side from)
{
	if (!app_log_begin(c, "fileinfo")) {
		app_file_drop(f);
		return;
	}
	if (f->name_len)
		app_log_text(c, "filename",
		    slice_make((const uint8_t *)f->name, f->name_len));
	app_log_bool(c, "gaps", f->gap);
	app_log_text(c, "state", slice_make((const uint8_t *)(f->truncated ?
	    "TRUNCATED" : "CLOSED"), f->truncated ? 9 : 6));
	if (!f->gap && !f->truncated)
		app_digests_log(c, f->digests);
	app_log_bool(c, "stored", false);
	app_log_number(c, "size", f->size);
	app_log_number(c, "tx_id", tx);
	app_file_way(c, from);
	app_log_end(c);
	app_file_drop(f);
}
