/** As before, but for what it does about lists that are in no tag. */
const touchLists = (untagged: string): string => `
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
     GROUP BY l.global_tag_id ORDER BY l.global_tag_id
  LOOP
    IF tag.id IS NULL THEN
      ${untagged};
    ELSE
      PERFORM tempora_touch_tag(tag.id, tag.lists, 0, tag.more);
    END IF;
  END LOOP;
END $$;
`;

/**
 * What happens to lists that are in no tag, and to their payloads, is told too, without saying what:
 * whoever hears it knows that a replica may lack something. Payloads that are in no list are told when
 * they come into one: a message lets only one transaction commit at a time.
 */
export const TELL_UNTAGGED_LISTS = `
${touchLists(`PERFORM pg_notify('tempora', '{"written": true}')`)}
CREATE OR REPLACE FUNCTION tempora_lists_told() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  IF EXISTS (SELECT FROM touched WHERE global_tag_id IS NULL) THEN
    PERFORM pg_notify('tempora', '{"written": true}');
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER tempora_told_inserted AFTER INSERT ON "PayloadList"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION tempora_lists_told();
CREATE OR REPLACE TRIGGER tempora_told_updated AFTER UPDATE ON "PayloadList"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION tempora_lists_told();
CREATE OR REPLACE TRIGGER tempora_told_deleted AFTER DELETE ON "PayloadList"
  REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION tempora_lists_told();
`;

export const DROP_UNTAGGED_LISTS = `
DROP TRIGGER IF EXISTS tempora_told_inserted ON "PayloadList";
DROP TRIGGER IF EXISTS tempora_told_updated ON "PayloadList";
DROP TRIGGER IF EXISTS tempora_told_deleted ON "PayloadList";
DROP FUNCTION IF EXISTS tempora_lists_told;
${touchLists('NULL')}
`;
