/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decoders/app/file.h"

#include <string.h>

#include "decoders/app/app.h"

void
app_file_begin(struct app_file *f, struct slice name, unsigned hashes)
{
	f->open = true;
	f->gap = f->truncated = false;
	f->hashes = (uint8_t)hashes;
	f->size = 0;
	app_file_name(f, name);
	if (hashes & APP_FILE_MD5)
		digest_init(&f->md5, DIGEST_MD5);
	if (hashes & APP_FILE_SHA1)
		digest_init(&f->sha1, DIGEST_SHA1);
	if (hashes & APP_FILE_SHA256)
		digest_init(&f->sha256, DIGEST_SHA256);
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
	if (f->gap)
		return;
	if (f->hashes & APP_FILE_MD5)
		digest_update(&f->md5, bytes);
	if (f->hashes & APP_FILE_SHA1)
		digest_update(&f->sha1, bytes);
	if (f->hashes & APP_FILE_SHA256)
		digest_update(&f->sha256, bytes);
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

static void
log_digest(struct app_call *c, const char *name, struct digest *d)
{
	uint8_t out[DIGEST_MAX];
	size_t n = digest_len(d->kind);

	digest_final(d, out);
	app_log_hex(c, name, slice_make(out, n));
}

void
app_file_log(struct app_call *c, struct app_file *f, uint64_t tx)
{
	bool digests = !f->gap && !f->truncated;

	if (!app_log_begin(c, "fileinfo"))
		return;
	if (f->name_len)
		app_log_text(c, "filename",
		    slice_make((const uint8_t *)f->name, f->name_len));
	app_log_bool(c, "gaps", f->gap);
	app_log_text(c, "state", slice_make((const uint8_t *)(f->truncated ?
	    "TRUNCATED" : "CLOSED"), f->truncated ? 9 : 6));
	if (digests && f->hashes & APP_FILE_MD5)
		log_digest(c, "md5", &f->md5);
	if (digests && f->hashes & APP_FILE_SHA1)
		log_digest(c, "sha1", &f->sha1);
	if (digests && f->hashes & APP_FILE_SHA256)
		log_digest(c, "sha256", &f->sha256);
	app_log_bool(c, "stored", false);
	app_log_number(c, "size", f->size);
	app_log_number(c, "tx_id", tx);
	app_log_end(c);
}
