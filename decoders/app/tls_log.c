/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is told of a session, once: when its handshake is over, or it itself
 * is. Until then it is kept in notes, of which there are LIM_TLS_NOTES; a
 * session beyond them is not told, and counted.
 */
#include "core/digest.h"
#include "decoders/app/tls_int.h"

struct tls_notes *
tls_notes_take(struct app_call *c)
{
	struct tls_session *t = c->session;
	struct tls_worker *w = c->worker;

	if (!c->log || t->told || t->notes)
		return t->notes;
	t->notes = slab_take(&w->notes);
	if (!t->notes) {
		c->ctrs[TLS_CTR_NOTES_FULL]++;
		t->told = true;
	}
	return t->notes;
}

void
tls_note(struct app_call *c, struct tls_notes *n, enum tls_note what,
    struct slice s)
{
	if (n->has >> what & 1)
		return;
	if (s.len > sizeof(n->room) - n->used) {
		c->ctrs[TLS_CTR_NOTE_CUT]++;
		return;
	}
	n->has |= (uint16_t)(1u << what);
	n->at[what] = n->used;
	n->len[what] = (uint16_t)s.len;
	if (s.len)
		memcpy(n->room + n->used, s.ptr, s.len);
	n->used += (uint16_t)s.len;
}

/* -- text ----------------------------------------------------------------- */

void
tls_put(struct tls_text *t, struct slice s)
{
	size_t n = t->max - t->n;

	t->cut |= s.len > n;
	n = s.len < n ? s.len : n;
	if (n)
		memcpy(t->p + t->n, s.ptr, n);
	t->n += n;
}

void
tls_put_s(struct tls_text *t, const char *s)
{
	tls_put(t, slice_make((const uint8_t *)s, strlen(s)));
}

void
tls_put_number(struct tls_text *t, uint32_t v)
{
	char digits[11];
	size_t at = sizeof(digits) - 1;

	digits[at] = 0;
	do {
		digits[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	tls_put_s(t, digits + at);
}

/* -- telling -------------------------------------------------------------- */

static struct slice
note_of(const struct tls_notes *n, enum tls_note what)
{
	return slice_make(n->room + n->at[what], n->len[what]);
}

static void
log_note(struct app_call *c, const struct tls_notes *n, const char *name,
    enum tls_note what)
{
	if (n->has >> what & 1)
		app_log_text(c, name, note_of(n, what));
}

/* As Suricata writes them: small letters, colons between. */
static void
log_fingerprint(struct app_call *c, const struct tls_notes *n)
{
	static const char digits[] = "0123456789abcdef";
	struct slice s = note_of(n, NOTE_FINGERPRINT);
	uint8_t text[3 * DIGEST_MAX];

	if (!(n->has >> NOTE_FINGERPRINT & 1))
		return;
	for (size_t i = 0; i < s.len; i++) {
		text[3 * i] = (uint8_t)digits[s.ptr[i] >> 4];
		text[3 * i + 1] = (uint8_t)digits[s.ptr[i] & 15];
		text[3 * i + 2] = ':';
	}
	app_log_text(c, "fingerprint", slice_make(text, 3 * s.len - 1));
}

static void
log_hashed(struct app_call *c, const struct tls_notes *n, const char *name,
    enum tls_note what)
{
	uint8_t hash[DIGEST_MAX];

	if (!(n->has >> what & 1))
		return;
	digest(DIGEST_MD5, note_of(n, what), hash);
	app_log_open(c, name, FIELD_OBJECT);
	app_log_hex(c, "hash", slice_make(hash, digest_len(DIGEST_MD5)));
	log_note(c, n, "string", what);
	app_log_close(c);
}

/* Names of a list, each behind its length. */
static void
log_alpn(struct app_call *c, const struct tls_notes *n, const char *name,
    enum tls_note what)
{
	struct slice s = note_of(n, what);
	struct cursor list = cur_make(s.ptr, s.len), one;
	uint8_t len;

	if (!(n->has >> what & 1))
		return;
	app_log_open(c, name, FIELD_ARRAY);
	while (cur_u8(&list, &len) && cur_sub(&list, len, &one))
		app_log_text(c, NULL, slice_make(one.p, cur_left(&one)));
	app_log_close(c);
}

static struct slice
version_text(uint16_t version)
{
	static const struct {
		uint16_t version;
		const char *text;
	} names[] = { { 0x0002, "SSLv2" }, { 0x0300, "SSLv3" },
		{ 0x0301, "TLSv1" }, { 0x0302, "TLS 1.1" },
		{ 0x0303, "TLS 1.2" }, { 0x0304, "TLS 1.3" } };
	const char *text = "UNDETERMINED";

	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].version == version)
			text = names[i].text;
	return slice_make((const uint8_t *)text, strlen(text));
}

/* RFC 8446 2.2; before, a server that takes up the client's session, or its
 * ticket (RFC 5077), changes ciphers without a certificate. */
static bool
is_resumed(const struct tls_session *t, const struct tls_notes *n)
{
	if (n->psk)
		return true;
	return n->server && !n->certificate && !n->keyx && !t->is_13 &&
	    t->reader[FLOW_SERVER].ciphered;
}

void
tls_tell(struct app_call *c)
{
	struct tls_session *t = c->session;
	struct tls_worker *w = c->worker;
	struct tls_notes *n = t->notes;

	t->told = true;
	t->notes = NULL;
	if (app_log_begin(c, "tls")) {
		log_note(c, n, "subject", NOTE_SUBJECT);
		log_note(c, n, "issuerdn", NOTE_ISSUER);
		log_note(c, n, "serial", NOTE_SERIAL);
		log_fingerprint(c, n);
		log_note(c, n, "sni", NOTE_SNI);
		app_log_text(c, "version", version_text(n->version));
		log_note(c, n, "notbefore", NOTE_NOT_BEFORE);
		log_note(c, n, "notafter", NOTE_NOT_AFTER);
		if (is_resumed(t, n))
			app_log_bool(c, "session_resumed", true);
		log_hashed(c, n, "ja3", NOTE_JA3);
		log_hashed(c, n, "ja3s", NOTE_JA3S);
		log_note(c, n, "ja4", NOTE_JA4);
		log_alpn(c, n, "client_alpns", NOTE_CLIENT_ALPN);
		log_alpn(c, n, "server_alpns", NOTE_SERVER_ALPN);
		app_log_end(c);
	}
	slab_give(&w->notes, n);
}

void
tls_end(struct app_call *c)
{
	struct tls_session *t = c->session;

	if (t->notes)
		tls_tell(c);
}
