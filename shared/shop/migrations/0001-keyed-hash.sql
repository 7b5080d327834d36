-- Contact data, addresses and card numbers are compared by a keyed hash, never by their text:
-- HMAC-SHA256 under a secret key. PostgreSQL has SHA-256 built in, HMAC only in an extension, so the
-- two key blocks of RFC 2104 are computed once, when the key is set, and the rest is two hashes.

create table private.pseudonym_key (
  only_row boolean primary key default true check (only_row),
  inner_block bytea not null check (octet_length(inner_block) = 64),
  outer_block bytea not null check (octet_length(outer_block) = 64)
);

-- Spelling must not tell two people apart: blanks around the text go (those JavaScript calls blank,
-- too), letters become small by Unicode's rules, whatever the locale of the database is.
create function public.keyed_hash(plain text) returns varchar
language plpgsql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  blanks constant text := E' \t\n\u000b\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006'
    '\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff';
  key private.pseudonym_key;
begin
  select * into strict key from private.pseudonym_key;
  return encode(
    sha256(key.outer_block || sha256(key.inner_block
      || convert_to(lower(btrim(plain, blanks) collate "und-x-icu"), 'UTF8'))),
    'hex');
end $$;

revoke execute on function public.keyed_hash(text) from public;
