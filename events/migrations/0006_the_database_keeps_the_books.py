"""What must never be false about points and goods, kept by the database itself, whoever writes.

- An entry moves the balance of its account, a movement the stock of its reward; neither is changed or deleted.
  CHECKs refuse a balance or a stock below zero, and a trigger what is spent out of quarantine.
- A redemption writes its entry and its movement in the same statement, and those against them when it is
  reversed. It is settled once, and what was redeemed by whom, when and for how much never changes.

The row that everybody in the queue wants, the stock, is touched last and so held shortest.
"""

from django.db import migrations

FROZEN = "account_id station_id kiosk_id reward_id points date pickup_code key created_at".split()

POSTGRESQL = [
    """
CREATE FUNCTION events_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$
""",
    """
CREATE TRIGGER points_append_only BEFORE UPDATE OR DELETE ON events_pointsentry
FOR EACH ROW EXECUTE FUNCTION events_refuse('points_are_append_only')
""",
    """
CREATE TRIGGER stock_append_only BEFORE UPDATE OR DELETE ON events_stockmovement
FOR EACH ROW EXECUTE FUNCTION events_refuse('stock_is_append_only')
""",
    """
CREATE TRIGGER redemption_not_deleted BEFORE DELETE ON events_redemption
FOR EACH ROW EXECUTE FUNCTION events_refuse('redemptions_are_kept')
""",
    f"""
CREATE TRIGGER redemption_not_changed BEFORE UPDATE ON events_redemption FOR EACH ROW
WHEN ({" OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in FROZEN)})
EXECUTE FUNCTION events_refuse('redemptions_are_kept')
""",
    """
CREATE TRIGGER redemption_settled_once BEFORE UPDATE OF status ON events_redemption FOR EACH ROW
WHEN (OLD.status <> 'waiting' AND OLD.status <> NEW.status)
EXECUTE FUNCTION events_refuse('redemption_settled_before')
""",
    """
CREATE FUNCTION events_post_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE events_pointsaccount SET balance = balance + NEW.points WHERE id = NEW.account_id;
  IF NEW.kind = 'redeem' AND EXISTS (
    SELECT FROM events_pointsaccount WHERE id = NEW.account_id AND balance < (
      SELECT sum(points) FROM events_pointsentry WHERE account_id = NEW.account_id
      AND free_on > (NEW.created_at AT TIME ZONE 'Asia/Shanghai')::date))
  THEN
    RAISE EXCEPTION 'points_in_quarantine' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$
""",
    """
CREATE TRIGGER points_posted AFTER INSERT ON events_pointsentry
FOR EACH ROW EXECUTE FUNCTION events_post_entry()
""",
    """
CREATE FUNCTION events_post_movement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE events_stock SET "left" = "left" + NEW.pieces WHERE id = NEW.stock_id;
  RETURN NULL;
END $$
""",
    """
CREATE TRIGGER stock_posted AFTER INSERT ON events_stockmovement
FOR EACH ROW EXECUTE FUNCTION events_post_movement()
""",
    """
CREATE FUNCTION events_redeem() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO events_pointsentry
    (account_id, counterpart, kind, points, key, reason, created_at, station_id)
  SELECT NEW.account_id, 'goods', 'redeem', -NEW.points, 'redeem:' || NEW.id, name_zh, NEW.created_at,
    NEW.station_id FROM events_reward WHERE id = NEW.reward_id;
  INSERT INTO events_stockmovement (stock_id, kind, pieces, reason, redemption_id, created_at)
  SELECT id, 'redeem', -1, '', NEW.id, NEW.created_at FROM events_stock
  WHERE station_id = NEW.station_id AND reward_id = NEW.reward_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'stock_unknown' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$
""",
    """
CREATE TRIGGER redemption_posted AFTER INSERT ON events_redemption
FOR EACH ROW EXECUTE FUNCTION events_redeem()
""",
    """
CREATE FUNCTION events_reverse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO events_pointsentry
    (account_id, counterpart, kind, points, key, reason, actor_id, created_at, station_id)
  VALUES (NEW.account_id, 'goods', 'reverse', NEW.points, 'reverse:redeem:' || NEW.id, NEW.settled_reason,
    NEW.settled_by_id, NEW.settled_at, NEW.station_id);
  INSERT INTO events_stockmovement (stock_id, kind, pieces, reason, redemption_id, actor_id, created_at)
  SELECT id, 'reverse', 1, NEW.settled_reason, NEW.id, NEW.settled_by_id, NEW.settled_at FROM events_stock
  WHERE station_id = NEW.station_id AND reward_id = NEW.reward_id;
  RETURN NULL;
END $$
""",
    """
CREATE TRIGGER redemption_reversed AFTER UPDATE OF status ON events_redemption FOR EACH ROW
WHEN (OLD.status = 'waiting' AND NEW.status = 'reversed') EXECUTE FUNCTION events_reverse()
""",
]

POSTGRESQL_BACK = [
    "DROP TRIGGER redemption_reversed ON events_redemption",
    "DROP TRIGGER redemption_posted ON events_redemption",
    "DROP TRIGGER redemption_settled_once ON events_redemption",
    "DROP TRIGGER redemption_not_changed ON events_redemption",
    "DROP TRIGGER redemption_not_deleted ON events_redemption",
    "DROP TRIGGER stock_posted ON events_stockmovement",
    "DROP TRIGGER stock_append_only ON events_stockmovement",
    "DROP TRIGGER points_posted ON events_pointsentry",
    "DROP TRIGGER points_append_only ON events_pointsentry",
    *(f"DROP FUNCTION events_{name}()" for name in "reverse redeem post_movement post_entry refuse".split()),
]

REFUSE = "BEGIN SELECT RAISE(ABORT, '{}'); END"
SQLITE = {
    "points_not_changed": "BEFORE UPDATE ON events_pointsentry " + REFUSE.format("points_are_append_only"),
    "points_not_deleted": "BEFORE DELETE ON events_pointsentry " + REFUSE.format("points_are_append_only"),
    "stock_not_changed": "BEFORE UPDATE ON events_stockmovement " + REFUSE.format("stock_is_append_only"),
    "stock_not_deleted": "BEFORE DELETE ON events_stockmovement " + REFUSE.format("stock_is_append_only"),
    "redemption_not_deleted": "BEFORE DELETE ON events_redemption " + REFUSE.format("redemptions_are_kept"),
    "redemption_not_changed": "BEFORE UPDATE ON events_redemption WHEN "
    + " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in FROZEN)
    + f" {REFUSE.format('redemptions_are_kept')}",
    "redemption_settled_once": "BEFORE UPDATE OF status ON events_redemption "
    f"WHEN OLD.status <> 'waiting' AND OLD.status <> NEW.status {REFUSE.format('redemption_settled_before')}",
    "points_posted": """
AFTER INSERT ON events_pointsentry BEGIN
  UPDATE events_pointsaccount SET balance = balance + NEW.points WHERE id = NEW.account_id;
  SELECT RAISE(ABORT, 'points_in_quarantine') FROM events_pointsaccount
  WHERE NEW.kind = 'redeem' AND id = NEW.account_id AND balance < (
    SELECT sum(points) FROM events_pointsentry
    WHERE account_id = NEW.account_id AND free_on > date(NEW.created_at, '+8 hours'));
END""",
    "stock_posted": """
AFTER INSERT ON events_stockmovement BEGIN
  UPDATE events_stock SET "left" = "left" + NEW.pieces WHERE id = NEW.stock_id;
END""",
    "redemption_posted": """
AFTER INSERT ON events_redemption BEGIN
  INSERT INTO events_pointsentry
    (account_id, counterpart, kind, points, key, reason, created_at, station_id)
  SELECT NEW.account_id, 'goods', 'redeem', -NEW.points, 'redeem:' || NEW.id, name_zh, NEW.created_at,
    NEW.station_id FROM events_reward WHERE id = NEW.reward_id;
  INSERT INTO events_stockmovement (stock_id, kind, pieces, reason, redemption_id, created_at)
  SELECT id, 'redeem', -1, '', NEW.id, NEW.created_at FROM events_stock
  WHERE station_id = NEW.station_id AND reward_id = NEW.reward_id;
  SELECT RAISE(ABORT, 'stock_unknown') WHERE NOT EXISTS (
    SELECT 1 FROM events_stock WHERE station_id = NEW.station_id AND reward_id = NEW.reward_id);
END""",
    "redemption_reversed": """
AFTER UPDATE OF status ON events_redemption WHEN OLD.status = 'waiting' AND NEW.status = 'reversed' BEGIN
  INSERT INTO events_pointsentry
    (account_id, counterpart, kind, points, key, reason, actor_id, created_at, station_id)
  VALUES (NEW.account_id, 'goods', 'reverse', NEW.points, 'reverse:redeem:' || NEW.id, NEW.settled_reason,
    NEW.settled_by_id, NEW.settled_at, NEW.station_id);
  INSERT INTO events_stockmovement (stock_id, kind, pieces, reason, redemption_id, actor_id, created_at)
  SELECT id, 'reverse', 1, NEW.settled_reason, NEW.id, NEW.settled_by_id, NEW.settled_at FROM events_stock
  WHERE station_id = NEW.station_id AND reward_id = NEW.reward_id;
END""",
}


def keep(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        statements = POSTGRESQL
    else:
        statements = [f"CREATE TRIGGER {name} {body}" for name, body in SQLITE.items()]
    for statement in statements:
        schema_editor.execute(statement, params=None)


def let_go(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        statements = POSTGRESQL_BACK
    else:
        statements = [f"DROP TRIGGER {name}" for name in SQLITE]
    for statement in statements:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("events", "0005_first_prices_rules_and_deliveries")]

    operations = [
        migrations.RemoveField("reward", "points"),
        migrations.RemoveField("historicalreward", "points"),
        migrations.RemoveField("historicalstock", "left"),
        migrations.RunPython(keep, let_go),
    ]
