"""What must never be false, kept by the database itself, whoever writes.

- Places taken and people waiting are counted by triggers; `shift_never_overbooked` refuses one too many.
- Lines of the hours ledger are neither changed nor deleted; only the day of their export is filled in, once.
- On PostgreSQL a sign-up has its shift's times (they follow when the shift moves), and nobody holds two
  places that overlap. SQLite has one writer at a time: there the verbs look before they write.
"""

from django.db import migrations

HOLDS = "{row}.status IN ('confirmed', 'offered')"
WAITS = "{row}.status = 'waitlisted'"

POSTGRESQL = [
    """
CREATE FUNCTION volunteers_count_places() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.shift_id = NEW.shift_id THEN
    IF OLD.status <> NEW.status THEN
      UPDATE volunteers_shift SET
        taken = taken - (OLD.status IN ('confirmed', 'offered'))::int
                      + (NEW.status IN ('confirmed', 'offered'))::int,
        waiting = waiting - (OLD.status = 'waitlisted')::int + (NEW.status = 'waitlisted')::int
      WHERE id = NEW.shift_id;
    END IF;
    RETURN NULL;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    UPDATE volunteers_shift SET
      taken = taken - (OLD.status IN ('confirmed', 'offered'))::int,
      waiting = waiting - (OLD.status = 'waitlisted')::int
    WHERE id = OLD.shift_id;
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.status IN ('confirmed', 'offered', 'waitlisted') THEN
    UPDATE volunteers_shift SET
      taken = taken + (NEW.status IN ('confirmed', 'offered'))::int,
      waiting = waiting + (NEW.status = 'waitlisted')::int
    WHERE id = NEW.shift_id;
  END IF;
  RETURN NULL;
END $$
""",
    """
CREATE TRIGGER signup_counted AFTER INSERT OR DELETE OR UPDATE OF status, shift_id ON volunteers_signup
FOR EACH ROW EXECUTE FUNCTION volunteers_count_places()
""",
    """
ALTER TABLE volunteers_shift ADD CONSTRAINT shift_with_its_times UNIQUE (id, starts_at, ends_at)
""",
    """
ALTER TABLE volunteers_signup ADD CONSTRAINT signup_has_the_times_of_its_shift
FOREIGN KEY (shift_id, starts_at, ends_at) REFERENCES volunteers_shift (id, starts_at, ends_at)
ON UPDATE CASCADE
""",
    # A range of one number instead of the number: GiST knows ranges without an extension.
    """
ALTER TABLE volunteers_signup ADD CONSTRAINT signup_never_overlaps EXCLUDE USING gist (
  int8range(volunteer_id, volunteer_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&
) WHERE (status IN ('confirmed', 'offered'))
""",
    """
CREATE FUNCTION volunteers_keep_hours() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.synced_to_national_at IS NULL THEN
    OLD.synced_to_national_at := NEW.synced_to_national_at;
    IF OLD = NEW THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION 'hours_are_append_only' USING ERRCODE = 'restrict_violation';
END $$
""",
    """
CREATE TRIGGER hours_append_only BEFORE UPDATE OR DELETE ON volunteers_hoursentry
FOR EACH ROW EXECUTE FUNCTION volunteers_keep_hours()
""",
]

POSTGRESQL_BACK = [
    "DROP TRIGGER hours_append_only ON volunteers_hoursentry",
    "DROP FUNCTION volunteers_keep_hours()",
    "ALTER TABLE volunteers_signup DROP CONSTRAINT signup_never_overlaps",
    "ALTER TABLE volunteers_signup DROP CONSTRAINT signup_has_the_times_of_its_shift",
    "ALTER TABLE volunteers_shift DROP CONSTRAINT shift_with_its_times",
    "DROP TRIGGER signup_counted ON volunteers_signup",
    "DROP FUNCTION volunteers_count_places()",
]


def count(sign, row):
    holds, waits = HOLDS.format(row=row), WAITS.format(row=row)
    return (
        f"UPDATE volunteers_shift SET taken = taken {sign} ({holds}), waiting = waiting {sign} ({waits}) "
        f"WHERE id = {row}.shift_id AND (({holds}) OR ({waits}));"
    )


SQLITE = [
    f"CREATE TRIGGER signup_counted_in AFTER INSERT ON volunteers_signup BEGIN {count('+', 'NEW')} END",
    f"CREATE TRIGGER signup_counted_out AFTER DELETE ON volunteers_signup BEGIN {count('-', 'OLD')} END",
    "CREATE TRIGGER signup_counted_again AFTER UPDATE OF status, shift_id ON volunteers_signup "
    f"BEGIN {count('-', 'OLD')} {count('+', 'NEW')} END",
    "CREATE TRIGGER hours_not_deleted BEFORE DELETE ON volunteers_hoursentry "
    "BEGIN SELECT RAISE(ABORT, 'hours_are_append_only'); END",
    "CREATE TRIGGER hours_not_changed BEFORE UPDATE ON volunteers_hoursentry "
    "WHEN OLD.synced_to_national_at IS NOT NULL OR "
    + " OR ".join(
        f"OLD.{column} IS NOT NEW.{column}"
        for column in (
            "id volunteer_id signup_id kind version minutes reason confirmed_by_id confirmed_at".split()
        )
    )
    + " BEGIN SELECT RAISE(ABORT, 'hours_are_append_only'); END",
]

SQLITE_BACK = [
    f"DROP TRIGGER {name}"
    for name in (
        "signup_counted_in signup_counted_out signup_counted_again hours_not_deleted hours_not_changed".split()
    )
]


def keep(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def let_go(apps, schema_editor):
    for statement in POSTGRESQL_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("volunteers", "0007_sign_ups_have_times_and_volunteers_numbers")]

    operations = [migrations.RunPython(keep, let_go)]
