/** The start of a payload as one number; exact, whatever the column comb_iov holds. */
const START = 'major_iov + minor_iov * 0.0000000000000000001';

/**
 * Statement-level triggers with transition tables: one bump and one NOTIFY per tag and statement,
 * however many rows it touches. The functions run as their owner, so that a writer who may not
 * write "GlobalTagRevision" is not hindered; their search path is the schema of the tables.
 *
 * Rows of "PayloadList" are locked FOR SHARE before their tag is read: a list that is being moved
 * to another tag meanwhile is counted where it ends up.
 *
 * Revisions of a tag follow one another without a gap, and each is told by itself: who has heard of
 * all of them up to one knows of every change that this one includes.
 *
 * What is told: the tag, its revision, and the lists that changed, each with the first and the last
 * start that changed in it, or by its number alone where the list itself changed; null instead of
 * lists that take more than 7,000 bytes, as a message may have 8,000.
 */
export const KEEP_TAG_REVISIONS = `
CREATE TABLE IF NOT EXISTS "GlobalTagRevision" (
  global_tag_id bigint NOT NULL,
  revision bigint NOT NULL DEFAULT 0,
  payload_lists_count bigint NOT NULL DEFAULT 0,
  payload_iov_count bigint NOT NULL DEFAULT 0,
  CONSTRAINT global_tag_revision_pkey PRIMARY KEY (global_tag_id)
);

CREATE OR REPLACE FUNCTION tempora_touch_tag(
  tag bigint, lists jsonb, more_lists bigint, more_iovs bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  now_at bigint;
BEGIN
  UPDATE "GlobalTagRevision" r
     SET revision = r.revision + 1,
         payload_lists_count = r.payload_lists_count + more_lists,
         payload_iov_count = r.payload_iov_count + more_iovs
   WHERE r.global_tag_id = tag
   RETURNING r.revision INTO now_at;
  PERFORM pg_notify('tempora', json_build_object('tag', tag::text, 'revision', now_at::text,
    'lists', CASE WHEN octet_length(lists::text) <= 7000 THEN lists END)::text);
END $$;

CREATE OR REPLACE FUNCTION tempora_touch_lists(touched jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  tag record;
BEGIN
  FOR tag IN
    WITH each AS MATERIALIZED (
      SELECT (t->>0)::bigint AS id, (t->>1)::bigint AS more,
             jsonb_build_array(t->>0, t->>2, t->>3) AS told
        FROM jsonb_array_elements(touched) t
    ), locked AS MATERIALIZED (
      SELECT l.id, l.global_tag_id FROM "PayloadList" l
       WHERE l.id IN (SELECT id FROM each) ORDER BY l.id FOR SHARE
    )
    SELECT l.global_tag_id AS id, jsonb_agg(e.told) AS lists, sum(e.more)::bigint AS more
      FROM each e JOIN locked l USING (id)
     WHERE l.global_tag_id IS NOT NULL
     GROUP BY l.global_tag_id ORDER BY l.global_tag_id
  LOOP
    PERFORM tempora_touch_tag(tag.id, tag.lists, 0, tag.more);
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION tempora_payloads_inserted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM tempora_touch_lists(jsonb_agg(n.told))
     FROM (SELECT jsonb_build_array(list, count(*), min(start)::text, max(start)::text) AS told
             FROM (SELECT payload_list_id AS list, ${START} AS start FROM fresh) f
            WHERE list IS NOT NULL GROUP BY list) n
   HAVING count(*) > 0;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tempora_payloads_updated() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM tempora_touch_lists(jsonb_agg(n.told))
     FROM (SELECT jsonb_build_array(list, sum(more), min(start)::text, max(start)::text) AS told
             FROM (SELECT payload_list_id AS list, ${START} AS start, 1 AS more FROM fresh
                   UNION ALL SELECT payload_list_id, ${START}, -1 FROM stale) each
            WHERE list IS NOT NULL GROUP BY list) n
   HAVING count(*) > 0;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tempora_payloads_deleted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM tempora_touch_lists(jsonb_agg(n.told))
     FROM (SELECT jsonb_build_array(list, -count(*), min(start)::text, max(start)::text) AS told
             FROM (SELECT payload_list_id AS list, ${START} AS start FROM stale) f
            WHERE list IS NOT NULL GROUP BY list) n
   HAVING count(*) > 0;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tempora_list_size(list bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$
  SELECT count(*) FROM "PayloadIOV" WHERE payload_list_id = list
$$;

CREATE OR REPLACE FUNCTION tempora_lists_inserted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM tempora_touch_tag(n.tag, n.lists, n.more, n.iovs)
     FROM (SELECT global_tag_id AS tag, jsonb_agg(jsonb_build_array(id::text)) AS lists, count(*) AS more,
                  sum(tempora_list_size(id))::bigint AS iovs
             FROM fresh WHERE global_tag_id IS NOT NULL GROUP BY 1 ORDER BY 1) n;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tempora_lists_updated() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM tempora_touch_tag(n.tag, n.lists, n.more, n.iovs)
     FROM (SELECT tag, jsonb_agg(DISTINCT jsonb_build_array(id::text)) AS lists, sum(more)::bigint AS more,
                  sum(more * size)::bigint AS iovs
             FROM (SELECT f.id, f.global_tag_id AS tag, 1 AS more,
                          CASE WHEN moved THEN tempora_list_size(f.id) ELSE 0 END AS size
                     FROM fresh f JOIN stale s USING (id),
                          LATERAL (SELECT f.global_tag_id IS DISTINCT FROM s.global_tag_id AS moved) m
                    WHERE moved OR (f.name, f.payload_type_id) <> (s.name, s.payload_type_id)
                   UNION ALL
                   SELECT s.id, s.global_tag_id, -1,
                          CASE WHEN moved THEN tempora_list_size(s.id) ELSE 0 END
                     FROM fresh f JOIN stale s USING (id),
                          LATERAL (SELECT f.global_tag_id IS DISTINCT FROM s.global_tag_id AS moved) m
                    WHERE moved OR (f.name, f.payload_type_id) <> (s.name, s.payload_type_id)) each
            WHERE tag IS NOT NULL GROUP BY 1 ORDER BY 1) n;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tempora_lists_deleted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM tempora_touch_tag(n.tag, n.lists, -n.gone, -n.iovs)
     FROM (SELECT global_tag_id AS tag, jsonb_agg(jsonb_build_array(id::text)) AS lists, count(*) AS gone,
                  sum(tempora_list_size(id))::bigint AS iovs
             FROM stale WHERE global_tag_id IS NOT NULL GROUP BY 1 ORDER BY 1) n;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tempora_tags_inserted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO "GlobalTagRevision" (global_tag_id) SELECT id FROM fresh ORDER BY id
    ON CONFLICT DO NOTHING;
  PERFORM tempora_touch_tag(id, '[]', 0, 0) FROM (SELECT id FROM fresh ORDER BY id) n;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tempora_tags_updated() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM tempora_touch_tag(id, '[]', 0, 0) FROM (SELECT id FROM fresh ORDER BY id) n;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tempora_tags_deleted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM tempora_touch_tag(id, '[]', 0, 0) FROM (SELECT id FROM stale ORDER BY id) n;
  DELETE FROM "GlobalTagRevision" r USING stale s WHERE r.global_tag_id = s.id;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tempora_types_updated() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM tempora_touch_tag(n.tag, NULL, 0, 0)
     FROM (SELECT DISTINCT l.global_tag_id AS tag
             FROM fresh f JOIN stale s USING (id) JOIN "PayloadList" l ON l.payload_type_id = f.id
            WHERE f.name <> s.name AND l.global_tag_id IS NOT NULL ORDER BY 1) n;
  PERFORM pg_notify('tempora', '{}');
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tempora_names_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM pg_notify('tempora', '{}');
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tempora_recount() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  DELETE FROM "GlobalTagRevision" r
   WHERE NOT EXISTS (SELECT FROM "GlobalTag" g WHERE g.id = r.global_tag_id);
  UPDATE "GlobalTagRevision" r
     SET revision = r.revision + 1,
         payload_lists_count = (SELECT count(*) FROM "PayloadList" l
                                 WHERE l.global_tag_id = r.global_tag_id),
         payload_iov_count = (SELECT count(*) FROM "PayloadList" l
                                JOIN "PayloadIOV" p ON p.payload_list_id = l.id
                               WHERE l.global_tag_id = r.global_tag_id);
  PERFORM pg_notify('tempora', '{"all": true}');
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER tempora_inserted AFTER INSERT ON "PayloadIOV"
  REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION tempora_payloads_inserted();
CREATE OR REPLACE TRIGGER tempora_updated AFTER UPDATE ON "PayloadIOV"
  REFERENCING OLD TABLE AS stale NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION tempora_payloads_updated();
CREATE OR REPLACE TRIGGER tempora_deleted AFTER DELETE ON "PayloadIOV"
  REFERENCING OLD TABLE AS stale
  FOR EACH STATEMENT EXECUTE FUNCTION tempora_payloads_deleted();
CREATE OR REPLACE TRIGGER tempora_truncated AFTER TRUNCATE ON "PayloadIOV"
  FOR EACH STATEMENT EXECUTE FUNCTION tempora_recount();

CREATE OR REPLACE TRIGGER tempora_inserted AFTER INSERT ON "PayloadList"
  REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION tempora_lists_inserted();
CREATE OR REPLACE TRIGGER tempora_updated AFTER UPDATE ON "PayloadList"
  REFERENCING OLD TABLE AS stale NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION tempora_lists_updated();
CREATE OR REPLACE TRIGGER tempora_deleted AFTER DELETE ON "PayloadList"
  REFERENCING OLD TABLE AS stale
  FOR EACH STATEMENT EXECUTE FUNCTION tempora_lists_deleted();
CREATE OR REPLACE TRIGGER tempora_truncated AFTER TRUNCATE ON "PayloadList"
  FOR EACH STATEMENT EXECUTE FUNCTION tempora_recount();

CREATE OR REPLACE TRIGGER tempora_inserted AFTER INSERT ON "GlobalTag"
  REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION tempora_tags_inserted();
CREATE OR REPLACE TRIGGER tempora_updated AFTER UPDATE ON "GlobalTag"
  REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION tempora_tags_updated();
CREATE OR REPLACE TRIGGER tempora_deleted AFTER DELETE ON "GlobalTag"
  REFERENCING OLD TABLE AS stale
  FOR EACH STATEMENT EXECUTE FUNCTION tempora_tags_deleted();
CREATE OR REPLACE TRIGGER tempora_truncated AFTER TRUNCATE ON "GlobalTag"
  FOR EACH STATEMENT EXECUTE FUNCTION tempora_recount();

CREATE OR REPLACE TRIGGER tempora_updated AFTER UPDATE ON "PayloadType"
  REFERENCING OLD TABLE AS stale NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION tempora_types_updated();
CREATE OR REPLACE TRIGGER tempora_changed AFTER INSERT OR DELETE OR TRUNCATE ON "PayloadType"
  FOR EACH STATEMENT EXECUTE FUNCTION tempora_names_changed();
CREATE OR REPLACE TRIGGER tempora_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "GlobalTagStatus"
  FOR EACH STATEMENT EXECUTE FUNCTION tempora_names_changed();

INSERT INTO "GlobalTagRevision" (global_tag_id) SELECT id FROM "GlobalTag" ORDER BY id
  ON CONFLICT DO NOTHING;
`;

export const DROP_TAG_REVISIONS = `
DROP TRIGGER IF EXISTS tempora_inserted ON "PayloadIOV";
DROP TRIGGER IF EXISTS tempora_updated ON "PayloadIOV";
DROP TRIGGER IF EXISTS tempora_deleted ON "PayloadIOV";
DROP TRIGGER IF EXISTS tempora_truncated ON "PayloadIOV";
DROP TRIGGER IF EXISTS tempora_inserted ON "PayloadList";
DROP TRIGGER IF EXISTS tempora_updated ON "PayloadList";
DROP TRIGGER IF EXISTS tempora_deleted ON "PayloadList";
DROP TRIGGER IF EXISTS tempora_truncated ON "PayloadList";
DROP TRIGGER IF EXISTS tempora_inserted ON "GlobalTag";
DROP TRIGGER IF EXISTS tempora_updated ON "GlobalTag";
DROP TRIGGER IF EXISTS tempora_deleted ON "GlobalTag";
DROP TRIGGER IF EXISTS tempora_truncated ON "GlobalTag";
DROP TRIGGER IF EXISTS tempora_updated ON "PayloadType";
DROP TRIGGER IF EXISTS tempora_changed ON "PayloadType";
DROP TRIGGER IF EXISTS tempora_changed ON "GlobalTagStatus";
DROP FUNCTION IF EXISTS tempora_payloads_inserted, tempora_payloads_updated,
  tempora_payloads_deleted, tempora_lists_inserted, tempora_lists_updated, tempora_lists_deleted,
  tempora_tags_inserted, tempora_tags_updated, tempora_tags_deleted, tempora_types_updated,
  tempora_names_changed, tempora_recount, tempora_touch_lists(jsonb),
  tempora_touch_tag(bigint, jsonb, bigint, bigint), tempora_list_size(bigint);
DROP TABLE IF EXISTS "GlobalTagRevision";
`;
