/** A moment, and an end, of a row of "PayloadIOV" as the native API writes them. */
const from = (p: string): string =>
  `jsonb_build_object('major', ${p}.major_iov, 'minor', ${p}.minor_iov)`;
const until = (p: string): string => `
  CASE WHEN (${p}.major_iov_end, ${p}.minor_iov_end) <> (9223372036854775807, 9223372036854775807)
       THEN jsonb_build_object('major', ${p}.major_iov_end, 'minor', ${p}.minor_iov_end) END`;

/** What is told of one payload `p` of the list `l`. */
const payload = (what: string): string => `
  jsonb_build_object('what', ${what}, 'payload_list', l.name, 'id', p.id,
    'payload_url', p.payload_url, 'from', ${from('p')}, 'until', ${until('p')})`;

/** What is told of one list `l` of the type `t`. */
const list = (what: string): string =>
  `jsonb_build_object('what', ${what}, 'payload_list', l.name, 'payload_type', t.name)`;

/** A statement that touches more rows than this is told by their number only. */
const ROWS_TOLD = 10;

/**
 * A transaction of more statements has more rows: each statement makes a new version of its row, and the
 * next one must pass all of them.
 */
const NOTES_PER_ROW = 100;

/**
 * Notes, per tag, how much of what happened, and each row if the statement touched few.
 * @param counted a query for `tag`, `what`, and how many
 * @param rows FROM … WHERE … with a row for each thing that happened, @param tag the tag it happened to
 */
const note = (counted: string, rows: string, tag: string, told: string): string => `
  PERFORM tempora_note_change(n.tag, n.counts, CASE WHEN n.total <= ${ROWS_TOLD} THEN (
            SELECT jsonb_agg(${told}) FROM ${rows} AND ${tag} = n.tag) END)
     FROM (SELECT tag, jsonb_object_agg(what, count) AS counts, sum(sum(count)) OVER () AS total
             FROM (${counted}) each
            GROUP BY tag ORDER BY tag) n;`;

const noteAll = (rows: string, what: string, tag: string, told: string): string =>
  note(
    `SELECT ${tag} AS tag, ${what} AS what, count(*) FROM ${rows} GROUP BY 1, 2`,
    rows,
    tag,
    told,
  );

/** Payloads that came or went: many rows of few lists, which are looked up once each. */
const notePayloads = (rows: 'fresh' | 'stale', what: string): string =>
  note(
    `SELECT l.global_tag_id AS tag, ${what} AS what, sum(p.count)::bigint AS count
       FROM (SELECT payload_list_id AS list, count(*) FROM ${rows} GROUP BY 1) p
       JOIN "PayloadList" l ON l.id = p.list WHERE l.global_tag_id IS NOT NULL GROUP BY 1`,
    `${rows} p
            JOIN "PayloadList" l ON l.id = p.payload_list_id WHERE l.global_tag_id IS NOT NULL`,
    'l.global_tag_id',
    payload(what),
  );

const trigger = (name: string, body: string): string => `
CREATE OR REPLACE FUNCTION ${name}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN${body}
  RETURN NULL;
END $$;
`;

const PAYLOADS_UPDATED = `
          fresh p JOIN stale s USING (id)
            CROSS JOIN LATERAL (SELECT p.payload_list_id IS DISTINCT FROM s.payload_list_id AS moved) m
            CROSS JOIN LATERAL (VALUES
              ('payload-detached', CASE WHEN moved THEN s.payload_list_id END),
              ('payload-inserted', CASE WHEN moved THEN p.payload_list_id END),
              ('payload-trimmed', CASE WHEN NOT moved
                AND (p.major_iov, p.minor_iov, p.major_iov_end, p.minor_iov_end)
                 <> (s.major_iov, s.minor_iov, s.major_iov_end, s.minor_iov_end) THEN p.payload_list_id END),
              ('payload-edited', CASE WHEN NOT moved
                AND (p.payload_url, p.checksum, p.size, p.extra)
                    IS DISTINCT FROM (s.payload_url, s.checksum, s.size, s.extra) THEN p.payload_list_id END)
            ) x(what, list)
            JOIN "PayloadList" l ON l.id = x.list WHERE l.global_tag_id IS NOT NULL`;

const listsOf = (rows: string): string => `${rows} l
            JOIN "PayloadType" t ON t.id = l.payload_type_id WHERE l.global_tag_id IS NOT NULL`;

const LISTS_UPDATED = `
          fresh l JOIN stale s USING (id)
            CROSS JOIN LATERAL (SELECT l.global_tag_id IS DISTINCT FROM s.global_tag_id AS moved) m
            CROSS JOIN LATERAL (VALUES
              ('list-detached', CASE WHEN moved THEN s.global_tag_id END),
              ('list-attached', CASE WHEN moved THEN l.global_tag_id END),
              ('list-changed', CASE WHEN NOT moved
                AND (l.name, l.payload_type_id) <> (s.name, s.payload_type_id) THEN l.global_tag_id END)
            ) x(what, tag)
            JOIN "PayloadType" t ON t.id = l.payload_type_id WHERE x.tag IS NOT NULL`;

const TAGS_UPDATED = `
          fresh g JOIN stale s USING (id)
            CROSS JOIN LATERAL (VALUES
              ('name', s.name, g.name), ('author', s.author, g.author),
              ('description', s.description, g.description),
              ('status', (SELECT o.name FROM "GlobalTagStatus" o WHERE o.id = s.status_id),
                         (SELECT o.name FROM "GlobalTagStatus" o WHERE o.id = g.status_id))
            ) x(field, before, now)
            WHERE x.before IS DISTINCT FROM x.now`;

const TYPES_UPDATED = `
          fresh f JOIN stale s USING (id) JOIN "PayloadList" l ON l.payload_type_id = f.id
            WHERE f.name <> s.name AND l.global_tag_id IS NOT NULL`;

const CREATED = `
  PERFORM tempora_note_change(g.id, '{"created": 1}', jsonb_build_array(jsonb_strip_nulls(
            jsonb_build_object('what', 'created', 'status', s.name,
              'cloned_from', NULLIF(current_setting('tempora.cloned_from', true), '')))))
     FROM (SELECT * FROM fresh ORDER BY id) g JOIN "GlobalTagStatus" s ON s.id = g.status_id;`;

const DELETED = `
  PERFORM tempora_note_change(id, '{"deleted": 1}', '[{"what": "deleted"}]', name)
     FROM (SELECT * FROM stale ORDER BY id) g;`;

const TRUNCATED = `
  PERFORM tempora_note_change(id, '{"truncated": 1}', '[{"what": "truncated"}]')
     FROM (SELECT id FROM "GlobalTag" ORDER BY id) g;`;

/** Function, table, event, whether it sees the rows before and after, and what it does. */
const TRIGGERS: [string, string, 'INSERT' | 'UPDATE' | 'DELETE' | 'TRUNCATE', string][] = [
  [
    'tempora_note_payloads_inserted',
    'PayloadIOV',
    'INSERT',
    notePayloads('fresh', `'payload-inserted'`),
  ],
  [
    'tempora_note_payloads_updated',
    'PayloadIOV',
    'UPDATE',
    noteAll(
      PAYLOADS_UPDATED,
      'x.what',
      'l.global_tag_id',
      `${payload('x.what')} || CASE WHEN x.what <> 'payload-trimmed' THEN '{}' ELSE
        jsonb_build_object('before', jsonb_build_object('from', ${from('s')}, 'until', ${until('s')})) END`,
    ),
  ],
  [
    'tempora_note_payloads_deleted',
    'PayloadIOV',
    'DELETE',
    notePayloads('stale', `'payload-deleted'`),
  ],
  [
    'tempora_note_lists_inserted',
    'PayloadList',
    'INSERT',
    noteAll(listsOf('fresh'), `'list-attached'`, 'l.global_tag_id', list(`'list-attached'`)),
  ],
  [
    'tempora_note_lists_updated',
    'PayloadList',
    'UPDATE',
    noteAll(LISTS_UPDATED, 'x.what', 'x.tag', list('x.what')),
  ],
  [
    'tempora_note_lists_deleted',
    'PayloadList',
    'DELETE',
    noteAll(listsOf('stale'), `'list-deleted'`, 'l.global_tag_id', list(`'list-deleted'`)),
  ],
  ['tempora_note_tags_inserted', 'GlobalTag', 'INSERT', CREATED],
  [
    'tempora_note_tags_updated',
    'GlobalTag',
    'UPDATE',
    noteAll(
      TAGS_UPDATED,
      `'changed'`,
      'g.id',
      `jsonb_build_object('what', 'changed', 'field', x.field, 'before', x.before, 'now', x.now)`,
    ),
  ],
  ['tempora_note_tags_deleted', 'GlobalTag', 'DELETE', DELETED],
  [
    'tempora_note_types_updated',
    'PayloadType',
    'UPDATE',
    noteAll(
      TYPES_UPDATED,
      `'type-renamed'`,
      'l.global_tag_id',
      `jsonb_build_object('what', 'type-renamed', 'before', s.name, 'now', f.name)`,
    ),
  ],
  ['tempora_note_truncated', 'PayloadIOV', 'TRUNCATE', TRUNCATED],
  ['tempora_note_truncated', 'PayloadList', 'TRUNCATE', TRUNCATED],
];

const ROWS_SEEN = {
  INSERT: 'REFERENCING NEW TABLE AS fresh',
  UPDATE: 'REFERENCING OLD TABLE AS stale NEW TABLE AS fresh',
  DELETE: 'REFERENCING OLD TABLE AS stale',
  TRUNCATE: '',
};

/** After the trigger that raises the revision: triggers fire in the order of their names. */
const NAMES = {
  INSERT: 'tempora_inserted_noted',
  UPDATE: 'tempora_updated_noted',
  DELETE: 'tempora_deleted_noted',
  TRUNCATE: 'tempora_truncated_noted',
};

/** Whether what one more statement tells has room. What is not complete stays as it is. */
const FITS = `(h.complete AND excluded.complete
          AND octet_length(h.changes::text) + octet_length(excluded.changes::text) <= 4000)`;

/**
 * One row per tag and transaction that changes it. The numbers are those of all rows; single rows are told up to ${ROWS_TOLD} in a statement and 4,000 bytes in all,
 * and `complete` says whether all are.
 *
 * A transaction is known by its number and its time: numbers come again in a restored database.
 */
export const KEEP_TAG_HISTORY = `
CREATE TABLE IF NOT EXISTS "GlobalTagHistory" (
  id bigint GENERATED BY DEFAULT AS IDENTITY,
  global_tag_id bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT transaction_timestamp(),
  transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
  part integer NOT NULL,
  revision bigint,
  subject text,
  issuer text,
  protocol text,
  address text,
  request_id text,
  role text NOT NULL,
  application text NOT NULL,
  counts jsonb NOT NULL,
  changes jsonb NOT NULL,
  complete boolean NOT NULL,
  deleted_as varchar(80),
  CONSTRAINT global_tag_history_pkey PRIMARY KEY (global_tag_id, id),
  CONSTRAINT global_tag_history_transaction_uq UNIQUE (transaction_id, at, global_tag_id, part)
);
CREATE INDEX IF NOT EXISTS global_tag_history_deleted_idx ON "GlobalTagHistory" (deleted_as)
  WHERE deleted_as IS NOT NULL;

CREATE OR REPLACE FUNCTION tempora_add_counts(counts jsonb, more jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  each record;
BEGIN
  FOR each IN SELECT * FROM jsonb_each_text(more) LOOP
    counts := counts || jsonb_build_object(each.key,
      coalesce((counts->>each.key)::bigint, 0) + each.value::bigint);
  END LOOP;
  RETURN counts;
END $$;

CREATE OR REPLACE FUNCTION tempora_note_change(
  tag bigint, counted jsonb, told jsonb, name_at_end text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  said text := current_setting('tempora.actor', true);
  actor jsonb := CASE WHEN left(said, 1) = '{' THEN said::jsonb END;
  noted integer := coalesce(NULLIF(current_setting('tempora.noted', true), ''), '0')::integer;
BEGIN
  PERFORM set_config('tempora.noted', (noted + 1)::text, true);
  IF octet_length(told::text) > 4000 THEN told := NULL; END IF;
  INSERT INTO "GlobalTagHistory" AS h (global_tag_id, part, revision, subject, issuer, protocol, address,
    request_id, role, application, counts, changes, complete, deleted_as)
  VALUES (tag, noted / ${NOTES_PER_ROW}, (SELECT r.revision FROM "GlobalTagRevision" r WHERE r.global_tag_id = tag),
    left(actor->>'subject', 255), left(actor->>'issuer', 255), left(actor->>'protocol', 255),
    left(actor->>'address', 255), left(actor->>'request_id', 255),
    session_user, left(current_setting('application_name'), 255),
    counted, coalesce(told, '[]'), told IS NOT NULL, name_at_end)
  ON CONFLICT (transaction_id, at, global_tag_id, part) DO UPDATE
    SET revision = coalesce(excluded.revision, h.revision),
        counts = tempora_add_counts(h.counts, excluded.counts),
        changes = CASE WHEN ${FITS} THEN h.changes || excluded.changes ELSE h.changes END,
        complete = ${FITS},
        deleted_as = coalesce(excluded.deleted_as, h.deleted_as);
END $$;
${[...new Map(TRIGGERS.map(([name, , , body]) => [name, body]))].map(([name, body]) => trigger(name, body)).join('')}
${TRIGGERS.map(
  ([name, table, event]) => `
CREATE OR REPLACE TRIGGER ${NAMES[event]} AFTER ${event} ON "${table}" ${ROWS_SEEN[event]}
  FOR EACH STATEMENT EXECUTE FUNCTION ${name}();`,
).join('')}
`;

export const DROP_TAG_HISTORY = `
${TRIGGERS.map(([, table, event]) => `DROP TRIGGER IF EXISTS ${NAMES[event]} ON "${table}";`).join('\n')}
DROP FUNCTION IF EXISTS ${[...new Set(TRIGGERS.map(([name]) => name))].join(', ')},
  tempora_note_change(bigint, jsonb, jsonb, text), tempora_add_counts(jsonb, jsonb);
DROP TABLE IF EXISTS "GlobalTagHistory";
`;
