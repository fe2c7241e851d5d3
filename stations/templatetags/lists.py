"""The explanation on top of a list or form, and the way on from a row."""

from django import template

from stations import lists

register = template.Library()


@register.inclusion_tag("admin/_guide_text.html", takes_context=True)
def guide(context):
    """What the rows are and where the rule is written; on a row's page also what hangs on it."""
    shown = context.get("cl") or context.get("adminform")
    admin = getattr(shown, "model_admin", None)
    row = context.get("original")
    is_row = row is not None and admin is not None
    return {
        "guide": getattr(admin, "guide", ""),
        "neighbours": lists.neighbours(row, admin.admin_site, context["request"]) if is_row else [],
    }
